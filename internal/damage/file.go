package damage

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/rand"
)

// words are values that counts, offsets and lengths rarely have.
var words = []uint32{0, 1, 2, 3, 4, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x10000, 1 << 20, 1<<31 - 1, 1 << 31, 1<<32 - 1, 1<<32 - 2, 1<<32 - 4}

// File damages a copy of a file and says how: bits, bytes, words that look like
// lengths or offsets, cut, extended, or with parts exchanged, also with those of
// another file.
func File(rng *rand.Rand, file, other []byte) (damaged []byte, how string) {
	b := append([]byte(nil), file...)
	if len(b) < 8 {
		return append(b, other...), "another file follows"
	}
	at := rng.Intn(len(b) - 4)
	switch rng.Intn(14) {
	case 0:
		return b[:at], fmt.Sprintf("cut to %d bytes", at)
	case 1:
		if rng.Intn(8) > 0 {
			n := rng.Intn(min(64, len(b)))
			return b[:len(b)-n], fmt.Sprintf("%d bytes are missing at the end", n)
		}
		return nil, "empty"
	case 2, 3, 4:
		bit := rng.Intn(8)
		b[at] ^= 1 << bit
		return b, fmt.Sprintf("bit %d of byte %d", bit, at)
	case 5:
		b[at] = byte(rng.Intn(256))
		return b, fmt.Sprintf("byte %d is %d", at, b[at])
	case 6, 7, 8:
		return word(rng, b)
	case 9:
		n := rng.Intn(min(64, len(b)-at) + 1)
		clear(b[at:][:n])
		return b, fmt.Sprintf("%d bytes from %d are 0", n, at)
	case 10:
		from, n := rng.Intn(len(b)-4), rng.Intn(min(64, len(b)-at)+1)
		n = min(n, len(b)-from)
		copy(b[at:], file[from:][:n])
		return b, fmt.Sprintf("%d bytes from %d stand at %d", n, from, at)
	case 11:
		return exchange(rng, file)
	case 12:
		n := rng.Intn(len(other) + 1)
		return append(b[:at], other[n:]...), fmt.Sprintf("from %d on another file's from %d on", at, n)
	}
	for range 4 {
		b[rng.Intn(len(b))] ^= 1 << rng.Intn(8)
	}
	return b, "four bits"
}

// word changes an aligned word that could be a length or an offset, if one is
// found.
func word(rng *rand.Rand, b []byte) ([]byte, string) {
	at := 0
	for range 50 {
		at = rng.Intn(len(b)-4) &^ 3
		if v := binary.LittleEndian.Uint32(b[at:]); v > 0 && (int(v) < len(b) || -int32(v) > 0 && int(-int32(v)) < len(b)) {
			break
		}
	}
	old := binary.LittleEndian.Uint32(b[at:])
	choices := append([]uint32{old + 1, old - 1, old + 4, old - 4, -old, old << 1, uint32(len(b)), uint32(len(b) - at), uint32(at), rng.Uint32()}, words...)
	v := choices[rng.Intn(len(choices))]
	binary.LittleEndian.PutUint32(b[at:], v)
	return b, fmt.Sprintf("word at %d is %#x, was %#x", at, v, old)
}

// exchange changes two parts of a file with one another.
func exchange(rng *rand.Rand, b []byte) ([]byte, string) {
	n := 1 + rng.Intn(max(1, len(b)/4))
	at, to := rng.Intn(len(b)/2-n/2+1), 0
	to = at + n + rng.Intn(max(1, len(b)-at-2*n+1))
	if to+n > len(b) {
		return b[:at], fmt.Sprintf("cut to %d bytes", at)
	}
	out := append([]byte(nil), b...)
	copy(out[at:], b[to:to+n])
	copy(out[to:], b[at:at+n])
	return out, fmt.Sprintf("%d bytes at %d and %d are exchanged", n, at, to)
}

// Records damages what the records of a TFRecord file hold and leaves their
// frames right, so that a reader gets to see it.
func Records(rng *rand.Rand, file []byte) ([]byte, string) {
	var starts, sizes []int
	for at := 0; at+16 <= len(file); {
		n := int(binary.LittleEndian.Uint64(file[at:]))
		if n < 0 || n > len(file)-at-16 {
			break
		}
		starts, sizes = append(starts, at), append(sizes, n)
		at += n + 16
	}
	if len(starts) == 0 {
		return File(rng, file, nil)
	}
	i := rng.Intn(len(starts))
	data, how := File(rng, file[starts[i]+12:][:sizes[i]], file[:min(64, len(file))])
	out := append([]byte(nil), file[:starts[i]]...)
	length := binary.LittleEndian.AppendUint64(nil, uint64(len(data)))
	out = append(out, length...)
	out = binary.LittleEndian.AppendUint32(out, masked(length))
	out = append(out, data...)
	out = binary.LittleEndian.AppendUint32(out, masked(data))
	return append(out, file[starts[i]+sizes[i]+16:]...), fmt.Sprintf("record %d: %s", i, how)
}

// masked is the checksum of TFRecord files.
// https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/lib/hash/crc32c.h
func masked(b []byte) uint32 {
	crc := crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))
	return (crc>>15 | crc<<17) + 0xa282ead8
}

// Table changes bytes in one block of a checkpoint's index and leaves its
// checksum right, so that a reader gets to see it.
func Table(rng *rand.Rand, file []byte) ([]byte, string) {
	out := append([]byte(nil), file...)
	starts, ends := blocks(file)
	if len(starts) == 0 {
		return File(rng, file, nil)
	}
	i := rng.Intn(len(starts))
	block := out[starts[i]:ends[i]]
	how := ""
	for range 1 + rng.Intn(3) {
		at := rng.Intn(len(block))
		block[at] = []byte{0, 1, block[at] + 1, block[at] - 1, 0x7f, 0x80, 0xff, byte(rng.Intn(256))}[rng.Intn(8)]
		how += fmt.Sprintf(" byte %d is %d;", starts[i]+at, block[at])
	}
	binary.LittleEndian.PutUint32(out[ends[i]:], masked(block))
	return out, fmt.Sprintf("block %d, checksum right:%s", i, how)
}

// blocks finds what stands before its checksum.
func blocks(file []byte) (starts, ends []int) {
	table := crc32.MakeTable(crc32.Castagnoli)
	for start := 0; start < len(file); {
		crc, end := uint32(0), 0
		for at := start; at+5 <= len(file) && end == 0; at++ {
			crc = crc32.Update(crc, table, file[at:at+1])
			if (crc>>15|crc<<17)+0xa282ead8 == binary.LittleEndian.Uint32(file[at+1:]) {
				end = at + 1
			}
		}
		if end == 0 {
			break
		}
		starts, ends = append(starts, start), append(ends, end)
		start = end + 4
	}
	return starts, ends
}
