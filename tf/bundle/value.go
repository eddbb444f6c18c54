package bundle

import (
	"encoding/binary"
	"hash/crc32"
	"unsafe"

	"github.com/gotf/gotf/tf"
)

// Bytes returns the elements of a value of fixed size as they lie in memory, in
// row-major order and little-endian; narrow types such as int4 take a byte each.
func (r *Reader) Bytes(name string) ([]byte, error) {
	i, err := r.index(name)
	if err != nil {
		return nil, err
	}
	e := r.entries[i]
	width := int64(e.DType.Size())
	if width == 0 {
		return nil, fail("read", r.prefix, tf.Errorf("", tf.InvalidArgument, "%q is of type %v, whose elements have no fixed size", name, e.DType))
	}
	if len(r.records[i].slices) == 0 && !r.old {
		return r.raw(name, r.records[i])
	}
	out, err := r.assemble(i)
	return out, fail("read", r.prefix, err)
}

// Strings returns the elements of a value of strings.
func (r *Reader) Strings(name string) ([]string, error) {
	i, err := r.index(name)
	if err != nil {
		return nil, err
	}
	switch e := r.entries[i]; {
	case e.DType != tf.String:
		err = tf.Errorf("", tf.InvalidArgument, "%q is of type %v, not string", name, e.DType)
	case len(r.records[i].slices) > 0 || r.old:
		var out []string
		out, err = r.assembleStrings(i)
		return out, fail("read", r.prefix, err)
	}
	if err != nil {
		return nil, fail("read", r.prefix, err)
	}
	return r.rawStrings(name, r.records[i])
}

// Values reads a value; T must be of its type.
func Values[T tf.Element](r *Reader, name string) ([]T, tf.Shape, error) {
	e, err := r.Find(name)
	if err != nil {
		return nil, nil, err
	}
	if want := tf.DTypeOf[T](); e.DType != want {
		return nil, nil, fail("read", r.prefix, tf.Errorf("", tf.InvalidArgument, "%q is of type %v, not %v", name, e.DType, want))
	}
	if e.DType == tf.String {
		s, err := r.Strings(name)
		out, _ := any(s).([]T)
		return out, e.Shape, err
	}
	raw, err := r.Bytes(name)
	if err != nil {
		return nil, nil, err
	}
	if e.DType == tf.Bool {
		for i, b := range raw {
			raw[i] = min(b, 1) // what Go may keep in a bool
		}
	}
	width := e.DType.Size()
	out := make([]T, len(raw)/width)
	copy(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(out))), len(raw)), raw)
	return out, e.Shape, nil
}

// stored reads the bytes of a value or part as they are in the file.
func (r *Reader) stored(name string, at record) ([]byte, error) {
	f, err := r.shard(at.shard)
	if err != nil {
		return nil, err
	}
	file := r.shardFile(at.shard)
	info, err := f.Stat()
	if err != nil {
		return nil, fail("read", file, err)
	}
	if at.offset > info.Size() || at.size > info.Size()-at.offset {
		return nil, fail("read", file, damaged("it is cut short: %q ends at byte %d of %d", partName(name), at.offset+at.size, info.Size()))
	}
	out := make([]byte, at.size)
	if _, err := f.ReadAt(out, at.offset); err != nil {
		return nil, fail("read", file, err)
	}
	return out, nil
}

// raw reads a value of elements of fixed size, or of variants.
func (r *Reader) raw(name string, at record) ([]byte, error) {
	out, err := r.stored(name, at)
	if err != nil {
		return nil, err
	}
	crc := uint32(0)
	if at.dtype == tf.Variant {
		crc, err = variantChecksum(out, at.shape.NumElements())
	} else {
		crc = checksum(out)
	}
	if err == nil && mask(crc) != at.crc {
		err = damaged("the checksum of %q is wrong", partName(name))
	}
	if err != nil {
		return nil, fail("read", r.shardFile(at.shard), err)
	}
	return out, nil
}

// rawStrings reads a value of strings: their lengths as varints, the checksum of
// the lengths, and the strings.
func (r *Reader) rawStrings(name string, at record) ([]string, error) {
	b, err := r.stored(name, at)
	if err != nil {
		return nil, err
	}
	out, crc, err := splitStrings(b, at.shape.NumElements())
	switch {
	case err != nil:
		err = about("the strings of "+quoted(name), err)
	case mask(crc) != at.crc:
		err = damaged("the checksum of %q is wrong", partName(name))
	default:
		return out, nil
	}
	return nil, fail("read", r.shardFile(at.shard), err)
}

func splitStrings(b []byte, n int64) (out []string, crc uint32, err error) {
	if n > int64(len(b)) {
		return nil, 0, damaged("%d in %d bytes", n, len(b))
	}
	lengths := make([]uint64, n)
	for i := range lengths {
		v, k := binary.Uvarint(b)
		if k <= 0 {
			return nil, 0, damaged("a length is wrong")
		}
		lengths[i], b = v, b[k:]
		crc = addLength(crc, v)
	}
	if len(b) < 4 || mask(crc) != binary.LittleEndian.Uint32(b) {
		return nil, 0, damaged("the checksum of the lengths is wrong")
	}
	crc = crc32.Update(crc, castagnoli, b)
	b = b[4:]
	out = make([]string, n)
	for i, l := range lengths {
		if l > uint64(len(b)) {
			return nil, 0, damaged("one is longer than the rest of the file")
		}
		out[i], b = string(b[:l]), b[l:]
	}
	if len(b) > 0 {
		return nil, 0, damaged("%d bytes are left", len(b))
	}
	return out, crc, nil
}

// addLength continues a checksum with a length, which counts as 4 bytes or, if
// it needs them, 8.
func addLength(crc uint32, n uint64) uint32 {
	if n > 1<<32-1 {
		return crc32.Update(crc, castagnoli, binary.LittleEndian.AppendUint64(nil, n))
	}
	return crc32.Update(crc, castagnoli, binary.LittleEndian.AppendUint32(nil, uint32(n)))
}

// variantChecksum is that of n variants: each a length, its bytes, and the
// checksum so far.
func variantChecksum(b []byte, n int64) (crc uint32, err error) {
	for range n {
		v, k := binary.Uvarint(b)
		if k <= 0 || v > uint64(len(b)-k) || len(b)-k-int(v) < 4 {
			return 0, damaged("a variant's length is wrong")
		}
		end := k + int(v) + 4
		crc = crc32.Update(addLength(crc, v), castagnoli, b[k:end])
		b = b[end:]
	}
	return crc, nil
}
