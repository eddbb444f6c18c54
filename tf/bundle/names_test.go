package bundle_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/bundle"
)

// TestNames finds what Python's Checkpoint stored by the variables' names and
// paths.
func TestNames(t *testing.T) {
	r := open(t, "testdata/object/ckpt-3")
	for name, key := range map[string]string{
		"sequential/dense/kernel":          "optimizer/_trainable_variables/0/.ATTRIBUTES/VARIABLE_VALUE",
		"optimizer/_trainable_variables/0": "optimizer/_trainable_variables/0/.ATTRIBUTES/VARIABLE_VALUE",
		"step":                             "step/.ATTRIBUTES/VARIABLE_VALUE",
		"Variable":                         "step/.ATTRIBUTES/VARIABLE_VALUE",
		"model/_functional/_operations/2/moving_mean": "model/_functional/_operations/2/moving_mean/.ATTRIBUTES/VARIABLE_VALUE",
	} {
		if e, err := r.Find(name); err != nil || e.Name != key {
			t.Errorf("%s: %q, %v; want %q", name, e.Name, err, key)
		}
		if r.Has(name) {
			t.Errorf("Has %q", name)
		}
	}
	got, shape, err := bundle.Values[float32](r, "sequential/dense/bias")
	want, _, err2 := bundle.Values[float32](r, "optimizer/_trainable_variables/1/.ATTRIBUTES/VARIABLE_VALUE")
	if err != nil || err2 != nil || !shape.Equal(tf.Shape{4}) || got[3] != want[3] {
		t.Errorf("%v %v %v, want %v %v", got, shape, err, want, err2)
	}
	for name, hint := range map[string]string{
		"sequential/dense/kernal": `it holds no "sequential/dense/kernal", did you mean "sequential/dense/kernel"?`,
		"dense_1/kernel":          `it holds no "dense_1/kernel", did you mean "sequential/dense_1/kernel"?`,
		"stepp":                   `it holds no "stepp", did you mean "step"?`,
		"":                        `it holds no ""`,
	} {
		if _, err := r.Find(name); !errors.Is(err, tf.NotFound) || !strings.HasSuffix(err.Error(), hint) {
			t.Errorf("%q: err = %v, want %s", name, err, hint)
		}
	}
}

// TestNamesShared reads a variable that Keras's export stored twice, and refuses
// the name once the two differ.
func TestNamesShared(t *testing.T) {
	r := open(t, "../../savedmodel/testdata/keras/variables/variables")
	const name = "dense/kernel"
	objects, err := r.Objects()
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, o := range objects {
		for _, a := range o.Attributes {
			if a.FullName == name {
				keys = append(keys, a.Key)
			}
		}
	}
	if len(keys) != 2 {
		t.Fatalf("keys %q", keys)
	}
	e, err := r.Find(name)
	if err != nil || !slices.Contains(keys, e.Name) {
		t.Fatalf("%v, %v; want one of %q", e, err, keys)
	}
	raw, err := r.Bytes(name)
	if err != nil {
		t.Fatal(err)
	}
	raw[0] ^= 1
	prefix := filepath.Join(t.TempDir(), "c")
	if err := bundle.Rewrite(r, prefix, []bundle.Value{{Name: keys[1], DType: e.DType, Shape: e.Shape, Bytes: raw}}); err != nil {
		t.Fatal(err)
	}
	_, err = open(t, prefix).Find(name)
	if !errors.Is(err, tf.NotFound) || !strings.Contains(err.Error(), `2 variables have the name "dense/kernel": "`+keys[0]+`", "`) && !strings.Contains(err.Error(), keys[1]+`", "`) {
		t.Errorf("err = %v", err)
	}
}
