package grad_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// gradients differentiates f by all of xs, in either mode.
func (l lab) gradients(f func(s *tf.Scope) tf.Output, xs ...tf.Output) []tf.Output {
	if !l.Eager() {
		return grad.Gradients(l.Scope, []tf.Output{f(l.Scope)}, xs, nil)
	}
	t, s := grad.NewTape(l.Scope)
	t.Watch(xs...)
	return t.Gradient(f(s), xs...)
}

// unique is an operation without a gradient.
func unique(s *tf.Scope, x tf.Output) tf.Output {
	y, _ := op.Unique(s, x, nil)
	return y
}

func TestWhatIsConnected(t *testing.T) {
	for _, tc := range []struct {
		name string
		f    func(s *tf.Scope, x, z tf.Output) tf.Output
		want [][]float64 // by x and z
	}{
		{"both", func(s *tf.Scope, x, z tf.Output) tf.Output { return op.Mul(s, x, z) }, [][]float64{{5, 7}, {2, 3}}},
		{"one", func(s *tf.Scope, x, z tf.Output) tf.Output { return op.Square(s, z) }, [][]float64{nil, {10, 14}}},
		{"itself", func(s *tf.Scope, x, z tf.Output) tf.Output { return x }, [][]float64{{1, 1}, nil}},
		{"stopped", func(s *tf.Scope, x, z tf.Output) tf.Output { return op.Mul(s, op.StopGradient(s, x), z) }, [][]float64{nil, {2, 3}}},
		{"flat", func(s *tf.Scope, x, z tf.Output) tf.Output { return op.AddV2(s, op.Floor(s, x), z) }, [][]float64{nil, {1, 1}}},
		{"an operation without gradient, off the path", func(s *tf.Scope, x, z tf.Output) tf.Output {
			unique(s, x)
			return op.AddV2(s, x, unique(s, tf.Const(s, []float64{1})))
		}, [][]float64{{1, 1}, nil}},
		{"result not used", func(s *tf.Scope, x, z tf.Output) tf.Output {
			return last(op.Unpack(s, op.Pack(s, []tf.Output{x, z}, nil), 2, nil))
		}, [][]float64{{0, 0}, {1, 1}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inBothModes(t, func(t *testing.T, l lab) {
				x, z := tf.Const(l.Scope, []float64{2, 3}), tf.Const(l.Scope, []float64{5, 7})
				got := l.fetch(l.gradients(func(s *tf.Scope) tf.Output { return tc.f(s, x, z) }, x, z)...)
				for i := range got {
					if !slices.Equal(got[i], tc.want[i]) || (got[i] == nil) != (tc.want[i] == nil) {
						t.Errorf("gradient %d = %v, want %v", i, got[i], tc.want[i])
					}
				}
			})
		})
	}
}

func TestInnerValues(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		x := tf.ConstScalar(l.Scope, 3.0)
		if l.Eager() {
			tape, s := grad.NewTape(l.Scope)
			tape.Watch(x)
			h := op.Square(s, x)
			y := op.Mul(s, h, x)
			for range 2 { // a tape may be asked again
				got := l.fetch(tape.Gradient(y, x, h, y, x)...)
				if want := []float64{27, 3, 1, 27}; !slices.Equal(slices.Concat(got...), want) {
					t.Errorf("gradients = %v, want %v", got, want)
				}
			}
			return
		}
		h := op.Square(l.Scope, x)
		y := op.Mul(l.Scope, h, x)
		got := l.fetch(grad.Gradients(l.Scope, []tf.Output{y}, []tf.Output{x, h, y, x}, nil)...)
		if want := []float64{27, 3, 1, 27}; !slices.Equal(slices.Concat(got...), want) {
			t.Errorf("gradients = %v, want %v", got, want)
		}
	})
}

func TestThirdOrder(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		x := tf.ConstScalar(l.Scope, 2.0)
		cube := func(s *tf.Scope) tf.Output { return op.Mul(s, x, op.Square(s, x)) }
		once := func(s *tf.Scope) tf.Output { return lab{s, t, nil}.gradients(cube, x)[0] }
		twice := func(s *tf.Scope) tf.Output { return lab{s, t, nil}.gradients(once, x)[0] }
		got := l.fetch(l.gradients(twice, x)[0])
		if got[0][0] != 6 {
			t.Errorf("third derivative of x^3 = %v, want 6", got[0])
		}
	})
}

func TestTapeOnGraph(t *testing.T) {
	l := graphLab(t)
	x := tf.ConstScalar(l.Scope, 3.0)
	tape, s := grad.NewTape(l.Scope)
	tape.Watch(x)
	got := l.fetch(tape.Gradient(op.Square(s, x), x)...)
	if got[0][0] != 6 {
		t.Errorf("gradient = %v, want 6", got[0])
	}
}

