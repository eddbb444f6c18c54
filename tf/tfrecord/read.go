package tfrecord

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"io/fs"
	"iter"

	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/internal/plainfile"
	"github.com/gotf/gotf/tf"
)

const (
	bufferSize    = 256 << 10
	maxCompressed = 1 << 28 // bytes of a record, where few bytes can stand for many
)

// Read yields the records of a file in order. An error ends it; what came before
// a damaged or unfinished record is good. Each record is a slice of its own.
func Read(path string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		op := "read " + path
		f, err := plainfile.Open(path)
		if err != nil {
			yield(nil, tf.Errorf(op, tf.FileCode(err), "%v", atomicfile.Cause(err)))
			return
		}
		defer f.Close()
		records(f, op)(yield)
	}
}

// ReadFrom is Read for any stream.
func ReadFrom(r io.Reader) iter.Seq2[[]byte, error] { return records(r, "read records") }

func records(r io.Reader, op string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		stream := bufio.NewReaderSize(r, bufferSize)
		most := uint64(MaxRecord)
		c, err := sniff(stream)
		if err == nil && c != None {
			most = maxCompressed
			stream, err = decompress(stream, c)
		}
		if err != nil {
			yield(nil, streamError(op, err))
			return
		}
		for {
			record, err := next(stream, op, most)
			if err == io.EOF || !yield(record, err) || err != nil {
				return
			}
		}
	}
}

// sniff tells from its first bytes how a stream is compressed.
func sniff(r *bufio.Reader) (Compression, error) {
	head, err := r.Peek(headerSize)
	if err != nil && err != io.EOF {
		return None, err
	}
	switch {
	case HasRecord(head):
		return None, nil
	case len(head) >= 3 && head[0] == 0x1f && head[1] == 0x8b && head[2] == 8:
		return GZIP, nil
	case len(head) >= 2 && head[0] == 0x78 && (int(head[0])<<8|int(head[1]))%31 == 0:
		return ZLIB, nil
	}
	return None, nil
}

func decompress(r io.Reader, c Compression) (*bufio.Reader, error) {
	var inner io.Reader
	var err error
	if c == GZIP {
		inner, err = gzip.NewReader(r)
	} else {
		inner, err = zlib.NewReader(r)
	}
	if err != nil {
		return nil, err
	}
	return bufio.NewReaderSize(inner, bufferSize), nil
}

// streamError tells damage to a compressed stream from an error of the file
// system.
func streamError(op string, err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case err == gzip.ErrHeader, err == gzip.ErrChecksum, err == zlib.ErrHeader, err == zlib.ErrChecksum, err == zlib.ErrDictionary,
		errors.As(err, &corrupt), errors.Is(err, io.ErrUnexpectedEOF), err == io.EOF:
		return tf.Errorf(op, tf.DataLoss, "the compressed data is damaged: %v", err)
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		return tf.Errorf(op, tf.FileCode(err), "%v", p.Err)
	}
	return tf.Errorf(op, tf.Unknown, "%v", err)
}
