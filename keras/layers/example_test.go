package layers_test

import (
	"encoding/json"
	"fmt"

	"github.com/gotf/gotf/keras/activations"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/initializers"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/tf"
)

// A model builds and calls its layers; this shows what it does for one.
func Example() {
	e, err := tf.NewEager(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	s := e.Scope()
	defer s.Close()

	var vars []*core.Variable
	defer func() {
		for _, v := range vars {
			v.Close()
		}
	}()
	d := &layers.Dense{Units: 2, Activation: activations.Relu, KernelInit: initializers.Ones}
	b := &core.Builder{Scope: s, Path: "dense", Add: func(v *core.Variable) {
		v.Assign(s, v.Weight.Init.Value(s, v.Shape(), v.DType(), tf.Output{}))
		fmt.Println(v.Path, v.Shape())
		vars = append(vars, v)
	}}
	if err := d.Build(b, tf.Shape{-1, 3}); err != nil {
		fmt.Println(err)
		return
	}
	y, err := d.Call(core.NewContext(s, false), tf.Const(s, []float32{1, 2, 3, -4, -5, -6}, 2, 3)).Value()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer y.Close()
	values, _ := tf.Values[float32](y)
	fmt.Println(y.Shape(), values)
	// Output:
	// dense/kernel (3, 2)
	// dense/bias (2,)
	// (2, 2) [6 6 0 0]
}

func ExampleConv2D() {
	c := &layers.Conv2D{Base: core.Named("edges"), Filters: 8, KernelSize: layers.Square(3), Padding: layers.Same, Strides: layers.Square(2)}
	fmt.Println(c.OutputShape(tf.Shape{-1, 28, 28, 1}))
	fmt.Println(c.Build(&core.Builder{}, tf.Shape{-1, 28, 28}))
	// Output:
	// (None, 14, 14, 8)
	// conv2d "edges": input must have rank 4 (batch, height, width, channels), got shape (None, 28, 28)
}

func ExampleDropout() {
	text, _ := json.Marshal(&layers.Dropout{Base: core.Named("drop"), Rate: 0.5, Seed: 7})
	var config map[string]any
	json.Unmarshal(text, &config)
	fmt.Println(config["name"], config["rate"], config["seed"], config["noise_shape"])
	// Output: drop 0.5 7 <nil>
}