func TestGivenDys(t *testing.T) {
	l := graphLab(t)
	x := tf.Const(l.Scope, []float64{2, 3})
	y, z := op.Square(l.Scope, x), op.Neg(l.Scope, x)
	dy := tf.Const(l.Scope, []float64{10, 100})
	d := grad.Gradients(l.Scope, []tf.Output{y, z}, []tf.Output{x}, []tf.Output{dy, {}})
	if got, want := l.fetch(d...)[0], []float64{39, 599}; !slices.Equal(got, want) {
		t.Errorf("gradient = %v, want %v", got, want)
	}
}

func TestVariables(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		v := tf.NewVariable(l.Scope, "v", tf.Float64, tf.Shape{3, 2})
		defer v.Close()
		init := v.Assign(l.Scope, tf.Const(l.Scope, []float64{1, 2, 3, 4, 5, 6}, 3, 2))
		s := l.Scope
		f := func(s *tf.Scope) tf.Output {
			rows := op.ResourceGather(s, v.Handle(), tf.Const(s, []int64{2, 0, 2}), tf.Float64, nil)
			return op.AddV2(s, sumOf(s, op.Square(s, v.Read(s))), sumOf(s, op.Square(s, rows)))
		}
		d := l.gradients(f, v.Handle())
		want := []float64{4, 8, 6, 8, 30, 36}
		if s.Err() != nil {
			t.Fatal(s.Err())
		}
		if l.Eager() {
			near(t, "gradient", l.fetch(d...)[0], want, 1e-15)
			return
		}
		sess, err := tf.NewSession(l.Graph(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer sess.Close()
		if _, err := sess.Run(context.Background(), nil, nil, init); err != nil {
			t.Fatal(err)
		}
		got, err := sess.Run(context.Background(), nil, d)
		if err != nil {
			t.Fatal(err)
		}
		defer got[0].Close()
		near(t, "gradient", wide(t, got[0]), want, 1e-15)
	})
}

func sumOf(s *tf.Scope, x tf.Output) tf.Output {
	return op.Sum(s, op.Reshape(s, x, tf.Const(s, []int32{-1})), tf.Const(s, []int32{0}), nil)
}

// TestBatchGather gathers from a variable with an axis for the batch.
func TestBatchGather(t *testing.T) {
	l := eagerLab(t)
	v := tf.NewVariable(l.Scope, "v", tf.Float64, tf.Shape{2, 3})
	defer v.Close()
	v.Assign(l.Scope, tf.Const(l.Scope, []float64{1, 2, 3, 4, 5, 6}, 2, 3))
	d := l.gradients(func(s *tf.Scope) tf.Output {
		rows := tf.Const(s, []int64{2, 2, 0, 1}, 2, 2)
		return op.Square(s, op.ResourceGather(s, v.Handle(), rows, tf.Float64, &op.ResourceGatherAttrs{BatchDims: 1}))
	}, v.Handle())
	near(t, "gradient", l.fetch(d...)[0], []float64{0, 0, 12, 8, 10, 0}, 1e-15)
}

// TestInFunction takes gradients in the body of a function, by its argument, a
// captured value and a captured variable.
func TestInFunction(t *testing.T) {
	l := eagerLab(t)
	v := tf.NewVariable(l.Scope, "v", tf.Float64, tf.Shape{2})
	defer v.Close()
	v.Assign(l.Scope, tf.Const(l.Scope, []float64{2, 3}))
	outside, unused := tf.Const(l.Scope, []float64{5, 7}), tf.ConstScalar(l.Scope, 1.0)
	f, err := tf.NewFunction(l.Scope, "f", []tf.TensorSpec{{DType: tf.Float64, Shape: tf.Shape{2}}}, func(s *tf.Scope, in []tf.Output) []tf.Output {
		y := op.Mul(s, in[0], op.Mul(s, outside, v.Read(s)))
		d := grad.Gradients(s, []tf.Output{y}, []tf.Output{in[0], outside, v.Handle(), unused}, nil)
		if !d[3].IsNil() {
			t.Errorf("gradient by a value that is not used: %s", d[3].Name())
		}
		return d[:3]
	})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got := l.fetch(f.Call(l.Scope, tf.Const(l.Scope, []float64{11, 13}))...)
	for i, want := range [][]float64{{10, 21}, {22, 39}, {55, 91}} {
		if !slices.Equal(got[i], want) {
			t.Errorf("gradient %d = %v, want %v", i, got[i], want)
		}
	}
}

