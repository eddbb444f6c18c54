package grad_test

import (
	"errors"
	"fmt"
	"runtime"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// lineBefore is the line before its caller's, as errors write it.
func lineBefore() string {
	_, _, n, _ := runtime.Caller(1)
	return fmt.Sprintf(" at given_test.go:%d: ", n-1)
}

// TestGivenShapes: gradients and tangents of another shape or type than the value
// they belong to are refused, by the line that gave them.
func TestGivenShapes(t *testing.T) {
	type outs = []tf.Output
	sum := func(s *tf.Scope, xs outs) tf.Output { return sumOf(s, op.Square(s, xs[0])) }
	for _, tc := range []struct {
		name string
		give func(l lab, x, d tf.Output) string
		want string
	}{
		{"Pullback", func(l lab, x, d tf.Output) string {
			tape, s := grad.NewTape(l.Scope)
			tape.Watch(x)
			tape.Pullback(outs{op.Neg(s, x), op.Square(s, x)}, outs{{}, d}, x)
			return lineBefore()
		}, "dy 1 is %s, but y 1, Square"},
		{"JVP", func(l lab, x, d tf.Output) string {
			tape, s := grad.NewTape(l.Scope)
			tape.Watch(x)
			y := op.Square(s, x)
			tape.JVP(outs{y}, outs{x}, outs{d})
			return lineBefore()
		}, "tangent 0 is %s, but x 0, Const"},
		{"HVP", func(l lab, x, d tf.Output) string {
			grad.HVP(l.Scope, sum, outs{x}, outs{d})
			return lineBefore()
		}, "v 0 is %s, but x 0, Const"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, shape := range []tf.Shape{{}, {2, 1}, {1}, {3}} {
				inBothModes(t, func(t *testing.T, l lab) {
					x := tf.Const(l.Scope, []float64{1, 2})
					d := op.Fill(l.Scope, tf.Const(l.Scope, []int64(shape), int64(len(shape))), number(l.Scope, 1))
					at := tc.give(l, x, d)
					wantError(t, l.Err(), tf.InvalidArgument, at, fmt.Sprintf(tc.want, "float64 "+shape.String()), "is float64 (2,)")
				})
			}
			inBothModes(t, func(t *testing.T, l lab) {
				x := tf.Const(l.Scope, []float64{1, 2})
				at := tc.give(l, x, tf.Const(l.Scope, []float32{1, 2}))
				wantError(t, l.Err(), tf.InvalidArgument, at, fmt.Sprintf(tc.want, "float32 (2,)"))
			})
			t.Run("shape known in part", func(t *testing.T) {
				l := graphLab(t)
				tc.give(l, tf.Placeholder(l.Scope, tf.Float64, tf.Shape{-1, 2}), tf.Placeholder(l.Scope, tf.Float64, tf.Shape{3, -1}))
				if l.Err() != nil {
					t.Errorf("err = %v, want none", l.Err())
				}
			})
		})
	}
}

func TestGivenMissing(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		x := tf.Const(l.Scope, []float64{1, 2})
		tape, s := grad.NewTape(l.Scope)
		tape.Watch(x)
		tape.JVP([]tf.Output{op.Square(s, x)}, []tf.Output{x}, []tf.Output{{}})
		wantError(t, l.Err(), tf.InvalidArgument, "JVP at given_test.go:", "tangent 0 is missing")
	})
	inBothModes(t, func(t *testing.T, l lab) {
		x := tf.Const(l.Scope, []float64{1, 2})
		grad.HVP(l.Scope, func(s *tf.Scope, xs []tf.Output) tf.Output { return sumOf(s, op.Square(s, xs[0])) }, []tf.Output{x}, nil)
		wantError(t, l.Err(), tf.InvalidArgument, "HVP at given_test.go:", "as many vs as xs; got 0 and 1")
	})
	inBothModes(t, func(t *testing.T, l lab) {
		x := tf.Const(l.Scope, []float64{1, 2})
		grad.HVP(l.Scope, func(s *tf.Scope, xs []tf.Output) tf.Output { return op.Square(s, xs[0]) }, []tf.Output{x}, []tf.Output{x})
		wantError(t, l.Err(), tf.InvalidArgument, "HVP at given_test.go:", "f gave Square", "(2,); want a number")
	})
}

