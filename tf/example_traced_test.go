package tf_test

import (
	"errors"
	"fmt"
	"log"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

func ExampleTrace() {
	e, err := tf.NewEager(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer e.Close()
	s := e.Scope()
	defer s.Close()

	f := tf.Trace("f", func(s *tf.Scope, x tf.Output) tf.Output {
		fmt.Println("tracing for", x.DType(), x.Shape())
		return op.AddV2(s, op.Mul(s, x, x), x)
	}, nil)
	defer f.Close()
	f.Call(s, tf.ConstScalar(s, float32(2)))
	f.Call(s, tf.ConstScalar(s, float32(3)))
	y := f.Call(s, tf.Const(s, []int32{1, 2, 3}))
	t, err := y.Value()
	if err != nil {
		log.Fatal(errors.Join(s.Err(), err))
	}
	defer t.Close()
	fmt.Println(t, f.Traces())
	// Output:
	// tracing for float32 ()
	// tracing for int32 (3,)
	// int32 (3,) [2 6 12] 2
}

// Arguments and results in structs. The flag is part of what is traced.
func ExampleTrace_structs() {
	type layer struct{ Kernel, Bias tf.Output }
	type input struct {
		X      tf.Output
		Layers []layer
		Relu   bool
	}
	type output struct {
		Logits tf.Output
		Norms  map[string]tf.Output
	}
	f := tf.Trace("model", func(s *tf.Scope, in input) output {
		norms := map[string]tf.Output{}
		for i, l := range in.Layers {
			if in.Relu && i > 0 {
				in.X = op.Relu(s, in.X)
			}
			in.X = op.AddV2(s, op.MatMul(s, in.X, l.Kernel, nil), l.Bias)
			norms[fmt.Sprint("layer", i)] = op.L2Loss(s, l.Kernel)
		}
		return output{Logits: in.X, Norms: norms}
	}, nil)
	defer f.Close()

	g, err := tf.NewGraph()
	if err != nil {
		log.Fatal(err)
	}
	defer g.Close()
	s := g.Scope()
	l := layer{Kernel: tf.Const(s, []float32{1, 0, 0, 1}, 2, 2), Bias: tf.Const(s, []float32{1, 2})}
	in := input{X: tf.Placeholder(s, tf.Float32, tf.Shape{-1, 2}), Layers: []layer{l, l}, Relu: true}
	out := f.Call(s, in)
	fmt.Println(out.Logits.Shape(), len(out.Norms), s.Err())
	in.Relu = false
	f.Call(s, in)
	fmt.Println(f.Traces())

	c, err := f.Concrete(s, in)
	if err != nil {
		log.Fatal(err)
	}
	for _, spec := range append(c.Inputs()[:3], c.Outputs()...) {
		fmt.Println(spec.Name, spec.DType, spec.Shape)
	}
	// Output:
	// (None, 2) 2 <nil>
	// 2
	// X float32 (None, 2)
	// Layers/0/Kernel float32 (2, 2)
	// Layers/0/Bias float32 (2,)
	// logits float32 (None, 2)
	// norms_layer0 float32 ()
	// norms_layer1 float32 ()
}

// A struct with tensors that may be absent, and a name for signatures.
func ExampleTraced_Call() {
	type batch struct {
		Images   tf.Output `tf:"images"` // the name in signatures
		Mask     tf.Output // may be absent
		Weights  map[string]tf.Output
		Training bool
	}
	type outcome struct{ Loss, Mean tf.Output }
	e, err := tf.NewEager(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer e.Close()
	s := e.Scope()
	defer s.Close()
	x, w := tf.Const(s, []float32{1, 2}, 1, 2), tf.Const(s, []float32{3, 4}, 2, 1)

	evaluate := tf.Trace("evaluate", func(s *tf.Scope, in batch) outcome {
		logits := op.MatMul(s, in.Images, in.Weights["dense"], nil)
		if in.Training && !in.Mask.IsNil() {
			logits = op.Mul(s, logits, in.Mask)
		}
		all := tf.Const(s, []int32{0, 1})
		return outcome{Loss: op.L2Loss(s, logits), Mean: op.Mean(s, logits, all, nil)}
	}, nil)
	defer evaluate.Close()
	out := evaluate.Call(s, batch{Images: x, Weights: map[string]tf.Output{"dense": w}})
	for _, o := range []tf.Output{out.Loss, out.Mean} {
		t, err := o.Value()
		if err != nil {
			log.Fatal(errors.Join(s.Err(), err))
		}
		fmt.Println(t)
		t.Close()
	}
	// Output:
	// float32 () [60.5]
	// float32 () [11]
}

func ExampleTraceOptions() {
	e, err := tf.NewEager(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer e.Close()
	sum := func(s *tf.Scope, x tf.Output) tf.Output { return op.Sum(s, x, tf.ConstScalar(s, int32(0)), nil) }
	exact := tf.Trace("sum", sum, nil)
	defer exact.Close()
	declared := tf.Trace("sum", sum, &tf.TraceOptions{
		Signature: []tf.TensorSpec{{Name: "x", DType: tf.Float32, Shape: tf.Shape{-1}}},
	})
	defer declared.Close()
	relaxed := tf.Trace("sum", sum, &tf.TraceOptions{ReduceRetracing: true})
	defer relaxed.Close()

	s := e.Scope()
	defer s.Close()
	for n := range 10 {
		x := tf.Const(s, make([]float32, n))
		exact.Call(s, x)
		declared.Call(s, x)
		relaxed.Call(s, x)
	}
	fmt.Println(exact.Traces(), declared.Traces(), relaxed.Traces(), s.Err())

	declared.Call(s, tf.ConstScalar(s, int32(1)))
	fmt.Println(errors.Is(s.Err(), tf.InvalidArgument))
	// Output:
	// 10 1 2 <nil>
	// true
}

// A function that XLA compiles in one piece.
func ExampleTraceOptions_jit() {
	e, err := tf.NewEager(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer e.Close()
	s := e.Scope()
	defer s.Close()
	f := tf.Trace("f", func(s *tf.Scope, x tf.Output) tf.Output { return op.Tanh(s, op.Mul(s, x, x)) }, &tf.TraceOptions{JIT: true})
	defer f.Close()
	y := f.Call(s, tf.Const(s, []float32{0, 1, 2}))
	t, err := y.Value()
	if err != nil {
		log.Fatal(errors.Join(s.Err(), err))
	}
	defer t.Close()
	values, err := tf.Values[float32](t)
	fmt.Printf("%.4f %v\n", values, err)
	// Output: [0.0000 0.7616 0.9993] <nil>
}

// The function of one kind of arguments, as the body of a While.
func ExampleTraced_Concrete() {
	e, err := tf.NewEager(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer e.Close()
	s := e.Scope()
	defer s.Close()
	double := tf.Trace("double", func(s *tf.Scope, x []tf.Output) []tf.Output {
		return []tf.Output{op.AddV2(s, x[0], x[0])}
	}, nil)
	defer double.Close()
	small := tf.Trace("small", func(s *tf.Scope, x []tf.Output) []tf.Output {
		return []tf.Output{op.Less(s, x[0], tf.ConstScalar(s, int32(100)))}
	}, nil)
	defer small.Close()
	spec := tf.TensorSpec{DType: tf.Int32, Shape: tf.Shape{}}
	body, err := double.Concrete(s, make([]tf.Output, 1), spec)
	if err != nil {
		log.Fatal(err)
	}
	cond, err := small.Concrete(s, make([]tf.Output, 1), spec)
	if err != nil {
		log.Fatal(err)
	}
	y := op.While(s, []tf.Output{tf.ConstScalar(s, int32(3))}, cond, body, nil)
	if s.Err() != nil {
		log.Fatal(s.Err())
	}
	fmt.Println(y[0])
	// Output: While int32 () [192]
}