// TestImported takes the gradients of a graph that came as a message.
func TestImported(t *testing.T) {
	from := graphLab(t)
	xs, labels := small(from.Scope, 4, 6, 5, 3)
	y := mlp(from.Scope, xs, labels)
	want := from.fetch(grad.Gradients(from.Scope, []tf.Output{y}, xs, nil)...)
	other := graphLab(t)
	xs, labels = small(other.Scope, 4, 6, 5, 3)
	y = mlp(other.Scope, xs, labels)
	def, err := other.Graph().Def()
	if err != nil {
		t.Fatal(err)
	}
	names := []string{y.Name()}
	for _, x := range xs {
		names = append(names, x.Name())
	}
	to := graphLab(t)
	outs, err := to.Graph().Import(def, &tf.ImportOptions{Prefix: "copy", Returns: names})
	if err != nil {
		t.Fatal(err)
	}
	d := grad.Gradients(to.Scope, outs[:1], outs[1:], nil)
	for i, got := range to.fetch(d...) {
		near(t, xs[i].Name(), got, want[i], 0)
	}
	if name := d[1].Name(); !strings.HasPrefix(name, "gradients/copy/MatMul_grad/") {
		t.Errorf("gradient is named %q, want gradients/copy/MatMul_grad/...", name)
	}
}

// TestDeep needs a stack for neither the graph's depth nor the gradient's.
func TestDeep(t *testing.T) {
	l := graphLab(t)
	x := tf.ConstScalar(l.Scope, 1.0)
	y := x
	const depth = 5000
	for range depth {
		y = op.AddV2(l.Scope, y, x)
	}
	d := grad.Gradients(l.Scope, []tf.Output{y}, []tf.Output{x}, nil)
	if got := l.fetch(d...)[0][0]; got != depth+1 {
		t.Errorf("gradient = %v, want %d", got, depth+1)
	}
}

// TestOnlyWhatIsNeeded counts the products of the gradient of one layer.
func TestOnlyWhatIsNeeded(t *testing.T) {
	l := graphLab(t)
	xs, labels := small(l.Scope, 4, 6, 5, 3)
	y := mlp(l.Scope, xs, labels)
	grad.Gradients(l.Scope, []tf.Output{y}, xs[1:], nil)
	products := 0
	for _, o := range l.Graph().Ops() {
		if o.Type() == "MatMul" && strings.HasPrefix(o.Name(), "gradients/") {
			products++
		}
	}
	if products != 3 {
		t.Errorf("the gradient has %d products, want 3: by both weights and by the hidden layer", products)
	}
}

func TestRefused(t *testing.T) {
	type outs = []tf.Output
	for _, tc := range []struct {
		name string
		f    func(s *tf.Scope, x tf.Output) (ys, xs, dys outs)
		code tf.Code
		want []string
	}{
		{"no gradient function", func(s *tf.Scope, x tf.Output) (outs, outs, outs) {
			return outs{unique(s.Named("here"), x)}, outs{x}, nil
		}, tf.Unimplemented, []string{`gradient of Unique "here" at gradients_test.go:`, "no gradient is registered for Unique"}},
		{"prevented", func(s *tf.Scope, x tf.Output) (outs, outs, outs) {
			return outs{op.PreventGradient(s, x, &op.PreventGradientAttrs{Message: "not here"})}, outs{x}, nil
		}, tf.FailedPrecondition, []string{"PreventGradient", "not here"}},
		{"through integers", func(s *tf.Scope, x tf.Output) (outs, outs, outs) {
			return outs{op.Square(s, op.Cast(s, op.Cast(s.Named("cut"), x, tf.Int32, nil), tf.Float64, nil))}, outs{x}, nil
		}, tf.InvalidArgument, []string{"x 0, Const:0", `only through Cast "cut" at gradients_test.go:`, "int32"}},
		{"through strings", func(s *tf.Scope, x tf.Output) (outs, outs, outs) {
			return outs{op.StringToNumber(s, op.AsString(s, x, nil), &op.StringToNumberAttrs{OutType: tf.Float64})}, outs{x}, nil
		}, tf.InvalidArgument, []string{"only through AsString", "string"}},
		{"integer y", func(s *tf.Scope, x tf.Output) (outs, outs, outs) {
			return outs{op.Cast(s, x, tf.Int32, nil)}, outs{x}, nil
		}, tf.InvalidArgument, []string{"y 0, Cast", "int32"}},
		{"integer x", func(s *tf.Scope, x tf.Output) (outs, outs, outs) {
			return outs{x}, outs{x, tf.Const(s, []int32{1})}, nil
		}, tf.InvalidArgument, []string{"x 1, Const", "int32"}},
		{"x of another graph", func(s *tf.Scope, x tf.Output) (outs, outs, outs) {
			g, err := tf.NewGraph()
			if err != nil {
				s.SetErr(err)
				return nil, nil, nil
			}
			defer g.Close()
			return outs{x}, outs{tf.ConstScalar(g.Scope(), 1.0)}, nil
		}, tf.InvalidArgument, []string{"of another graph"}},
		{"missing x", func(s *tf.Scope, x tf.Output) (outs, outs, outs) { return outs{x}, outs{{}}, nil },
			tf.InvalidArgument, []string{"x 0 is missing"}},
		{"missing y", func(s *tf.Scope, x tf.Output) (outs, outs, outs) { return outs{{}}, outs{x}, nil },
			tf.InvalidArgument, []string{"y 0 is missing"}},
		{"number of dys", func(s *tf.Scope, x tf.Output) (outs, outs, outs) { return outs{x}, outs{x}, outs{x, x} },
			tf.InvalidArgument, []string{"got 2 and 1"}},
		{"dtype of dys", func(s *tf.Scope, x tf.Output) (outs, outs, outs) {
			return outs{x}, outs{x}, outs{op.Cast(s, x, tf.Float32, nil)}
		}, tf.InvalidArgument, []string{"dy 0 is float32", "float64"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := graphLab(t)
			ys, xs, dys := tc.f(l.Scope, tf.Const(l.Scope, []float64{1, 2}))
			if l.Err() != nil {
				t.Fatal(l.Err())
			}
			for i, d := range grad.Gradients(l.Scope, ys, xs, dys) {
				if !d.IsNil() {
					t.Errorf("gradient %d is %s, want none", i, d.Name())
				}
			}
			wantError(t, l.Err(), tc.code, tc.want...)
		})
	}
}

