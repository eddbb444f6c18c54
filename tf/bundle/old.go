package bundle

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gotf/gotf/internal/plainfile"
	"github.com/gotf/gotf/tf"
	oldpb "github.com/wamuir/graft/tensorflow/core/util/saved_tensor_slice_proto_go_proto"
	"google.golang.org/protobuf/proto"
)

// The older format, which tf.train.Saver wrote by default until TensorFlow 0.12
// and still does on request, is a table, or several, that holds the values too.

// oldFiles are the files that a prefix of the older format may mean.
func oldFiles(prefix string) []string {
	if info, err := os.Stat(prefix); err == nil && info.Mode().IsRegular() {
		return []string{prefix}
	}
	escape := strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)
	files, _ := filepath.Glob(escape.Replace(prefix) + "-?????-of-?????")
	return files
}

func openOld(prefix string, files []string) (*Reader, error) {
	r := &Reader{prefix: prefix, old: true, files: map[int32]*os.File{}}
	found := map[string]*record{}
	for i, file := range files {
		if err := r.openOldFile(file, i, found); err != nil {
			r.Close()
			return nil, fail("read", file, err)
		}
	}
	for name, at := range found {
		if err := whole(at.shape, at.parts); err != nil {
			r.Close()
			return nil, fail("read", prefix, about(quoted(name), err))
		}
		e := Entry{Name: name, DType: at.dtype, Shape: at.shape, Size: at.shape.NumElements() * int64(at.dtype.Size())}
		if len(at.parts) > 1 {
			e.Parts = len(at.parts)
		}
		r.entries = append(r.entries, e)
	}
	slices.SortFunc(r.entries, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	for _, e := range r.entries {
		r.records = append(r.records, *found[e.Name])
	}
	return r, nil
}

// openOldFile adds what the index of a file names.
func (r *Reader) openOldFile(file string, n int, found map[string]*record) error {
	f, err := plainfile.Open(file)
	if err != nil {
		return err
	}
	r.files[int32(n)] = f
	info, err := f.Stat()
	if err != nil {
		return err
	}
	t, err := openTable(f, info.Size())
	if err != nil {
		return err
	}
	r.tables = append(r.tables, t)
	raw, err := t.find("")
	if err != nil {
		return err
	}
	all := &oldpb.SavedTensorSlices{}
	if err := proto.Unmarshal(raw, all); err != nil || all.GetMeta() == nil {
		return damaged("it holds no list of values")
	}
	if v := all.GetMeta().GetVersions(); v.GetMinConsumer() > version {
		return tf.Errorf("", tf.Unimplemented, "the checkpoint needs a reader of version %d; this is version %d", v.GetMinConsumer(), version)
	}
	for _, m := range all.GetMeta().GetTensor() {
		if err := addOld(m, n, found); err != nil {
			return about(quoted(m.GetName()), err)
		}
	}
	return nil
}

// addOld adds the parts of a value that are in one file.
func addOld(m *oldpb.SavedSliceMeta, file int, found map[string]*record) error {
	shape, err := shapeOf(m.GetShape())
	if err != nil {
		return err
	}
	at := found[m.GetName()]
	if at == nil {
		at = &record{dtype: tf.DType(m.GetType()), shape: shape}
		found[m.GetName()] = at
	}
	if at.dtype != tf.DType(m.GetType()) || !at.shape.Equal(shape) {
		return damaged("its parts have different shapes or types")
	}
	if _, ok := oldValues[at.dtype]; !ok && at.dtype != tf.String {
		return tf.Errorf("", tf.Unimplemented, "values of type %d cannot be read from checkpoints of the older format", int32(at.dtype))
	}
	for _, s := range m.GetSlice() {
		p, err := partOf(m.GetName(), shape, s)
		if err != nil {
			return err
		}
		if p.table = file; len(at.parts) >= mostParts {
			return tf.Errorf("", tf.Unimplemented, "it is in more than %d parts", mostParts)
		}
		at.parts = append(at.parts, p)
	}
	return nil
}

// oldPart reads a part of value i.
func (r *Reader) oldPart(i int, p part) ([]byte, []string, error) {
	name, at := r.entries[i].Name, r.records[i]
	raw, err := r.tables[p.table].find(p.key)
	if err != nil {
		return nil, nil, err
	}
	all := &oldpb.SavedTensorSlices{}
	if err := proto.Unmarshal(raw, all); err != nil || all.GetData() == nil {
		return nil, nil, damaged("the values of %q are missing", name)
	}
	t := all.GetData().GetData()
	n := tf.Shape(p.extent).NumElements()
	if at.dtype == tf.String {
		if int64(len(t.GetStringVal())) != n {
			return nil, nil, damaged("%q has %d of %d strings", name, len(t.GetStringVal()), n)
		}
		out := make([]string, n)
		for i, s := range t.GetStringVal() {
			out[i] = string(s)
		}
		return nil, out, nil
	}
	b := t.GetTensorContent()
	if len(b) == 0 {
		b = oldValues[at.dtype](t)
	}
	if int64(len(b)) != n*int64(at.dtype.Size()) {
		return nil, nil, damaged("%q has %d bytes, and %v %v would have another number", name, len(b), at.dtype, tf.Shape(p.extent))
	}
	return b, nil, nil
}
