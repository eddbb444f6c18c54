package grad_test

import (
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/control"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// TestClosedFunction: a recorded call keeps what its gradient needs.
func TestClosedFunction(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		x := tf.Const(l.Scope, []float64{0.5, 2})
		got := l.gradients(func(s *tf.Scope) tf.Output {
			f := function(s, 1, func(s *tf.Scope, in []tf.Output) []tf.Output {
				return []tf.Output{op.Mul(s, in[0], op.Exp(s, in[0]))}
			})
			defer f.Close()
			return f.Call(s, x)[0]
		}, x)
		e := l.fetch(op.Exp(l.Scope, x), got[0])
		near(t, "gradient", e[1], []float64{1.5 * e[0][0], 3 * e[0][1]}, 1e-12)
	})
}

// TestJacobianOfLoop: the Jacobian of a loop can be differentiated in a graph.
func TestJacobianOfLoop(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		x, w := tf.Const(l.Scope, []float64{0.5, 0.7}), tf.Const(l.Scope, []float64{0.3, 0.9})
		f := func(s *tf.Scope, xs []tf.Output) tf.Output {
			tape, ts := grad.NewTape(s)
			tape.Watch(xs...)
			y := control.While(ts, []tf.Output{xs[0], tf.ConstScalar(s, int32(0))},
				func(s *tf.Scope, v []tf.Output) tf.Output { return op.Less(s, v[1], tf.ConstScalar(s, int32(3))) },
				func(s *tf.Scope, v []tf.Output) []tf.Output {
					return []tf.Output{op.Sin(s, op.Mul(s, v[0], xs[1])), op.AddV2(s, v[1], tf.ConstScalar(s, int32(1)))}
				}, nil)
			if s.Err() != nil {
				return tf.Output{}
			}
			return op.Square(s, tape.Jacobian(y[0], xs[0])[0])
		}
		if err := grad.Check(l.Scope, f, x, w); err != nil {
			t.Error(err)
		}
	})
}

// TestWritesInLoop: a loop that writes what it reads cannot go round again.
func TestWritesInLoop(t *testing.T) {
	l := graphLab(t)
	v := tf.NewVariable(l.Scope, "v", tf.Float64, tf.Shape{})
	x := tf.ConstScalar(l.Scope, 2.0)
	y := control.While(l.Scope, []tf.Output{x, tf.ConstScalar(l.Scope, int32(0))},
		func(s *tf.Scope, v []tf.Output) tf.Output { return op.Less(s, v[1], tf.ConstScalar(s, int32(3))) },
		func(s *tf.Scope, vars []tf.Output) []tf.Output {
			next := op.Mul(s, vars[0], v.Read(s))
			v.AssignAdd(s, tf.ConstScalar(s, 1.0))
			return []tf.Output{next, op.AddV2(s, vars[1], tf.ConstScalar(s, int32(1)))}
		}, nil)
	if l.Err() != nil {
		t.Fatal(l.Err())
	}
	grad.Gradients(l.Scope, y[:1], []tf.Output{x}, nil)
	wantError(t, l.Err(), tf.Unimplemented, "While", "AssignAddVariableOp", "again")
}

// TestCompiledLoops: XLA takes the gradient of a loop whose number of turns is known.
func TestCompiledLoops(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		x := tf.Const(l.Scope, []float32{0.5, 0.7, 0.9})
		step := func(s *tf.Scope, state, x []tf.Output) []tf.Output {
			return []tf.Output{op.Sin(s, op.Mul(s, state[0], op.AddV2(s, x[0], tf.ConstScalar(s, float32(1)))))}
		}
		slope := func(s *tf.Scope, x tf.Output) tf.Output {
			tape, ts := grad.NewTape(s)
			tape.Watch(x)
			y := control.Scan(ts, []tf.Output{x}, []tf.Output{tf.ConstScalar(s, float32(0.4))}, step, nil)
			if s.Err() != nil {
				return tf.Output{}
			}
			return tape.Gradient(y[0], x)[0]
		}
		plain, compiled := tf.Trace("plain", slope, nil), tf.Trace("compiled", slope, &tf.TraceOptions{JIT: true})
		defer plain.Close()
		defer compiled.Close()
		got := l.fetch(plain.Call(l.Scope, x), compiled.Call(l.Scope, x))
		near(t, "gradient", got[1], got[0], 1e-5)
	})
}

// TestUnequalBranches: branches that give different numbers of results.
func TestUnequalBranches(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		x := tf.ConstScalar(l.Scope, 2.0)
		one := function(l.Scope, 1, func(s *tf.Scope, in []tf.Output) []tf.Output { return []tf.Output{op.Square(s, in[0])} })
		two := function(l.Scope, 1, func(s *tf.Scope, in []tf.Output) []tf.Output { return []tf.Output{op.Neg(s, in[0]), in[0]} })
		defer one.Close()
		defer two.Close()
		l.gradients(func(s *tf.Scope) tf.Output {
			outs := op.If(s, tf.ConstScalar(s, true), []tf.Output{x}, []tf.DType{tf.Float64}, one, two, nil)
			if s.Err() != nil {
				return tf.Output{}
			}
			return outs[0]
		}, x)
		if l.Err() == nil {
			t.Error("no error")
		}
	})
}

// TestIntegersInside: a path through integers is told also where it is inside of
// functions and branches.
func TestIntegersInside(t *testing.T) {
	rounded := func(s *tf.Scope, x tf.Output) tf.Output {
		return op.Cast(s, op.Cast(s, x, tf.Int32, nil), tf.Float64, nil)
	}
	for name, f := range map[string]func(s *tf.Scope, x tf.Output) tf.Output{
		"call": func(s *tf.Scope, x tf.Output) tf.Output {
			f := function(s, 1, func(s *tf.Scope, in []tf.Output) []tf.Output { return []tf.Output{rounded(s, in[0])} })
			defer f.Close()
			return f.Call(s, x)[0]
		},
		"traced": func(s *tf.Scope, x tf.Output) tf.Output {
			f := tf.Trace("f", rounded, nil)
			defer f.Close()
			return op.Square(s, f.Call(s, x))
		},
		"branch": func(s *tf.Scope, x tf.Output) tf.Output {
			then := func(s *tf.Scope) []tf.Output { return []tf.Output{rounded(s, x)} }
			otherwise := func(s *tf.Scope) []tf.Output { return []tf.Output{tf.ConstScalar(s, 1.0)} }
			return control.If(s, tf.ConstScalar(s, true), then, otherwise)[0]
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBothModes(t, func(t *testing.T, l lab) {
				x := tf.ConstScalar(l.Scope, 2.5)
				l.gradients(func(s *tf.Scope) tf.Output { return f(s, x) }, x)
				wantError(t, l.Err(), tf.InvalidArgument, "only through Cast", "int32", "bodies_test.go:")
			})
		})
	}
}