// wantError checks the code and the words of an error.
func wantError(t *testing.T, err error, code tf.Code, words ...string) {
	t.Helper()
	if !errors.Is(err, code) {
		t.Errorf("err = %v, want %v", err, code)
	}
	for _, w := range words {
		if err != nil && !strings.Contains(err.Error(), w) {
			t.Errorf("err = %v, want it to hold %q", err, w)
		}
	}
}

func TestRefusedEager(t *testing.T) {
	l := eagerLab(t)
	x := tf.Const(l.Scope, []float64{1, 2})
	tape, s := grad.NewTape(l.Scope)
	tape.Watch(x)
	if d := tape.Gradient(unique(s, x), x); !d[0].IsNil() {
		t.Errorf("gradient = %s, want none", d[0].Name())
	}
	if err := l.Err(); !errors.Is(err, tf.Unimplemented) || !strings.Contains(err.Error(), "Unique") {
		t.Errorf("err = %v, want one that names Unique", err)
	}
	l = eagerLab(t)
	x = tf.Const(l.Scope, []float64{1, 2})
	if grad.Gradients(l.Scope, []tf.Output{x}, []tf.Output{x}, nil); !errors.Is(l.Err(), tf.FailedPrecondition) {
		t.Errorf("Gradients on an eager scope: err = %v, want failed precondition", l.Err())
	}
}

// TestRefusedIntegers: an eager error knows the line too. Masks, sizes and what is
// stopped on purpose are no errors.
func TestRefusedIntegers(t *testing.T) {
	l := eagerLab(t)
	x := tf.Const(l.Scope, []float64{1, 2})
	tape, s := grad.NewTape(l.Scope)
	tape.Watch(x)
	y := op.Cast(s, op.ArgMax(s, x, axis(s, 0), nil), tf.Float64, nil)
	tape.Gradient(y, x)
	wantError(t, l.Err(), tf.InvalidArgument, "x 0, Const", "only through ArgMax at gradients_test.go:", "int64")
	inBothModes(t, func(t *testing.T, l lab) {
		x := tf.Const(l.Scope, []float64{1, 2})
		got := l.gradients(func(s *tf.Scope) tf.Output {
			mask := op.Cast(s, op.Greater(s, x, number(s, 0)), tf.Float64, nil)
			size := op.Cast(s, op.Size(s, x, nil), tf.Float64, nil)
			stopped := op.Cast(s, op.Cast(s, op.StopGradient(s, x), tf.Int32, nil), tf.Float64, nil)
			return op.AddN(s, []tf.Output{mask, op.Mul(s, size, mask), stopped})
		}, x)
		if l.Err() != nil || !got[0].IsNil() {
			t.Errorf("gradient = %v, %v; want none", got, l.Err())
		}
	})
}

func number(s *tf.Scope, v float64) tf.Output { return tf.ConstScalar(s, v) }
