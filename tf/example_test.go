package tf_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/gotf/gotf/tf"
)

// The shortest whole program: an operation on an eager scope.
func Example() {
	e, err := tf.NewEager(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer e.Close()
	s := e.Scope()
	defer s.Close()

	x := tf.Const(s, []float32{1, 2, 3, 4}, 2, 2)
	y := s.Begin("MatMul").In(x).In(x).One() // or op.MatMul(s, x, x, nil)
	t, err := y.Value()
	if err != nil {
		log.Fatal(errors.Join(s.Err(), err))
	}
	defer t.Close()
	values, _ := tf.Values[float32](t)
	fmt.Println(t.DType(), t.Shape(), values)
	// Output: float32 (2, 2) [7 10 15 22]
}

func ExampleNewTensor() {
	x, err := tf.NewTensor([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	if err != nil {
		log.Fatal(err)
	}
	defer x.Close()
	fmt.Println(x.DType(), x.Shape(), x.NumElements())

	_, err = tf.NewTensor([]float32{1, 2, 3, 4, 5, 6}, 2, 2)
	fmt.Println(err)
	// Output:
	// float32 (2, 3) 6
	// tf: new tensor: invalid argument: shape (2, 2) holds 4 elements, the data has 6
}

func ExampleValues() {
	x, err := tf.NewTensor([]string{"a", "longer"})
	if err != nil {
		log.Fatal(err)
	}
	defer x.Close()
	values, err := tf.Values[string](x)
	fmt.Printf("%q %v\n", values, err)
	_, err = tf.Values[int32](x)
	fmt.Println(err)
	// Output:
	// ["a" "longer"] <nil>
	// tf: values: invalid argument: the tensor holds string, not int32
}

func ExampleView() {
	x, err := tf.NewTensor([]int64{3, 4, 5})
	if err != nil {
		log.Fatal(err)
	}
	defer x.Close()
	sum := int64(0)
	err = tf.View(x, func(v []int64) {
		for _, n := range v {
			sum += n
		}
	})
	fmt.Println(sum, err)
	// Output: 12 <nil>
}

func ExampleSession() {
	g, err := tf.NewGraph()
	if err != nil {
		log.Fatal(err)
	}
	defer g.Close()
	s := g.Scope()
	x := tf.Placeholder(s.Named("x"), tf.Float32, tf.Shape{-1, 2})
	w := tf.Const(s.Named("w"), []float32{1, 10}, 2, 1)
	y := s.Named("y").Begin("MatMul").In(x).In(w).One()
	if s.Err() != nil {
		log.Fatal(s.Err())
	}
	fmt.Println(y.Name(), y.Shape())

	sess, err := tf.NewSession(g, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer sess.Close()
	in, err := tf.NewTensor([]float32{1, 2, 3, 4}, 2, 2)
	if err != nil {
		log.Fatal(err)
	}
	defer in.Close()
	out, err := sess.Run(context.Background(), []tf.Feed{{Output: x, Tensor: in}}, []tf.Output{y})
	if err != nil {
		log.Fatal(err)
	}
	defer out[0].Close()
	fmt.Println(tf.Values[float32](out[0]))
	// Output:
	// y:0 (None, 1)
	// [21 43] <nil>
}

func ExampleScope_Keep() {
	e, err := tf.NewEager(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer e.Close()
	sum := tf.Output{}
	for i := range 3 { // the values of each turn are freed at its end, but for the sum
		s := e.Scope()
		x := tf.ConstScalar(s, int32(i))
		if last := sum; !last.IsNil() {
			x = s.Begin("AddV2").In(last).In(x).One()
			defer last.Close()
		}
		sum = s.Keep(x)
		s.Close()
	}
	defer sum.Close()
	t, err := sum.Value()
	if err != nil {
		log.Fatal(err)
	}
	defer t.Close()
	fmt.Println(tf.Values[int32](t))
	// Output: [3] <nil>
}

func ExampleNewFunction() {
	e, err := tf.NewEager(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer e.Close()
	s := e.Scope()
	defer s.Close()

	ten := tf.ConstScalar(s, float32(10))
	scale, err := tf.NewFunction(s, "scale", []tf.TensorSpec{{Name: "x", DType: tf.Float32, Shape: tf.Shape{-1}}},
		func(s *tf.Scope, in []tf.Output) []tf.Output {
			return []tf.Output{s.Begin("Mul").In(in[0]).In(ten).One()} // ten is captured
		})
	if err != nil {
		log.Fatal(err)
	}
	defer scale.Close()
	y := scale.Call(s, tf.Const(s, []float32{1, 2}))
	if s.Err() != nil {
		log.Fatal(s.Err())
	}
	t, err := y[0].Value()
	if err != nil {
		log.Fatal(err)
	}
	defer t.Close()
	fmt.Println(tf.Values[float32](t))
	// Output: [10 20] <nil>
}

func ExampleVariable() {
	e, err := tf.NewEager(nil)
	if err != nil {
		log.Fatal(err)
	}
	defer e.Close()
	s := e.Scope()
	defer s.Close()

	v := tf.NewVariable(s, "counter", tf.Int64, tf.Shape{})
	defer v.Close()
	v.Assign(s, tf.ConstScalar(s, int64(40)))
	v.AssignAdd(s, tf.ConstScalar(s, int64(2)))
	t, err := v.Read(s).Value()
	if err != nil {
		log.Fatal(errors.Join(s.Err(), err))
	}
	defer t.Close()
	fmt.Println(tf.Values[int64](t))
	// Output: [42] <nil>
}

func ExampleCode() {
	g, err := tf.NewGraph()
	if err != nil {
		log.Fatal(err)
	}
	defer g.Close()
	_, err = g.Output("nobody:0")
	fmt.Println(err)
	fmt.Println(errors.Is(err, tf.NotFound))
	var e *tf.Error
	if errors.As(err, &e) {
		fmt.Println(e.Code, "/", e.Message)
	}
	// Output:
	// tf: find operation: not found: the graph has no operation "nobody"
	// true
	// not found / the graph has no operation "nobody"
}

func ExampleGraph_Import() {
	from, err := tf.NewGraph()
	if err != nil {
		log.Fatal(err)
	}
	defer from.Close()
	s := from.Scope()
	x := tf.Placeholder(s.Named("x"), tf.Float32, nil)
	s.Named("y").Begin("Square").In(x).One()
	def, err := from.Def() // such a message may come from any program
	if err != nil {
		log.Fatal(errors.Join(s.Err(), err))
	}

	to, err := tf.NewGraph()
	if err != nil {
		log.Fatal(err)
	}
	defer to.Close()
	three := tf.ConstScalar(to.Scope(), float32(3))
	outs, err := to.Import(def, &tf.ImportOptions{Prefix: "part", InputMap: map[string]tf.Output{"x": three}, Returns: []string{"y"}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(outs[0].Name(), outs[0].Op().Type(), outs[0].DType())
	// Output: part/y:0 Square float32
}
