package bundle

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"

	"github.com/gotf/gotf/tf"
	slicepb "github.com/wamuir/graft/tensorflow/core/framework/tensor_slice_go_proto"
)

// A partitioned variable is stored in parts, each a box of its elements with a
// key of its own.

// part is such a box.
type part struct {
	key           string
	start, extent []int64 // by dimension
	table         int     // in the older format, the file
}

// mostParts bounds the work of comparing parts with each other.
const mostParts = 1 << 12

// joinParts checks that the parts of every partitioned value are there and
// together are the value.
func (r *Reader) joinParts() error {
	for i := range r.records {
		at, e := &r.records[i], &r.entries[i]
		if len(at.slices) == 0 {
			continue
		}
		if len(at.slices) > mostParts {
			return tf.Errorf("", tf.Unimplemented, "%q is in %d parts; at most %d can be read", e.Name, len(at.slices), mostParts)
		}
		e.Size = 0
		for _, s := range at.slices {
			p, err := partOf(e.Name, at.shape, s)
			if err != nil {
				return about(quoted(e.Name), err)
			}
			stored, ok := r.parts[p.key]
			if !ok || len(stored.slices) > 0 || stored.dtype != at.dtype || !slices.Equal(stored.shape, p.extent) {
				return damaged("%q: the part that begins at %v is missing or has another shape or type", e.Name, p.start)
			}
			e.Size += stored.size
			at.parts = append(at.parts, p)
		}
		if err := whole(at.shape, at.parts); err != nil {
			return about(quoted(e.Name), err)
		}
	}
	return nil
}

// partOf is the box that s means in a value of the given shape.
func partOf(name string, shape tf.Shape, s *slicepb.TensorSliceProto) (part, error) {
	p := part{start: make([]int64, len(shape)), extent: slices.Clone(shape)}
	if len(s.GetExtent()) != len(shape) {
		return p, damaged("a part has %d dimensions of %d", len(s.GetExtent()), len(shape))
	}
	key := appendString(append([]byte{}, 0), name)
	key = appendNumber(key, uint64(len(shape)))
	for i, e := range s.GetExtent() {
		from, n := e.GetStart(), int64(-1)
		if _, ok := e.GetHasLength().(*slicepb.TensorSliceProto_Extent_Length); ok {
			n = e.GetLength()
			if from < 0 || n < 0 || n > shape[i] || from > shape[i]-n {
				return p, damaged("a part has elements %d to %d of %d", from, from+n, shape[i])
			}
			p.start[i], p.extent[i] = from, n
		}
		key = appendSigned(appendSigned(key, from), n)
	}
	p.key = string(key)
	return p, nil
}

// whole finds whether the parts make a value of the shape, each element once.
func whole(shape tf.Shape, parts []part) error {
	n := int64(0)
	for i, p := range parts {
		n += tf.Shape(p.extent).NumElements()
		for _, q := range parts[:i] {
			if overlap(p, q) {
				return damaged("the parts that begin at %v and %v overlap", q.start, p.start)
			}
		}
	}
	if n != shape.NumElements() {
		return damaged("the parts hold %d of its %d elements", n, shape.NumElements())
	}
	return nil
}

func overlap(p, q part) bool {
	for i := range p.start {
		if p.start[i]+p.extent[i] <= q.start[i] || q.start[i]+q.extent[i] <= p.start[i] {
			return false
		}
	}
	return true
}

// assemble reads a value in parts.
func (r *Reader) assemble(i int) ([]byte, error) {
	at := &r.records[i]
	return join(at, at.dtype.Size(), func(p part) ([]byte, error) {
		if r.old {
			b, _, err := r.oldPart(i, p)
			return b, err
		}
		return r.raw(p.key, r.parts[p.key])
	})
}

// assembleStrings reads a value of strings in parts.
func (r *Reader) assembleStrings(i int) ([]string, error) {
	return join(&r.records[i], 1, func(p part) ([]string, error) {
		if r.old {
			_, s, err := r.oldPart(i, p)
			return s, err
		}
		return r.rawStrings(p.key, r.parts[p.key])
	})
}

// join reads the parts and puts them together; an element takes width of T.
func join[T any](at *record, width int, read func(part) ([]T, error)) ([]T, error) {
	pieces := make([][]T, len(at.parts))
	for i, p := range at.parts {
		var err error
		if pieces[i], err = read(p); err != nil {
			return nil, err
		}
	}
	if len(pieces) == 1 {
		return pieces[0], nil
	}
	out := make([]T, int(at.shape.NumElements())*width)
	for i, p := range at.parts {
		put(out, at.shape, p, pieces[i], width)
	}
	return out, nil
}

// put copies the elements of a part to where they are in the whole, a row at a
// time.
func put[T any](out []T, shape tf.Shape, p part, from []T, width int) {
	rank := len(shape)
	if len(from) == 0 {
		return
	}
	row := int(p.extent[rank-1]) * width
	at := make([]int64, rank) // in the part
	for ; len(from) > 0; from = from[row:] {
		offset := int64(0)
		for d := range shape {
			offset = offset*shape[d] + p.start[d] + at[d]
		}
		copy(out[int(offset)*width:], from[:row])
		for d := rank - 2; d >= 0; d-- {
			if at[d]++; at[d] < p.extent[d] {
				break
			}
			at[d] = 0
		}
	}
}

// partName is the name of the value that a key of the index is of.
func partName(key string) string {
	if key == "" || key[0] != 0 {
		return key
	}
	name, _, _ := strings.Cut(key[1:], "\x00\x01")
	return name
}

// The keys of parts are TensorFlow's ordered code: bytes that sort as what they
// stand for.

func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		switch s[i] {
		case 0x00:
			b = append(b, 0x00, 0xff)
		case 0xff:
			b = append(b, 0xff, 0x00)
		default:
			b = append(b, s[i])
		}
	}
	return append(b, 0x00, 0x01)
}

func appendNumber(b []byte, n uint64) []byte {
	size := (bits.Len64(n) + 7) / 8
	var all [8]byte
	binary.BigEndian.PutUint64(all[:], n)
	return append(append(b, byte(size)), all[8-size:]...)
}

// appendSigned writes n in as many bytes as give each 7 bits, with that number
// as leading ones.
func appendSigned(b []byte, n int64) []byte {
	size := bits.Len64(uint64(n^n>>63))/7 + 1
	var all [10]byte
	all[0], all[1] = byte(n>>63), byte(n>>63)
	binary.BigEndian.PutUint64(all[2:], uint64(n))
	code := all[10-size:]
	ones := uint16(0xffff) << (16 - size)
	code[0] ^= byte(ones >> 8)
	if size > 1 {
		code[1] ^= byte(ones)
	}
	return append(b, code...)
}
