package grad_test

import (
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// function traces f on s, of float64 arguments of any shape, until the test ends.
func function(s *tf.Scope, args int, f func(s *tf.Scope, in []tf.Output) []tf.Output) *tf.Function {
	specs := make([]tf.TensorSpec, args)
	for i := range specs {
		specs[i].DType = tf.Float64
	}
	made, err := tf.NewFunction(s, "f", specs, f)
	s.SetErr(err)
	return made
}

// callCases are functions made of calls and of functional control flow.
func callCases(t *testing.T) []opCase {
	type S = *tf.Scope
	type X = []tf.Output
	type O = tf.Output
	m := [][]int64{{2, 3}}
	keep := func(f *tf.Function) *tf.Function {
		t.Cleanup(func() { f.Close() })
		return f
	}
	scalar := func(s S, v float64) O { return tf.ConstScalar(s, v) }
	return []opCase{
		{name: "call", in: m, f: func(s S, x X) O {
			f := keep(function(s, 2, func(s S, in X) X { return X{op.Tanh(s, in[0]), op.Mul(s, in[0], op.Exp(s, in[1]))} }))
			if s.Err() != nil {
				return O{}
			}
			return last(f.Call(s, x[0], op.Sin(s, x[0])))
		}},
		{name: "call/captured", in: m, f: func(s S, x X) O {
			f := keep(function(s, 1, func(s S, in X) X { return X{op.Mul(s, in[0], op.Square(s, x[0]))} }))
			if s.Err() != nil {
				return O{}
			}
			return last(f.Call(s, op.Sin(s, x[0])))
		}},
		{name: "call/nested", in: m, f: func(s S, x X) O {
			f := keep(function(s, 1, func(s S, in X) X {
				g := keep(function(s, 1, func(s S, in X) X { return X{op.Sin(s, in[0])} }))
				if s.Err() != nil {
					return X{{}}
				}
				return X{op.Mul(s, g.Call(s, op.Square(s, in[0]))[0], in[0])}
			}))
			if s.Err() != nil {
				return O{}
			}
			return last(f.Call(s, op.Sin(s, x[0])))
		}},
		{name: "call/result that is an argument", in: m, f: func(s S, x X) O {
			f := keep(function(s, 2, func(s S, in X) X { return X{in[1], op.Square(s, in[0])} }))
			if s.Err() != nil {
				return O{}
			}
			out := f.Call(s, x[0], op.Sin(s, x[0]))
			return op.Mul(s, out[0], out[1])
		}},
		{name: "If", in: [][]int64{{2, 3}, {3}}, f: func(s S, x X) O {
			then := keep(function(s, 2, func(s S, in X) X { return X{op.Mul(s, op.Square(s, in[0]), in[1]), op.Sin(s, in[0])} }))
			els := keep(function(s, 2, func(s S, in X) X { return X{op.Exp(s, in[0]), op.Cos(s, in[0])} }))
			var sum []O
			for _, yes := range []bool{true, false} {
				outs := op.If(s, tf.ConstScalar(s, yes), x, []tf.DType{tf.Float64, tf.Float64}, then, els, nil)
				if s.Err() != nil {
					return O{}
				}
				sum = append(sum, op.Mul(s, outs[0], outs[1]))
			}
			return op.AddN(s, sum)
		}},
		{name: "Case", in: m, f: func(s S, x X) O {
			fs := []*tf.Function{
				keep(function(s, 1, func(s S, in X) X { return X{op.Square(s, in[0])} })),
				keep(function(s, 1, func(s S, in X) X { return X{op.Exp(s, op.Sin(s, in[0]))} })),
				keep(function(s, 1, func(s S, in X) X { return X{op.OnesLike(s, in[0])} })),
			}
			var sum []O
			for i := range int32(4) { // 3 is taken for the last
				outs := op.Case(s, tf.ConstScalar(s, i), x, []tf.DType{tf.Float64}, fs, nil)
				sum = append(sum, outs...)
			}
			return op.AddN(s, sum)
		}},
		{name: "While", in: [][]int64{{2, 2}, {2, 2}}, low: 0.2, high: 0.9, f: func(s S, x X) O {
			return whileLoop(s, keep, 3, []O{x[0], x[1]}, func(s S, v X) X {
				return X{op.AddV2(s, op.MatMul(s, op.Sin(s, v[0]), v[1], nil), v[0]), v[1]}
			})[0]
		}},
		{name: "While/none", in: [][]int64{{2}, {2}}, f: func(s S, x X) O {
			out := whileLoop(s, keep, 0, []O{x[0], x[1]}, func(s S, v X) X { return X{op.Sin(s, v[1]), v[0]} })
			return op.Mul(s, out[0], op.Square(s, out[1]))
		}},
		{name: "While/swap", in: [][]int64{{2}, {2}}, f: func(s S, x X) O {
			out := whileLoop(s, keep, 3, []O{x[0], x[1]}, func(s S, v X) X { return X{op.Mul(s, v[1], v[0]), op.Sin(s, v[0])} })
			return op.Mul(s, out[0], op.Square(s, out[1]))
		}},
		{name: "While/nested", in: [][]int64{{2}, {2}}, low: 0.2, high: 0.9, f: func(s S, x X) O {
			return whileLoop(s, keep, 2, []O{x[0], x[1]}, func(s S, v X) X {
				inner := whileLoop(s, keep, 2, []O{v[0], v[1]}, func(s S, v X) X { return X{op.Mul(s, op.Sin(s, v[0]), v[1]), v[1]} })
				return X{op.AddV2(s, inner[0], v[0]), v[1]}
			})[0]
		}},
		{name: "While/If inside", in: [][]int64{{2}}, low: 0.2, high: 0.9, f: func(s S, x X) O {
			return whileLoop(s, keep, 3, []O{x[0], scalar(s, 1)}, func(s S, v X) X {
				then := keep(function(s, 1, func(s S, in X) X { return X{op.Square(s, in[0])} }))
				els := keep(function(s, 1, func(s S, in X) X { return X{op.Sin(s, in[0])} }))
				if s.Err() != nil {
					return v
				}
				odd := op.Greater(s, v[1], scalar(s, 0))
				return X{op.If(s, odd, v[:1], []tf.DType{tf.Float64}, then, els, nil)[0], op.Neg(s, v[1])}
			})[0]
		}},
		{name: "While/list", in: [][]int64{{2, 3}}, f: func(s S, x X) O {
			list := op.TensorListFromTensor(s, x[0], tf.Const(s, []int32{3}))
			v := whileState(s, keep, 2, []O{list, tf.ConstScalar(s, int32(0))}, func(s S, v X) X {
				row := op.TensorListGetItem(s, v[0], v[1], tf.Const(s, []int32{3}), tf.Float64)
				return X{op.TensorListSetItem(s, v[0], v[1], op.Mul(s, op.Sin(s, row), row), nil), op.AddV2(s, v[1], tf.ConstScalar(s, int32(1)))}
			})
			return op.TensorListStack(s, v[0], tf.Const(s, []int32{3}), tf.Float64, nil)
		}},
	}
}

// whileLoop goes round n times.
func whileLoop(s *tf.Scope, keep func(*tf.Function) *tf.Function, n int32, vars []tf.Output, body func(s *tf.Scope, v []tf.Output) []tf.Output) []tf.Output {
	return whileState(s, keep, n, vars, body)
}

// whileState is a While whose first variable counts to n.
func whileState(s *tf.Scope, keep func(*tf.Function) *tf.Function, n int32, vars []tf.Output, body func(s *tf.Scope, v []tf.Output) []tf.Output) []tf.Output {
	all := append([]tf.Output{tf.ConstScalar(s, int32(0))}, vars...)
	var specs []tf.TensorSpec
	for _, v := range all {
		specs = append(specs, tf.TensorSpec{DType: v.DType()})
	}
	cond, err := tf.NewFunction(s, "cond", specs, func(s *tf.Scope, in []tf.Output) []tf.Output {
		return []tf.Output{op.Less(s, in[0], tf.ConstScalar(s, n))}
	})
	s.SetErr(err)
	round, err := tf.NewFunction(s, "body", specs, func(s *tf.Scope, in []tf.Output) []tf.Output {
		return append([]tf.Output{op.AddV2(s, in[0], tf.ConstScalar(s, int32(1)))}, body(s, in[1:])...)
	})
	s.SetErr(err)
	keep(cond)
	keep(round)
	out := op.While(s, all, cond, round, nil)
	if s.Err() != nil {
		return make([]tf.Output, len(vars))
	}
	return out[1:]
}

func TestCalls(t *testing.T) {
	for _, c := range callCases(t) {
		t.Run(c.name, func(t *testing.T) { inBothModes(t, c.check) })
	}
}

// TestTapeOnGraphCalls: a tape sees the calls in a graph as they are made.
func TestTapeOnGraphCalls(t *testing.T) {
	l := graphLab(t)
	x := tf.Const(l.Scope, []float64{0.5, 2})
	f := function(l.Scope, 1, func(s *tf.Scope, in []tf.Output) []tf.Output {
		noise := op.RandomUniform(s, tf.Const(s, []int32{2}), tf.Float64, nil)
		return []tf.Output{op.Mul(s, in[0], noise), noise}
	})
	defer f.Close()
	tape, s := grad.NewTape(l.Scope)
	tape.Watch(x)
	out := f.Call(s, x)
	d := tape.Gradient(out[0], x)
	got := l.fetch(out[1], d[0])
	near(t, "gradient", got[1], got[0], 1e-12) // of the same random numbers
}

// TestRunAgain: what a gradient cannot repeat is refused by name.
func TestRunAgain(t *testing.T) {
	l := graphLab(t)
	x := tf.Const(l.Scope, []float64{0.5, 2})
	f := function(l.Scope, 1, func(s *tf.Scope, in []tf.Output) []tf.Output {
		return []tf.Output{op.Mul(s, in[0], op.RandomUniform(s.Named("noise"), tf.Const(s, []int32{2}), tf.Float64, nil))}
	})
	defer f.Close()
	grad.Gradients(l.Scope, f.Call(l.Scope, x), []tf.Output{x}, nil)
	wantError(t, l.Err(), tf.Unimplemented, "StatefulPartitionedCall", "RandomUniform", "noise", "Tape")
}

// TestRunAgainInside: the advice for loops and branches is about their inside.
func TestRunAgainInside(t *testing.T) {
	noisy := func(s *tf.Scope, x tf.Output) tf.Output {
		return op.Mul(s, x, op.RandomUniform(s.Named("noise"), tf.Const(s, []int32{2}), tf.Float64, nil))
	}
	keep := func(f *tf.Function) *tf.Function {
		t.Cleanup(func() { f.Close() })
		return f
	}
	loop := func(s *tf.Scope, x tf.Output) tf.Output {
		return whileLoop(s, keep, 3, []tf.Output{x}, func(s *tf.Scope, v []tf.Output) []tf.Output { return []tf.Output{noisy(s, v[0])} })[0]
	}
	for _, tc := range []struct {
		name string
		f    func(s *tf.Scope, x tf.Output) tf.Output
		want string
	}{
		{"While", loop, "out of the loop"},
		{"a call of While", func(s *tf.Scope, x tf.Output) tf.Output {
			f := keep(function(s, 1, func(s *tf.Scope, in []tf.Output) []tf.Output { return []tf.Output{loop(s, in[0])} }))
			return last(f.Call(s, x))
		}, "out of the loop"},
		{"If", func(s *tf.Scope, x tf.Output) tf.Output {
			f := keep(function(s, 1, func(s *tf.Scope, in []tf.Output) []tf.Output { return []tf.Output{noisy(s, in[0])} }))
			return op.If(s, tf.ConstScalar(s, true), []tf.Output{x}, []tf.DType{tf.Float64}, f, f, nil)[0]
		}, "out of the branches"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := graphLab(t)
			x := tf.Const(l.Scope, []float64{0.5, 2})
			tape, s := grad.NewTape(l.Scope)
			tape.Watch(x)
			tape.Gradient(tc.f(s, x), x)
			wantError(t, l.Err(), tf.Unimplemented, `/noise" again`, "use stateless operations, or move the draw or the write "+tc.want)
			l = graphLab(t)
			x = tf.Const(l.Scope, []float64{0.5, 2})
			grad.Gradients(l.Scope, []tf.Output{tc.f(l.Scope, x)}, []tf.Output{x}, nil)
			wantError(t, l.Err(), tf.Unimplemented, "use stateless operations, or move the draw or the write "+tc.want)
		})
	}
}

