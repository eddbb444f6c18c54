package bundle

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/tf"
	shapepb "github.com/wamuir/graft/tensorflow/core/framework/tensor_shape_go_proto"
	typespb "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
	versionspb "github.com/wamuir/graft/tensorflow/core/framework/versions_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// Value is what to write under a name.
type Value struct {
	Name    string
	DType   tf.DType
	Shape   tf.Shape
	Bytes   []byte   // the elements as [Reader.Bytes] returns them
	Strings []string // the elements of a String value
}

// Write makes, or replaces, the checkpoint with the given prefix, and the folders
// that lead to it. The values may be in any order. The files appear whole or not
// at all.
func Write(prefix string, values []Value) error {
	return fail("write", prefix, rewrite(nil, prefix, values))
}

// Rewrite writes what r holds as the checkpoint with the given prefix, with the
// values given in place of those of the same names, or in addition. What is not
// replaced is copied as it is stored. The prefix may be that of r, which then
// goes on reading the files that were.
func Rewrite(r *Reader, prefix string, values []Value) error {
	if r.old {
		return fail("write", prefix, tf.Errorf("", tf.Unimplemented, "%s is of the older format, which is only read: write its values with Write", r.prefix))
	}
	return fail("write", prefix, rewrite(r, prefix, values))
}

