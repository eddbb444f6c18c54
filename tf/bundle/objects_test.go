package bundle_test

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/bundle"
)

func TestObjects(t *testing.T) {
	eachWanted(t, func(t *testing.T, w wanted) {
		r := open(t, "testdata/"+w.Prefix)
		objects, err := r.Objects()
		if w.Objects == nil {
			if !errors.Is(err, tf.NotFound) {
				t.Errorf("err = %v, want NotFound", err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		var got [][2]string
		paths := map[string]bool{}
		for _, o := range objects {
			if paths[o.Path] {
				t.Errorf("two objects have path %q", o.Path)
			}
			paths[o.Path] = true
			for _, a := range o.Attributes {
				got = append(got, [2]string{a.FullName, a.Key})
				if !r.Has(a.Key) {
					t.Errorf("no value %q", a.Key)
				}
			}
			for _, c := range o.Children {
				if !strings.HasSuffix(objects[c.Object].Path, c.Name) && objects[c.Object].Path == o.Path+"/"+c.Name {
					t.Errorf("child %q of %q is %q", c.Name, o.Path, objects[c.Object].Path)
				}
			}
		}
		sort := func(a, b [2]string) int { return strings.Compare(a[1], b[1]) }
		slices.SortFunc(got, sort)
		slices.SortFunc(w.Objects, sort)
		if !slices.Equal(got, w.Objects) {
			t.Errorf("variables %q\nwant %q", got, w.Objects)
		}
		if !paths["model/_functional/_operations/2/moving_mean"] || !paths["optimizer/_iterations"] {
			t.Errorf("variables are not among %q", slices.Collect(maps(paths)))
		}
	})
}

func maps(m map[string]bool) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func TestCompare(t *testing.T) {
	a, b := open(t, "testdata/object/ckpt-2"), open(t, "testdata/object/ckpt-3")
	c, err := bundle.Compare(a, b)
	if err != nil || c.Same() || len(c.OnlyA)+len(c.OnlyB) > 0 || len(c.Both) != len(a.Entries()) {
		t.Fatalf("%+v, %v", c, err)
	}
	steps := 0
	for _, d := range c.Both {
		if strings.HasSuffix(d.A.Name, "step/.ATTRIBUTES/VARIABLE_VALUE") {
			steps++
			if d.Same || d.Unequal != 1 || d.Max != 1 || d.Mean != 1 {
				t.Errorf("step: %+v", d)
			}
		}
		if d.A.DType == tf.Float32 && d.Max > 10 {
			t.Errorf("%+v", d)
		}
	}
	if steps != 1 {
		t.Errorf("%d steps", steps)
	}
	if c, err := bundle.Compare(a, a); err != nil || !c.Same() {
		t.Errorf("with itself: %+v, %v", c, err)
	}
	c, err = bundle.Compare(a, open(t, "testdata/types"))
	if err != nil || len(c.Both) != 0 || len(c.OnlyA) != len(a.Entries()) || c.Same() {
		t.Errorf("with another: %+v, %v", c, err)
	}
}

func TestCompareTypes(t *testing.T) {
	f32 := func(v ...float32) (b []byte) {
		for _, x := range v {
			n := math.Float32bits(x)
			b = append(b, byte(n), byte(n>>8), byte(n>>16), byte(n>>24))
		}
		return b
	}
	nan := float32(math.NaN())
	for _, tc := range []struct {
		name      string
		dtype     tf.DType
		a, b      []byte
		unequal   int64
		max, mean float64
	}{
		{"float32", tf.Float32, f32(1, 2, 3, 4), f32(1, 2.5, 2, 4), 2, 1, 0.375},
		{"NaN", tf.Float32, f32(nan, 1), f32(nan, nan), 1, math.Inf(1), math.Inf(1)},
		{"zeros", tf.Float32, f32(0), f32(float32(math.Copysign(0, -1))), 1, 0, 0},
		{"int8", tf.Int8, []byte{0xff, 1}, []byte{1, 1}, 1, 2, 1},
		{"uint16", tf.Uint16, []byte{0xff, 0xff}, []byte{0, 0}, 1, 65535, 65535},
		{"int16", tf.Int16, []byte{0xff, 0xff}, []byte{0, 0}, 1, 1, 1},
		{"complex64", tf.Complex64, f32(3, 4), f32(0, 0), 1, 5, 5},
		{"bfloat16", tf.BFloat16, []byte{0x80, 0x3f}, []byte{0, 0x40}, 1, 1, 1},
		{"float16", tf.Float16, []byte{0, 0x3c}, []byte{0, 0x40}, 1, 1, 1},
		{"bool", tf.Bool, []byte{0, 1}, []byte{1, 1}, 1, 1, 0.5},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := compareOne(t, tc.dtype, tc.a, tc.b)
			if d.Same || d.Unequal != tc.unequal || d.Max != tc.max || d.Mean != tc.mean {
				t.Errorf("got %+v", d)
			}
		})
	}
	if d := compareOne(t, tf.Float4E2M1FN, []byte{1}, []byte{2}); d.Same || d.Unequal != 1 || !math.IsNaN(d.Max) {
		t.Errorf("got %+v", d)
	}
	if d := compareOne(t, tf.Int8, []byte{1}, []byte{1, 2}); d.Same || !math.IsNaN(d.Max) {
		t.Errorf("other shapes: %+v", d)
	}
}

func compareOne(t *testing.T, dtype tf.DType, a, b []byte) bundle.Difference {
	t.Helper()
	var readers [2]*bundle.Reader
	for i, raw := range [][]byte{a, b} {
		prefix := filepath.Join(t.TempDir(), "c")
		v := bundle.Value{Name: "v", DType: dtype, Shape: tf.Shape{int64(len(raw) / dtype.Size())}, Bytes: raw}
		if err := bundle.Write(prefix, []bundle.Value{v}); err != nil {
			t.Fatal(err)
		}
		readers[i] = open(t, prefix)
	}
	c, err := bundle.Compare(readers[0], readers[1])
	if err != nil || len(c.Both) != 1 {
		t.Fatal(c, err)
	}
	return c.Both[0]
}

// TestManyKeys has an index of several blocks.
func TestManyKeys(t *testing.T) {
	var values []bundle.Value
	for i := range 20000 {
		values = append(values, bundle.Value{Name: fmt.Sprintf("a/name/of/some/length/%d", i), DType: tf.Uint8, Shape: tf.Shape{}, Bytes: []byte{byte(i)}})
	}
	prefix := filepath.Join(t.TempDir(), "c")
	if err := bundle.Write(prefix, values); err != nil {
		t.Fatal(err)
	}
	r := open(t, prefix)
	if err := r.Check(); err != nil || len(r.Entries()) != len(values) {
		t.Fatalf("%d entries, %v", len(r.Entries()), err)
	}
	for i, v := range values {
		if got, err := r.Bytes(v.Name); err != nil || got[0] != byte(i) {
			t.Fatalf("%s = %v, %v", v.Name, got, err)
		}
	}
}
