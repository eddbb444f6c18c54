package summary

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"github.com/gotf/gotf/tf"
)

// A record is its length (8 bytes, little-endian), the checksum of those bytes,
// the data and the data's checksum.
const (
	headerSize = 12
	footerSize = 4
	maxRecord  = 1 << 31 // bytes; a message cannot be larger
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// maskedCRC is a CRC-32C turned and shifted, so that the checksum of data with
// checksums in it is no worse.
func maskedCRC(b []byte) uint32 {
	c := crc32.Checksum(b, castagnoli)
	return (c>>15 | c<<17) + 0xa282ead8
}

func appendRecord(to, data []byte) []byte {
	start := len(to)
	to = binary.LittleEndian.AppendUint64(to, uint64(len(data)))
	to = binary.LittleEndian.AppendUint32(to, maskedCRC(to[start:]))
	to = append(to, data...)
	return binary.LittleEndian.AppendUint32(to, maskedCRC(data))
}

// readRecord reads the next record of what. It returns io.EOF at the end.
func readRecord(r io.Reader, what string) ([]byte, error) {
	var head [headerSize]byte
	if _, err := io.ReadFull(r, head[:]); err == io.EOF {
		return nil, err
	} else if err != nil {
		return nil, cutShort(what, err)
	}
	n := binary.LittleEndian.Uint64(head[:8])
	if binary.LittleEndian.Uint32(head[8:]) != maskedCRC(head[:8]) || n >= maxRecord {
		return nil, tf.Errorf(what, tf.DataLoss, "the length of a record does not match its checksum")
	}
	data, err := io.ReadAll(io.LimitReader(r, int64(n)+footerSize)) // not trusting n with memory
	if err == nil && uint64(len(data)) < n+footerSize {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, cutShort(what, err)
	}
	data, sum := data[:n], data[n:]
	if binary.LittleEndian.Uint32(sum) != maskedCRC(data) {
		return nil, tf.Errorf(what, tf.DataLoss, "a record does not match its checksum")
	}
	return data, nil
}

func cutShort(what string, err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return tf.Errorf(what, tf.DataLoss, "the last record is cut short")
	}
	return tf.Errorf(what, tf.Unknown, "%v", err)
}
