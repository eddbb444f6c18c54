// Command customop calls an operation that is not TensorFlow's own: LogCosh, of
// op/logcosh.cc, with a gradient in Go.
//
//	scripts/customop logcosh.so examples/customop/op/logcosh.cc
//	go run ./examples/customop logcosh.so
package main

import (
	"fmt"
	"io"
	"log"
	"os"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: customop LIBRARY.so")
	}
	if err := load(os.Args[1]); err != nil {
		log.Fatal(err)
	}
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// load loads the library and registers the operation's gradient.
func load(path string) error {
	if _, err := tf.LoadLibrary(path); err != nil {
		return err
	}
	return grad.Register("LogCosh", logCoshGrad)
}

// LogCosh is log(cosh(scale * x)) / scale of each element of x, which is Float32
// or Float64.
func LogCosh(s *tf.Scope, x tf.Output, scale float32) tf.Output {
	return s.Begin("LogCosh").In(x).Float("scale", scale).One()
}

// logCoshGrad is the gradient: dy * tanh(scale * x).
func logCoshGrad(s *tf.Scope, o tf.Op, dy []tf.Output) []tf.Output {
	x := o.Input(0)
	scale := op.Cast(s, tf.ConstScalar(s, o.AttrFloat("scale")), x.DType(), nil)
	return []tf.Output{op.Mul(s, dy[0], op.Tanh(s, op.Mul(s, scale, x)))}
}

// run prints y = LogCosh(x) and its gradient.
func run(w io.Writer) error {
	e, err := tf.NewEager(nil)
	if err != nil {
		return err
	}
	defer e.Close()
	outer := e.Scope()
	defer outer.Close()

	tape, s := grad.NewTape(outer)
	x := tf.Const(s, []float64{-1, 0, 1, 1000})
	tape.Watch(x)
	y := LogCosh(s, x, 1)
	dx := tape.Gradient(y, x)
	if s.Err() != nil {
		return s.Err()
	}
	fmt.Fprintln(w, y)
	fmt.Fprintln(w, dx[0])
	return nil
}
