package tfrecord

import (
	"bufio"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"io/fs"
	"iter"

	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/tf"
)

// Compression is how a whole file is compressed. The zero value is None.
type Compression int

// The kinds of compression that TensorFlow knows, by its names.
const (
	None Compression = iota
	GZIP
	ZLIB
)

// String is TensorFlow's name: "", "GZIP" or "ZLIB".
func (c Compression) String() string {
	switch c {
	case GZIP:
		return "GZIP"
	case ZLIB:
		return "ZLIB"
	}
	return ""
}

// Write writes all records to a file, which is replaced if it is there. An
// error, also one among the records, leaves what was there before.
func Write(path string, c Compression, records iter.Seq2[[]byte, error]) error {
	var own error // not of the file system
	err := atomicfile.WriteFile(path, func(f io.Writer) error {
		w := NewWriter(f, c)
		for record, err := range records {
			if err == nil {
				err = w.Write(record)
			}
			if err != nil {
				own = err
				return err
			}
		}
		return w.Close()
	})
	var p *fs.PathError
	if err == nil || err == own && !errors.As(err, &p) {
		return err
	}
	return tf.Errorf("write "+path, tf.FileCode(err), "%v", atomicfile.Cause(err))
}

// Writer writes records to a stream.
type Writer struct {
	out   *bufio.Writer
	above io.WriteCloser // the compressor, or nil
	frame []byte
}

// NewWriter makes a Writer to w.
func NewWriter(w io.Writer, c Compression) *Writer {
	out := &Writer{out: bufio.NewWriterSize(w, bufferSize)}
	switch c {
	case GZIP:
		out.above = gzip.NewWriter(out.out)
	case ZLIB:
		out.above = zlib.NewWriter(out.out)
	}
	return out
}

// Write writes one record.
func (w *Writer) Write(record []byte) error {
	if len(record) >= MaxRecord {
		return tf.Errorf("write record", tf.InvalidArgument, "%d bytes are too many, the most is %d", len(record), MaxRecord-1)
	}
	w.frame = Append(w.frame[:0], record)
	if w.above != nil {
		_, err := w.above.Write(w.frame)
		return err
	}
	_, err := w.out.Write(w.frame)
	return err
}

// Close brings all that was written to the stream, which stays open.
func (w *Writer) Close() error {
	if w.above != nil {
		if err := w.above.Close(); err != nil {
			return err
		}
	}
	return w.out.Flush()
}
