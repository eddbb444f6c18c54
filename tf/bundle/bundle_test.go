package bundle_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/bundle"
)

// wanted is a checkpoint that Python wrote, as Python reads it.
type wanted struct {
	Name, Prefix string
	Values       []struct {
		Name, DType string
		Shape       tf.Shape
		SHA256      string
		Strings     []string
	}
	Objects [][2]string
}

func eachWanted(t *testing.T, f func(t *testing.T, w wanted)) {
	for _, w := range golden.Cases[wanted](t, "testdata/values.json") {
		t.Run(w.Name, func(t *testing.T) { f(t, w) })
	}
}

func open(t testing.TB, prefix string) *bundle.Reader {
	t.Helper()
	r, err := bundle.Open(prefix)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// TestRead compares every value with what Python reads.
func TestRead(t *testing.T) {
	eachWanted(t, func(t *testing.T, w wanted) { compare(t, open(t, "testdata/"+w.Prefix), w) })
}

func compare(t *testing.T, r *bundle.Reader, w wanted) {
	t.Helper()
	if err := r.Check(); err != nil {
		t.Error(err)
	}
	if len(r.Entries()) != len(w.Values) {
		t.Fatalf("%d values, want %d", len(r.Entries()), len(w.Values))
	}
	for i, want := range w.Values {
		e := r.Entries()[i]
		if e.Name != want.Name || e.DType.String() != want.DType || !e.Shape.Equal(want.Shape) {
			t.Errorf("entry %d is %q %v %v, want %q %s %v", i, e.Name, e.DType, e.Shape, want.Name, want.DType, want.Shape)
			continue
		}
		if e.DType == tf.String {
			got, err := r.Strings(e.Name)
			for i, s := range got {
				got[i] = base64.StdEncoding.EncodeToString([]byte(s))
			}
			if err != nil || !slices.Equal(got, want.Strings) {
				t.Errorf("%q = %q, %v; want %q", e.Name, got, err, want.Strings)
			}
			continue
		}
		got, err := r.Bytes(e.Name)
		if sum := sha256.Sum256(got); err != nil || hex.EncodeToString(sum[:]) != want.SHA256 {
			t.Errorf("%q %v = %x, %v; want other bytes", e.Name, e.DType, got, err)
		}
	}
}

// values is all that r holds.
func values(t testing.TB, r *bundle.Reader) (out []bundle.Value) {
	t.Helper()
	for _, e := range r.Entries() {
		v := bundle.Value{Name: e.Name, DType: e.DType, Shape: e.Shape}
		var err error
		if e.DType == tf.String {
			v.Strings, err = r.Strings(e.Name)
		} else {
			v.Bytes, err = r.Bytes(e.Name)
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

// TestWrite writes what it read; the files are Python's byte for byte where
// Python wrote one file of whole values in the order of their names.
func TestWrite(t *testing.T) {
	eachWanted(t, func(t *testing.T, w wanted) {
		for what, write := range map[string]func(*bundle.Reader, string) error{
			"Write":   func(r *bundle.Reader, prefix string) error { return bundle.Write(prefix, values(t, r)) },
			"Rewrite": func(r *bundle.Reader, prefix string) error { return bundle.Rewrite(r, prefix, nil) },
		} {
			old := strings.HasPrefix(w.Name, "old")
			r, prefix := open(t, "testdata/"+w.Prefix), filepath.Join(t.TempDir(), "c")
			if err := write(r, prefix); old && what == "Rewrite" {
				if !errors.Is(err, tf.Unimplemented) {
					t.Errorf("err = %v", err)
				}
				continue
			} else if err != nil {
				t.Fatal(err)
			}
			compare(t, open(t, prefix), w)
			if w.Name == "types" || w.Name == "bare" {
				sameFiles(t, prefix, "testdata/"+w.Prefix)
			}
			if left, _ := os.ReadDir(filepath.Dir(prefix)); len(left) != 2 {
				t.Errorf("the folder holds %v", left)
			}
		}
	})
}

func sameFiles(t *testing.T, a, b string) {
	t.Helper()
	for _, ending := range []string{".index", ".data-00000-of-00001"} {
		x, err := os.ReadFile(a + ending)
		y, err2 := os.ReadFile(b + ending)
		if err != nil || err2 != nil || string(x) != string(y) {
			t.Errorf("%s differs (%v, %v): %d bytes, want %d", ending, err, err2, len(x), len(y))
		}
	}
}

func TestRewrite(t *testing.T) {
	for _, name := range []string{"types", "saver", "object/ckpt-3"} {
		r, prefix := open(t, "testdata/"+name), filepath.Join(t.TempDir(), "c")
		change := r.Entries()[len(r.Entries())-1]
		if name == "saver" {
			change = r.Entries()[0] // in parts
		}
		v := bundle.Value{Name: change.Name, DType: tf.Int8, Shape: tf.Shape{3}, Bytes: []byte{1, 2, 3}}
		added := bundle.Value{Name: "zz/new", DType: tf.String, Shape: tf.Shape{}, Strings: []string{"x"}}
		if err := bundle.Rewrite(r, prefix, []bundle.Value{added, v}); err != nil {
			t.Fatal(err)
		}
		got := open(t, prefix)
		want := append(values(t, r), added)
		want[slices.IndexFunc(want, func(w bundle.Value) bool { return w.Name == v.Name })] = v
		if a, b := fmt.Sprint(values(t, got)), fmt.Sprint(want); a != b {
			t.Errorf("%s: read\n%s\nwant\n%s", name, a, b)
		}
		if err := bundle.Rewrite(got, prefix, nil); err != nil { // over itself
			t.Fatal(err)
		}
		if a, b := fmt.Sprint(values(t, open(t, prefix))), fmt.Sprint(want); a != b {
			t.Errorf("%s: after a second: %s", name, a)
		}
	}
}

func TestValues(t *testing.T) {
	r := open(t, "testdata/types")
	if v, shape, err := bundle.Values[int32](r, "int32"); err != nil || len(v) != 5 || !shape.Equal(tf.Shape{5}) {
		t.Errorf("int32: %v %v %v", v, shape, err)
	}
	if v, shape, err := bundle.Values[float32](r, "scalar"); err != nil || v[0] != 2.5 || !shape.Equal(tf.Shape{}) {
		t.Errorf("scalar: %v %v %v", v, shape, err)
	}
	if v, _, err := bundle.Values[bool](r, "bool"); err != nil || !slices.Equal(v, []bool{true, false, false, true}) {
		t.Errorf("bool: %v %v", v, err)
	}
	if v, _, err := bundle.Values[string](r, "strings"); err != nil || v[1] != "Größe" {
		t.Errorf("strings: %q %v", v, err)
	}
	if v, _, err := bundle.Values[tf.I4](r, "int4"); err != nil || !slices.Equal(v, []tf.I4{1, 2, 7}) {
		t.Errorf("int4: %v %v", v, err)
	}
	_, _, err := bundle.Values[int32](r, "float32")
	if want := `tf: read checkpoint testdata/types: invalid argument: "float32" is of type float32, not int32`; err == nil || err.Error() != want {
		t.Errorf("err = %v, want %s", err, want)
	}
	_, _, err = bundle.Values[int32](r, "int33")
	if !errors.Is(err, tf.NotFound) || !strings.HasSuffix(err.Error(), `it holds no "int33", did you mean "int32"?`) {
		t.Errorf("err = %v", err)
	}
	if _, err := r.Bytes("strings"); !errors.Is(err, tf.InvalidArgument) {
		t.Errorf("err = %v", err)
	}
	if _, err := r.Strings("int32"); !errors.Is(err, tf.InvalidArgument) {
		t.Errorf("err = %v", err)
	}
}

func TestWriteRefuses(t *testing.T) {
	ok := bundle.Value{Name: "a", DType: tf.Int8, Shape: tf.Shape{1}, Bytes: []byte{1}}
	dir := t.TempDir()
	for name, v := range map[string]bundle.Value{
		"no name":        {DType: tf.Int8, Shape: tf.Shape{1}, Bytes: []byte{1}},
		"same name":      ok,
		"unknown shape":  {Name: "b", DType: tf.Int8, Shape: tf.Shape{-1}},
		"too few bytes":  {Name: "b", DType: tf.Float32, Shape: tf.Shape{2}, Bytes: make([]byte, 7)},
		"too many":       {Name: "b", DType: tf.Float32, Shape: tf.Shape{1 << 62}, Bytes: make([]byte, 8)},
		"wrong strings":  {Name: "b", DType: tf.String, Shape: tf.Shape{2}, Strings: []string{"x"}},
		"resource":       {Name: "b", DType: tf.Resource, Shape: tf.Shape{}},
		"no such type":   {Name: "b", DType: 99, Shape: tf.Shape{}},
		"a part's name ": {Name: "\x00b", DType: tf.Int8, Shape: tf.Shape{0}},
	} {
		if err := bundle.Write(filepath.Join(dir, "c"), []bundle.Value{ok, v}); !errors.Is(err, tf.InvalidArgument) {
			t.Errorf("%s: err = %v", name, err)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestWriteFolders makes the folders that a checkpoint needs, and leaves none
// where it fails.
func TestWriteFolders(t *testing.T) {
	v := []bundle.Value{{Name: "a", DType: tf.Int8, Shape: tf.Shape{1}, Bytes: []byte{1}}}
	dir := t.TempDir()
	if err := bundle.Write(filepath.Join(dir, "new", "er", "c"), v); err != nil {
		t.Fatal(err)
	}
	for _, prefix := range []string{filepath.Join(dir, "new", "er", "c"), filepath.Join(dir, "new", "bare") + "/"} {
		if err := bundle.Write(prefix, v); err != nil {
			t.Fatal(err)
		}
		if got, err := open(t, prefix).Bytes("a"); err != nil || got[0] != 1 {
			t.Errorf("%s: %v, %v", prefix, got, err)
		}
	}
	err := bundle.Write(filepath.Join(dir, "new", "er", "c.index", "below", "c"), v)
	if !errors.Is(err, tf.InvalidArgument) || !strings.Contains(err.Error(), "c.index is not a folder") {
		t.Errorf("err = %v", err)
	}
	r := open(t, copyDamaged(t))
	if err := bundle.Rewrite(r, filepath.Join(dir, "x", "y", "c"), nil); !errors.Is(err, tf.DataLoss) {
		t.Errorf("err = %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "x")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the failed write left its folder: %v", err)
	}
}

// copyDamaged is a checkpoint with a value whose checksum is wrong.
func copyDamaged(t *testing.T) string {
	t.Helper()
	prefix := filepath.Join(t.TempDir(), "c")
	for _, ending := range []string{".index", ".data-00000-of-00001"} {
		raw, err := os.ReadFile("testdata/types" + ending)
		if err != nil {
			t.Fatal(err)
		}
		if ending != ".index" {
			raw[0] ^= 1
		}
		if err := os.WriteFile(prefix+ending, raw, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return prefix
}
