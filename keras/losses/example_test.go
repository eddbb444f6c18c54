package losses_test

import (
	"fmt"

	"github.com/gotf/gotf/keras/losses"
	"github.com/gotf/gotf/tf"
)

func ExampleCompute() {
	e, err := tf.NewEager(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	s := e.Scope()
	defer s.Close()

	labels := tf.Const(s, []int32{1, 0})
	probabilities := tf.Const(s, []float32{0.05, 0.95, 0, 0.1, 0.8, 0.1}, 2, 3)
	loss := losses.Compute(s, &losses.SparseCategoricalCrossentropy{}, labels, probabilities, tf.Output{})
	v, err := loss.Value()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer v.Close()
	values, _ := tf.Values[float32](v)
	fmt.Printf("%.3f\n", values[0])
	// Output: 1.177
}