func rewrite(r *Reader, prefix string, values []Value) (failed error) {
	values, err := checked(values)
	if err != nil {
		return err
	}
	dir := filepath.Dir(prefix + indexEnding)
	undo, err := atomicfile.MkdirAll(dir)
	if err != nil {
		return err
	}
	defer func() {
		if failed != nil {
			undo()
		}
	}()
	part, err := os.MkdirTemp(dir, ".writing-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(part)
	at := filepath.Join(part, "c")
	if err := writeFiles(r, at, values); err != nil {
		return err
	}
	for _, ending := range []string{dataEnding, indexEnding} {
		if err := os.Rename(at+ending, prefix+ending); err != nil {
			return err
		}
	}
	return nil
}

// checked returns values by name, if they can be written.
func checked(values []Value) ([]Value, error) {
	values = slices.SortedFunc(slices.Values(values), func(a, b Value) int { return cmp.Compare(a.Name, b.Name) })
	for i, v := range values {
		n, width := v.Shape.NumElements(), int64(v.DType.Size())
		wrong := func(format string, args ...any) error {
			return about(quoted(v.Name), tf.Errorf("", tf.InvalidArgument, format, args...))
		}
		switch {
		case v.Name == "" || v.Name[0] == 0:
			return nil, tf.Errorf("", tf.InvalidArgument, "a value has the name %q", v.Name)
		case i > 0 && values[i-1].Name == v.Name:
			return nil, wrong("two values have this name")
		case n < 0 || len(v.Shape) > maxRank:
			return nil, wrong("a value cannot have shape %v", v.Shape)
		case v.DType == tf.String && n != int64(len(v.Strings)):
			return nil, wrong("shape %v holds %d strings, got %d", v.Shape, n, len(v.Strings))
		case v.DType != tf.String && width == 0:
			return nil, wrong("values of type %v cannot be written", v.DType)
		case v.DType != tf.String && (int64(len(v.Bytes))%width != 0 || int64(len(v.Bytes))/width != n):
			return nil, wrong("%v %v holds %d elements of %d bytes, got %d bytes", v.DType, v.Shape, n, width, len(v.Bytes))
		}
	}
	return values, nil
}

// writeFiles writes both files of a checkpoint.
func writeFiles(r *Reader, prefix string, values []Value) error {
	var entries []entry
	err := atomicfile.WriteFile(prefix+dataEnding, func(w io.Writer) (err error) {
		b := bufio.NewWriterSize(w, 1<<16)
		if entries, err = writeData(b, r, values); err != nil {
			return err
		}
		return b.Flush()
	})
	if err != nil {
		return err
	}
	return atomicfile.WriteFile(prefix+indexEnding, func(w io.Writer) error { return writeIndex(w, entries) })
}

// entry is what the index says of a key.
type entry struct {
	key   string
	proto *pb.BundleEntryProto
}

// writeData writes the values of r and those given, in the order of their keys.
func writeData(w io.Writer, r *Reader, values []Value) ([]entry, error) {
	jobs := copies(r, values)
	for _, v := range values {
		jobs = append(jobs, job{v.Name, func(w io.Writer) (*pb.BundleEntryProto, error) { return writeValue(w, v) }})
	}
	slices.SortFunc(jobs, func(a, b job) int { return cmp.Compare(a.key, b.key) })
	var out []entry
	offset := int64(0)
	for _, j := range jobs {
		e, err := j.write(w)
		if err != nil {
			return nil, err
		}
		if len(e.Slices) == 0 {
			e.Offset = offset
			offset += e.Size
		}
		out = append(out, entry{j.key, e})
	}
	return out, nil
}

// job writes the bytes of a key.
type job struct {
	key   string
	write func(io.Writer) (*pb.BundleEntryProto, error)
}

// copies are the jobs that copy what r holds and values do not replace.
func copies(r *Reader, values []Value) (jobs []job) {
	if r == nil {
		return nil
	}
	add := func(key string, at record) {
		jobs = append(jobs, job{key, func(w io.Writer) (*pb.BundleEntryProto, error) { return r.copy(w, key, at) }})
	}
	for i, e := range r.entries {
		_, replaced := slices.BinarySearchFunc(values, e.Name, func(v Value, name string) int { return cmp.Compare(v.Name, name) })
		if replaced {
			continue
		}
		add(e.Name, r.records[i])
		for _, p := range r.records[i].parts {
			add(p.key, r.parts[p.key])
		}
	}
	return jobs
}

// copy copies the bytes of a key as they are, if their checksum is right.
func (r *Reader) copy(w io.Writer, key string, at record) (*pb.BundleEntryProto, error) {
	e := &pb.BundleEntryProto{Dtype: typespb.DataType(at.dtype), Shape: shapeProto(at.shape), Size: at.size, Crc32C: at.crc, Slices: at.slices}
	if len(at.slices) > 0 {
		return e, nil
	}
	if at.dtype == tf.String {
		if _, err := r.rawStrings(key, at); err != nil {
			return nil, err
		}
		raw, err := r.stored(key, at)
		if err == nil {
			_, err = w.Write(raw)
		}
		return e, err
	}
	raw, err := r.raw(key, at)
	if err == nil {
		_, err = w.Write(raw)
	}
	return e, err
}

func writeValue(w io.Writer, v Value) (*pb.BundleEntryProto, error) {
	raw, crc := v.Bytes, uint32(0)
	if v.DType == tf.String {
		raw, crc = joinStrings(v.Strings)
	} else {
		crc = checksum(raw)
	}
	_, err := w.Write(raw)
	return &pb.BundleEntryProto{Dtype: typespb.DataType(v.DType), Shape: shapeProto(v.Shape), Size: int64(len(raw)), Crc32C: mask(crc)}, err
}

// joinStrings is what splitStrings splits.
func joinStrings(s []string) (b []byte, crc uint32) {
	for _, x := range s {
		b = binary.AppendUvarint(b, uint64(len(x)))
		crc = addLength(crc, uint64(len(x)))
	}
	from := len(b)
	b = binary.LittleEndian.AppendUint32(b, mask(crc))
	for _, x := range s {
		b = append(b, x...)
	}
	return b, crc32.Update(crc, castagnoli, b[from:])
}

func shapeProto(s tf.Shape) *shapepb.TensorShapeProto {
	p := &shapepb.TensorShapeProto{}
	for _, n := range s {
		p.Dim = append(p.Dim, &shapepb.TensorShapeProto_Dim{Size: n})
	}
	return p
}

func writeIndex(w io.Writer, entries []entry) error {
	t := newTableWriter(w)
	header, err := proto.Marshal(&pb.BundleHeaderProto{NumShards: 1, Version: &versionspb.VersionDef{Producer: version}})
	if err != nil {
		return err
	}
	t.add("", header)
	for _, e := range entries {
		raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(e.proto)
		if err != nil {
			return err
		}
		t.add(e.key, raw)
	}
	return t.close()
}
