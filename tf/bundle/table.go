package bundle

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"hash/crc32"
	"io"
	"slices"

	"github.com/golang/snappy"
	"github.com/gotf/gotf/tf"
)

// A table is a file of sorted keys with values, in blocks: LevelDB's table
// format, as TensorFlow writes it.
// https://github.com/google/leveldb/blob/main/doc/table_format.md
type table struct {
	r      io.ReaderAt
	size   int64
	blocks []block
}

// block is where a part of the table lies, and a key not before its last.
type block struct {
	last         string
	offset, size int64
}

const (
	tableMagic  = 0xdb4775248b80fb57
	footerSize  = 48
	trailerSize = 5 // of a block: compression and checksum
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// mask hides a checksum from checksums over it.
func mask(crc uint32) uint32 { return (crc>>15 | crc<<17) + 0xa282ead8 }

func checksum(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

func damaged(format string, args ...any) error { return tf.Errorf("", tf.DataLoss, format, args...) }

// openTable reads where the blocks are.
func openTable(r io.ReaderAt, size int64) (*table, error) {
	t := &table{r: r, size: size}
	if size < footerSize {
		return nil, damaged("it is cut short or no checkpoint: it has %d bytes", size)
	}
	footer := make([]byte, footerSize)
	if _, err := r.ReadAt(footer, size-footerSize); err != nil {
		return nil, err
	}
	if binary.LittleEndian.Uint64(footer[footerSize-8:]) != tableMagic {
		return nil, damaged("it is cut short or no checkpoint: its last bytes are not those of one")
	}
	_, rest, err := handle(footer) // of a block of metadata, which TensorFlow leaves empty
	if err != nil {
		return nil, err
	}
	at, _, err := handle(rest)
	if err != nil {
		return nil, err
	}
	index, err := t.read(at)
	if err != nil {
		return nil, err
	}
	end := int64(0)
	err = each(index, func(key, value []byte) error {
		b, _, err := handle(value)
		if err != nil {
			return err
		}
		if b.offset < end {
			return damaged("two blocks overlap")
		}
		end = b.offset + b.size
		b.last = string(key)
		t.blocks = append(t.blocks, b)
		return nil
	})
	return t, err
}

// handle decodes the place of a block.
func handle(b []byte) (block, []byte, error) {
	offset, n := binary.Uvarint(b)
	if n <= 0 {
		return block{}, nil, damaged("the place of a block is damaged")
	}
	size, m := binary.Uvarint(b[n:])
	if m <= 0 || offset > 1<<62 || size > 1<<62 {
		return block{}, nil, damaged("the place of a block is damaged")
	}
	return block{offset: int64(offset), size: int64(size)}, b[n+m:], nil
}

// read returns the content of a block.
func (t *table) read(at block) ([]byte, error) {
	if at.offset > t.size || at.size > t.size-at.offset-trailerSize {
		return nil, damaged("a block lies beyond the end")
	}
	raw := make([]byte, at.size+trailerSize)
	if _, err := t.r.ReadAt(raw, at.offset); err != nil {
		return nil, err
	}
	body := raw[:at.size]
	if mask(checksum(raw[:at.size+1])) != binary.LittleEndian.Uint32(raw[at.size+1:]) {
		return nil, damaged("the checksum of the block at byte %d is wrong", at.offset)
	}
	switch kind := raw[at.size]; kind {
	case 0:
		return body, nil
	case 1:
		return inflate(body)
	default:
		return nil, tf.Errorf("", tf.Unimplemented, "the block at byte %d has unknown compression %d", at.offset, kind)
	}
}

// inflate undoes Snappy, whose longest copy of 64 bytes takes 3.
func inflate(b []byte) ([]byte, error) {
	n, err := snappy.DecodedLen(b)
	if err != nil || n > 64*len(b) {
		return nil, damaged("a compressed block is damaged")
	}
	out, err := snappy.Decode(nil, b)
	if err != nil {
		return nil, damaged("a compressed block is damaged")
	}
	return out, nil
}

// each calls visit with the keys and values of a block, in order. The key is
// valid during the call only.
func each(b []byte, visit func(key, value []byte) error) error {
	if len(b) < 4 {
		return damaged("a block is too short")
	}
	restarts := int64(binary.LittleEndian.Uint32(b[len(b)-4:]))
	if 4*restarts+4 > int64(len(b)) {
		return damaged("a block is too short")
	}
	// Keys share prefixes: they are longer than what is stored, but not by much,
	// as one in every few is stored whole.
	budget := 64*len(b) + 1024
	b = b[:int64(len(b))-4-4*restarts]
	var key []byte
	for first := true; len(b) > 0; first = false {
		var n [3]int // shared with the key before, not shared, bytes of the value
		for i := range n {
			v, k := binary.Uvarint(b)
			if k <= 0 || v > uint64(len(b)) && i > 0 {
				return damaged("a key's length is wrong")
			}
			n[i], b = int(min(v, 1<<40)), b[k:]
		}
		if n[0] > len(key) || n[1] > len(b) || n[2] > len(b)-n[1] {
			return damaged("a key's length is wrong")
		}
		if !first && bytes.Compare(b[:n[1]], key[n[0]:]) <= 0 {
			return damaged("the keys are not in order")
		}
		key = append(key[:n[0]], b[:n[1]]...)
		if budget -= len(key); budget < 0 {
			return damaged("the keys are too long")
		}
		if err := visit(key, b[n[1]:n[1]+n[2]]); err != nil {
			return err
		}
		b = b[n[1]+n[2]:]
	}
	return nil
}

// all calls visit with all keys and values, in order.
func (t *table) all(visit func(key, value []byte) error) error {
	last, some := "", false
	for _, at := range t.blocks {
		b, err := t.read(at)
		if err != nil {
			return err
		}
		err = each(b, func(key, value []byte) error {
			if some && string(key) <= last {
				return damaged("the keys are not in order")
			}
			some = true
			return visit(key, value)
		})
		if err != nil {
			return err
		}
		last = at.last
	}
	return nil
}

// find returns the value of a key, nil if there is none.
func (t *table) find(key string) (value []byte, err error) {
	i, _ := slices.BinarySearchFunc(t.blocks, key, func(b block, key string) int { return cmp.Compare(b.last, key) })
	if i == len(t.blocks) {
		return nil, nil
	}
	b, err := t.read(t.blocks[i])
	if err != nil {
		return nil, err
	}
	err = each(b, func(k, v []byte) error {
		if string(k) == key {
			value = v
		}
		return nil
	})
	return value, err
}
