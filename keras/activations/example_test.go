package activations_test

import (
	"fmt"

	"github.com/gotf/gotf/keras/activations"
	"github.com/gotf/gotf/tf"
)

func ExampleActivation_Apply() {
	e, err := tf.NewEager(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	s := e.Scope()
	defer s.Close()

	x := tf.Const(s, []float32{-1, 0, 2, 8})
	for _, a := range []activations.Activation{activations.Relu, activations.Relu6, activations.LeakyRelu} {
		y, err := a.Apply(s, x).Value()
		if err != nil {
			fmt.Println(err)
			return
		}
		values, _ := tf.Values[float32](y)
		y.Close()
		fmt.Println(a, values)
	}
	// Output:
	// relu [0 0 2 8]
	// relu6 [0 0 2 6]
	// leaky_relu [-0.2 0 2 8]
}
