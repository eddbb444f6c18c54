package bundle

import (
	"encoding/binary"
	"io"
)

// A tableWriter writes a table; keys must come in order.
type tableWriter struct {
	w       io.Writer
	err     error
	offset  int64
	data    blockWriter
	index   blockWriter
	pending block // the block before, whose entry in the index waits for the next key
}

const (
	blockSize = 256 << 10 // of a block that is full, as TensorFlow's
	interval  = 16        // of keys that are stored whole
)

func newTableWriter(w io.Writer) *tableWriter {
	return &tableWriter{w: w, data: blockWriter{interval: interval}, index: blockWriter{interval: 1}}
}

func (t *tableWriter) add(key string, value []byte) {
	if t.pending.size > 0 {
		t.indexPending(between(t.data.last, key))
	}
	t.data.add(key, value)
	if len(t.data.b)+4*(len(t.data.restarts)+1) >= blockSize {
		t.pending = t.flush(&t.data)
	}
}

// close writes what is left; it does not close the file.
func (t *tableWriter) close() error {
	if len(t.data.b) > 0 {
		t.pending = t.flush(&t.data)
	}
	meta := t.flush(&blockWriter{interval: interval})
	if t.pending.size > 0 {
		t.indexPending(after(t.data.last))
	}
	index := t.flush(&t.index)
	footer := appendHandle(appendHandle(nil, meta), index)
	footer = append(footer, make([]byte, footerSize-8-len(footer))...)
	t.write(binary.LittleEndian.AppendUint64(footer, tableMagic))
	return t.err
}

func (t *tableWriter) indexPending(key string) {
	t.index.add(key, appendHandle(nil, t.pending))
	t.pending = block{}
}

func (t *tableWriter) flush(b *blockWriter) block {
	body := b.finish()
	at := block{offset: t.offset, size: int64(len(body))}
	body = append(body, 0) // not compressed
	t.write(binary.LittleEndian.AppendUint32(body, mask(checksum(body))))
	return at
}

func (t *tableWriter) write(b []byte) {
	if t.err == nil {
		_, t.err = t.w.Write(b)
	}
	t.offset += int64(len(b))
}

func appendHandle(b []byte, at block) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(b, uint64(at.offset)), uint64(at.size))
}

// blockWriter makes a block.
type blockWriter struct {
	interval int
	b        []byte
	last     string
	n        int // keys
	restarts []uint32
}

func (w *blockWriter) add(key string, value []byte) {
	shared := 0
	if w.n%w.interval == 0 {
		w.restarts = append(w.restarts, uint32(len(w.b)))
	} else {
		for shared < min(len(w.last), len(key)) && w.last[shared] == key[shared] {
			shared++
		}
	}
	w.b = binary.AppendUvarint(w.b, uint64(shared))
	w.b = binary.AppendUvarint(w.b, uint64(len(key)-shared))
	w.b = binary.AppendUvarint(w.b, uint64(len(value)))
	w.b = append(append(w.b, key[shared:]...), value...)
	w.last = key
	w.n++
}

// finish returns the block and starts another.
func (w *blockWriter) finish() []byte {
	b := w.b
	if w.n == 0 {
		w.restarts = []uint32{0}
	}
	for _, r := range w.restarts {
		b = binary.LittleEndian.AppendUint32(b, r)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(w.restarts)))
	w.b, w.n, w.restarts = nil, 0, nil
	return b
}

// between is a short key from a to before b.
func between(a, b string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			if a[i] < 0xff && a[i]+1 < b[i] {
				return a[:i] + string([]byte{a[i] + 1})
			}
			break
		}
	}
	return a
}

// after is a short key not before a.
func after(a string) string {
	for i := range len(a) {
		if a[i] != 0xff {
			return a[:i] + string([]byte{a[i] + 1})
		}
	}
	return a
}
