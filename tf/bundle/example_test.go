package bundle_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/bundle"
)

func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	prefix := filepath.Join(dir, "ckpt-1")
	err = bundle.Write(prefix, []bundle.Value{
		{Name: "steps", DType: tf.Uint8, Shape: tf.Shape{}, Bytes: []byte{12}},
		{Name: "labels", DType: tf.String, Shape: tf.Shape{2}, Strings: []string{"cat", "dog"}},
	})
	if err != nil {
		panic(err)
	}

	r, err := bundle.Open(prefix)
	if err != nil {
		panic(err)
	}
	defer r.Close()
	for _, e := range r.Entries() {
		fmt.Println(e.Name, e.DType, e.Shape)
	}
	labels, _, err := bundle.Values[string](r, "labels")
	fmt.Println(labels, err)
	// Output:
	// labels string (2,)
	// steps uint8 ()
	// [cat dog] <nil>
}