// TestRunAgainTwice: a tape keeps what the gradient needs, not what its gradient
// does.
func TestRunAgainTwice(t *testing.T) {
	for want, l := range map[string]lab{"Function.Inline in place of the call": graphLab(t), "out of the function": eagerLab(t)} {
		x := tf.Const(l.Scope, []float64{0.5, 2})
		f := function(l.Scope, 1, func(s *tf.Scope, in []tf.Output) []tf.Output {
			return []tf.Output{op.Mul(s, op.Square(s, in[0]), op.RandomUniform(s, tf.Const(s, []int32{2}), tf.Float64, nil))}
		})
		defer f.Close()
		outer, os := grad.NewTape(l.Scope)
		outer.Watch(x)
		inner, is := grad.NewTape(os)
		inner.Watch(x)
		outer.Gradient(inner.Gradient(f.Call(is, x)[0], x)[0], x)
		wantError(t, l.Err(), tf.Unimplemented, "RandomUniform", "use stateless operations", want)
	}
}

// TestVariablesInCalls: variables that functions and loops read, in both modes.
func TestVariablesInCalls(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		v := tf.NewVariable(l.Scope, "v", tf.Float64, tf.Shape{2})
		defer v.Close()
		set := v.Assign(l.Scope, tf.Const(l.Scope, []float64{2, 3}))
		s := l.After(set)
		run := func(s *tf.Scope) tf.Output {
			f := function(s, 1, func(s *tf.Scope, in []tf.Output) []tf.Output {
				return []tf.Output{op.Mul(s, in[0], op.Square(s, v.Read(s)))}
			})
			t.Cleanup(func() { f.Close() })
			if s.Err() != nil {
				return tf.Output{}
			}
			return f.Call(s, tf.Const(s, []float64{5, 7}))[0]
		}
		var d []tf.Output
		if l.Eager() {
			tape, ts := grad.NewTape(s)
			y := run(ts)
			d = tape.Gradient(y, tape.Variables()...)
		} else {
			y := run(s)
			d = grad.Gradients(s, []tf.Output{y}, []tf.Output{v.Handle()}, nil)
		}
		if l.Err() != nil || len(d) != 1 {
			t.Fatal(l.Err(), len(d))
		}
		near(t, "gradient", l.fetch(d...)[0], []float64{20, 42}, 1e-12)
	})
}