// TestGivenOfVariable: what is given for a variable's handle has the variable's shape.
func TestGivenOfVariable(t *testing.T) {
	for _, fits := range []bool{true, false} {
		inBothModes(t, func(t *testing.T, l lab) {
			v := tf.NewVariable(l.Scope, "v", tf.Float64, tf.Shape{2})
			defer v.Close()
			s := l.After(v.Assign(l.Scope, tf.Const(l.Scope, []float64{2, 3})))
			tangent := tf.Const(s, []float64{10, 1})
			if !fits {
				tangent = number(s, 1)
			}
			tape, ts := grad.NewTape(s)
			y := op.Square(ts, v.Read(ts))
			d := tape.JVP([]tf.Output{y}, []tf.Output{v.Handle()}, []tf.Output{tangent})
			if !fits {
				wantError(t, l.Err(), tf.InvalidArgument, "is float64 ()", "is float64 (2,)")
				return
			}
			near(t, "change", l.fetch(d...)[0], []float64{40, 6}, 1e-12)
		})
	}
}

func TestRegister(t *testing.T) {
	f := func(s *tf.Scope, o tf.Op, dy []tf.Output) []tf.Output { return dy }
	for _, tc := range []struct {
		name, op string
		f        grad.Func
		want     error
	}{
		{"built in", "MatMul", f, tf.AlreadyExists},
		{"stops gradients", "StopGradient", f, tf.AlreadyExists},
		{"no function", "Unique", nil, tf.InvalidArgument},
		{"no type", "", f, tf.InvalidArgument},
		{"new", "RegisterTest", f, nil},
		{"twice", "RegisterTest", f, tf.AlreadyExists},
	} {
		if err := grad.Register(tc.op, tc.f); !errors.Is(err, tc.want) {
			t.Errorf("%s: err = %v, want %v", tc.name, err, tc.want)
		}
	}
}

// TestWrongGradients: a registered function that returns more than there are
// inputs, or another shape or type.
func TestWrongGradients(t *testing.T) {
	var give func(s *tf.Scope, dy tf.Output) []tf.Output
	err := grad.Register("HSVToRGB", func(s *tf.Scope, o tf.Op, dy []tf.Output) []tf.Output { return give(s, dy[0]) })
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		give func(s *tf.Scope, dy tf.Output) []tf.Output
		want []string
	}{
		{"two", func(s *tf.Scope, dy tf.Output) []tf.Output { return []tf.Output{dy, dy} }, []string{"2 gradients for 1 inputs"}},
		{"shape", func(s *tf.Scope, dy tf.Output) []tf.Output { return []tf.Output{sumOf(s, dy)} },
			[]string{"the gradient function returned float64 () for input 0, which is float64 (3,)"}},
		{"type", func(s *tf.Scope, dy tf.Output) []tf.Output { return []tf.Output{op.Cast(s, dy, tf.Float32, nil)} },
			[]string{"the gradient function returned float32 (3,) for input 0, which is float64 (3,)"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inBothModes(t, func(t *testing.T, l lab) {
				give = tc.give
				x := tf.Const(l.Scope, []float64{0.5, 0.5, 0.5})
				l.gradients(func(s *tf.Scope) tf.Output { return op.HSVToRGB(s, x) }, x)
				wantError(t, l.Err(), tf.InvalidArgument, append(tc.want, "gradient of HSVToRGB")...)
			})
		})
	}
	give = func(s *tf.Scope, dy tf.Output) []tf.Output { return []tf.Output{op.Neg(s, dy)} }
	inBothModes(t, func(t *testing.T, l lab) {
		x := tf.Const(l.Scope, []float64{0.5, 0.5, 0.5})
		d := l.gradients(func(s *tf.Scope) tf.Output { return op.HSVToRGB(s, x) }, x)
		near(t, "gradient", l.fetch(d...)[0], []float64{-1, -1, -1}, 0)
	})
}
