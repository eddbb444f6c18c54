package tflite_test

import (
	"context"
	"fmt"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

// A model is run by the name of one of its signatures.
func Example() {
	m, err := tflite.LoadModel("../testdata/tflite/signatures.tflite")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	it, err := tflite.NewInterpreter(m, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer it.Close()

	x, _ := tf.NewTensor([]float32{1, 2, 3})
	defer x.Close()
	factor, _ := tf.NewScalar[float32](10)
	defer factor.Close()
	out, err := it.Run(context.Background(), "scale", map[string]*tf.Tensor{"x": x, "factor": factor})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer out["y"].Close()
	defer out["total"].Close()
	y, _ := tf.Values[float32](out["y"])
	fmt.Println(it.Signatures(), y)
	// Output: [add scale] [10 20 30]
}

// Set and Read need no TensorFlow, only the TFLite library.
func ExampleSet() {
	m, err := tflite.LoadModel("../testdata/tflite/loop.tflite")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	it, err := tflite.NewInterpreter(m, &tflite.Options{Threads: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer it.Close()

	if err := tflite.Set(it, it.Inputs()[0].Name, []int32{101}); err != nil {
		fmt.Println(err)
		return
	}
	if err := it.Invoke(context.Background()); err != nil {
		fmt.Println(err)
		return
	}
	sum, err := tflite.Read[float32](it, it.Outputs()[0].Name)
	fmt.Println(sum, err)
	// Output: [5050] <nil>
}

func ExampleInterpreter_Signature() {
	m, err := tflite.LoadModel("../testdata/tflite/mlp.tflite")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	it, err := tflite.NewInterpreter(m, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer it.Close()

	s, err := it.Signature("serving_default")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, in := range s.Inputs() {
		fmt.Println(in.Name, in.DType, in.ShapeSignature)
	}
	_, err = it.Signature("serving")
	fmt.Println(err)
	// Output:
	// x float32 (None, 8)
	// tflite: signature serving: not found: no signature "serving" (there is "serving_default")
}

// RunInto goes from slice to slice without garbage.
func ExampleRunInto() {
	m, err := tflite.LoadModel("../testdata/tflite/mlp.tflite")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	it, err := tflite.NewInterpreter(m, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer it.Close()

	probabilities := make([]float32, 4)
	err = tflite.RunInto(context.Background(), it, []float32{1, 2, 3, 4, 5, 6, 7, 8}, probabilities)
	var sum float32
	for _, p := range probabilities {
		sum += p
	}
	fmt.Printf("%.3f %v\n", sum, err)
	// Output: 1.000 <nil>
}

// A custom operation that doubles its input.
func ExampleCustomOp() {
	double := tflite.CustomOp{
		Name: "Double",
		Invoke: func(ctx context.Context, n *tflite.Node) error {
			x, err := tflite.View[float32](n.Input(0))
			if err != nil {
				return err
			}
			y, err := tflite.View[float32](n.Output(0)) // has the shape of x
			if err != nil {
				return err
			}
			for i := range x {
				y[i] = 2 * x[i]
			}
			return nil
		},
	}
	m, err := tflite.LoadModel("../testdata/tflite/features/custom.tflite")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	_, err = tflite.NewInterpreter(m, &tflite.Options{Ops: []tflite.CustomOp{double}})
	fmt.Println(err)
	// Output:
	// tflite: new interpreter: unimplemented: the model needs the custom operations MatrixSolve, Atanh, which neither the TFLite library nor the option Ops has
}

// A pool serves many goroutines with a few interpreters.
func ExamplePool() {
	m, err := tflite.LoadModel("../testdata/tflite/mlp.tflite")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	pool, err := tflite.NewPool(m, 2, &tflite.Options{XNNPACK: tflite.XNNPACK{ShareWeights: true}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer pool.Close()

	answers := make(chan error)
	for range 8 {
		go func() {
			answers <- pool.Do(context.Background(), func(it *tflite.Interpreter) error {
				return tflite.RunInto(context.Background(), it, make([]float32, 8), make([]float32, 4))
			})
		}()
	}
	for range 8 {
		if err := <-answers; err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println("done")
	// Output: done
}

func ExampleInterpreter_Profile() {
	m, err := tflite.LoadModel("../testdata/tflite/conv.tflite")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	it, err := tflite.NewInterpreter(m, &tflite.Options{NoXNNPACK: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer it.Close()

	ops, err := it.Profile(context.Background(), 20)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, op := range ops {
		fmt.Println(op.Index, op.Op, op.Name, op.Mean > 0)
	}
	// Output:
	// 0 CONV_2D Relu;Conv2D true
	// 1 DEPTHWISE_CONV_2D depthwise true
	// 2 MAX_POOL_2D MaxPool2d true
	// 3 RESHAPE Reshape true
	// 4 FULLY_CONNECTED PartitionedCall:0 true
}

// Real numbers go into and come out of a quantized model.
func ExampleSetReal() {
	m, err := tflite.LoadModel("../testdata/tflite/conv_int8.tflite")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	it, err := tflite.NewInterpreter(m, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer it.Close()

	in, out := it.Inputs()[0], it.Outputs()[0]
	fmt.Println(in.DType, in.Shape, out.DType, out.Shape)
	if err := tflite.SetReal(it, in.Name, make([]float32, 8*8*3)); err != nil {
		fmt.Println(err)
		return
	}
	if err := it.Invoke(context.Background()); err != nil {
		fmt.Println(err)
		return
	}
	logits, err := tflite.ReadReal(it, out.Name)
	fmt.Println(len(logits), err)
	// Output:
	// int8 (1, 8, 8, 3) int8 (1, 5)
	// 5 <nil>
}
