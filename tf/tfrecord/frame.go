package tfrecord

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"github.com/gotf/gotf/tf"
)

// A frame is the record's length (8 bytes, little-endian), the checksum of
// those bytes, the data and the data's checksum.
const (
	headerSize = 12
	footerSize = 4
)

// MaxRecord is the length in bytes that a record must be below; a protocol
// buffer cannot be longer.
const MaxRecord = 1 << 31

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// maskedCRC is a CRC-32C turned and shifted, so that the checksum of data with
// checksums in it is no worse.
func maskedCRC(b []byte) uint32 {
	c := crc32.Checksum(b, castagnoli)
	return (c>>15 | c<<17) + 0xa282ead8
}

// Append appends the record, framed as in a file, to a slice.
func Append(to, record []byte) []byte {
	start := len(to)
	to = binary.LittleEndian.AppendUint64(to, uint64(len(record)))
	to = binary.LittleEndian.AppendUint32(to, maskedCRC(to[start:]))
	to = append(to, record...)
	return binary.LittleEndian.AppendUint32(to, maskedCRC(record))
}

// HasRecord reports whether b, the first bytes of a file, begins with the head of
// a record: its length and the checksum of that, 12 bytes.
func HasRecord(b []byte) bool {
	if len(b) < headerSize {
		return false
	}
	_, ok := length(b)
	return ok
}

// length reads the head of a record; ok is false if its checksum does not match.
func length(head []byte) (n uint64, ok bool) {
	n = binary.LittleEndian.Uint64(head)
	return n, binary.LittleEndian.Uint32(head[8:]) == maskedCRC(head[:8])
}

// next reads the next record of less than most bytes. It returns io.EOF at the
// end.
func next(r io.Reader, op string, most uint64) ([]byte, error) {
	var head [headerSize]byte
	if _, err := io.ReadFull(r, head[:]); err == io.EOF {
		return nil, err
	} else if err != nil {
		return nil, readError(op, err)
	}
	n, ok := length(head[:])
	switch {
	case !ok:
		return nil, tf.Errorf(op, tf.DataLoss, "the length of a record does not match its checksum")
	case n >= most:
		return nil, tf.Errorf(op, tf.DataLoss, "a record of %d bytes is too long, the most is %d", n, most-1)
	}
	data, err := readSome(r, int(n)+footerSize)
	if err != nil {
		return nil, readError(op, err)
	}
	data, sum := data[:n:n], data[n:]
	if binary.LittleEndian.Uint32(sum) != maskedCRC(data) {
		return nil, tf.Errorf(op, tf.DataLoss, "a record does not match its checksum")
	}
	return data, nil
}

// readSome reads n bytes, not trusting n with memory.
func readSome(r io.Reader, n int) ([]byte, error) {
	if n <= 1<<20 {
		data := make([]byte, n)
		_, err := io.ReadFull(r, data)
		return data, short(err)
	}
	data, err := io.ReadAll(io.LimitReader(r, int64(n)))
	if err == nil && len(data) < n {
		err = io.ErrUnexpectedEOF
	}
	return data, err
}

func short(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func readError(op string, err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return &cutShort{tf.Errorf(op, tf.DataLoss, "the last record is cut short")}
	}
	return streamError(op, err)
}

// cutShort is an error that also matches io.ErrUnexpectedEOF.
type cutShort struct{ err *tf.Error }

func (e *cutShort) Error() string   { return e.err.Error() }
func (e *cutShort) Unwrap() []error { return []error{e.err, io.ErrUnexpectedEOF} }
