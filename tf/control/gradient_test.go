package control_test

import (
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/control"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// function is one to differentiate by all of xs.
type function = func(s *tf.Scope, xs []tf.Output) tf.Output

var gradientCases = []struct {
	name   string
	shapes []tf.Shape
	f      function
}{
	{"While", []tf.Shape{{2, 2}, {2, 2}}, func(s *tf.Scope, x []tf.Output) tf.Output {
		return control.While(s, []tf.Output{i32(s, 0), x[0]}, below(i32(s, 3)), func(s *tf.Scope, v []tf.Output) []tf.Output {
			return []tf.Output{op.AddV2(s, v[0], i32(s, 1)), op.Sin(s, op.MatMul(s, v[1], x[1], nil))}
		}, nil)[1]
	}},
	{"While without turns", []tf.Shape{{2}, {2}}, func(s *tf.Scope, x []tf.Output) tf.Output {
		y := control.While(s, []tf.Output{i32(s, 0), x[0]}, below(i32(s, 0)), func(s *tf.Scope, v []tf.Output) []tf.Output {
			return []tf.Output{v[0], op.Mul(s, v[1], x[1])}
		}, nil)[1]
		return op.Mul(s, op.Square(s, y), x[1])
	}},
	{"While without turns, of which one factor is linear", []tf.Shape{{2}, {2}}, func(s *tf.Scope, x []tf.Output) tf.Output {
		return op.Mul(s, x[1], control.While(s, []tf.Output{x[0]}, func(s *tf.Scope, v []tf.Output) tf.Output {
			return tf.ConstScalar(s, false)
		}, func(s *tf.Scope, v []tf.Output) []tf.Output { return []tf.Output{op.Mul(s, v[0], x[1])} }, nil)[0])
	}},
	{"While that counts on a value", []tf.Shape{{}}, func(s *tf.Scope, x []tf.Output) tf.Output {
		small := func(s *tf.Scope, v []tf.Output) tf.Output { return op.Less(s, v[0], tf.ConstScalar(s, 20.0)) }
		return control.While(s, []tf.Output{op.Exp(s, x[0])}, small, func(s *tf.Scope, v []tf.Output) []tf.Output {
			return []tf.Output{op.AddV2(s, op.Mul(s, v[0], v[0]), tf.ConstScalar(s, 1.0))}
		}, &control.WhileOptions{MaxIterations: 4})[0]
	}},
	{"While that grows", []tf.Shape{{2}}, func(s *tf.Scope, x []tf.Output) tf.Output {
		return control.While(s, []tf.Output{i32(s, 0), x[0]}, below(i32(s, 3)), func(s *tf.Scope, v []tf.Output) []tf.Output {
			y := op.ConcatV2(s, []tf.Output{v[1], op.Mul(s, x[0], op.Sum(s, v[1], i32(s, 0), nil))}, i32(s, 0))
			return []tf.Output{op.AddV2(s, v[0], i32(s, 1)), y}
		}, &control.WhileOptions{ShapeInvariants: []tf.Shape{{}, {-1}}})[1]
	}},
	{"While in While", []tf.Shape{{2}, {2}}, func(s *tf.Scope, x []tf.Output) tf.Output {
		return control.While(s, []tf.Output{i32(s, 0), x[0]}, below(i32(s, 3)), func(s *tf.Scope, v []tf.Output) []tf.Output {
			inner := control.While(s, []tf.Output{i32(s, 0), v[1]}, below(v[0]), func(s *tf.Scope, w []tf.Output) []tf.Output {
				return []tf.Output{op.AddV2(s, w[0], i32(s, 1)), op.Mul(s, op.Cos(s, w[1]), op.AddV2(s, x[1], v[1]))}
			}, nil)
			return []tf.Output{op.AddV2(s, v[0], i32(s, 1)), inner[1]}
		}, nil)[1]
	}},
	{"If", []tf.Shape{{2}, {2}}, func(s *tf.Scope, x []tf.Output) tf.Output {
		f := func(yes bool) tf.Output {
			return control.If(s, tf.ConstScalar(s, yes),
				func(s *tf.Scope) []tf.Output { return []tf.Output{op.Mul(s, x[0], op.Sin(s, x[1]))} },
				func(s *tf.Scope) []tf.Output { return []tf.Output{op.Square(s, op.Square(s, x[0]))} })[0]
		}
		return op.Mul(s, f(true), f(false))
	}},
	{"Case", []tf.Shape{{2}, {2}}, func(s *tf.Scope, x []tf.Output) tf.Output {
		var all []tf.Output
		for i := range int32(3) {
			all = append(all, control.Case(s, i32(s, i),
				func(s *tf.Scope) []tf.Output { return []tf.Output{op.Exp(s, x[0])} },
				func(s *tf.Scope) []tf.Output { return []tf.Output{op.Mul(s, x[0], op.Square(s, x[1]))} },
				func(s *tf.Scope) []tf.Output { return []tf.Output{op.Sin(s, x[1])} })...)
		}
		return op.AddN(s, all)
	}},
	{"Map", []tf.Shape{{3, 2}, {2}, {3}}, func(s *tf.Scope, x []tf.Output) tf.Output {
		out := control.Map(s, []tf.Output{x[0], x[2]}, func(s *tf.Scope, e []tf.Output) []tf.Output {
			return []tf.Output{op.Sin(s, op.Mul(s, e[0], x[1])), op.Exp(s, e[1])}
		}, nil)
		return op.Mul(s, op.Sum(s, out[0], i32(s, 1), nil), out[1])
	}},
	{"Scan", []tf.Shape{{4, 2}, {2}, {2, 2}}, func(s *tf.Scope, x []tf.Output) tf.Output {
		return control.Scan(s, x[:1], x[1:2], recurrent(x[2]), nil)[0]
	}},
	{"Scan in reverse", []tf.Shape{{3, 2}, {2}, {2, 2}}, func(s *tf.Scope, x []tf.Output) tf.Output {
		return control.Scan(s, x[:1], x[1:2], recurrent(x[2]), &control.ScanOptions{Reverse: true})[0]
	}},
	{"Fold", []tf.Shape{{4, 2}, {2}, {2, 2}}, func(s *tf.Scope, x []tf.Output) tf.Output {
		return control.Fold(s, x[:1], x[1:2], recurrent(x[2]), nil)[0]
	}},
	{"List", []tf.Shape{{2, 2}}, func(s *tf.Scope, x []tf.Output) tf.Output {
		list := control.ListOf(s, x[0])
		list, last := list.Pop(s)
		list = list.Push(s, op.Square(s, last)).Push(s, op.Mul(s, last, list.Get(s, i32(s, 0))))
		return list.Set(s, i32(s, 0), op.Sin(s, last)).Stack(s)
	}},
	{"While in If in Map", []tf.Shape{{4}, {}}, func(s *tf.Scope, x []tf.Output) tf.Output {
		return control.Map(s, x[:1], func(s *tf.Scope, e []tf.Output) []tf.Output {
			return control.If(s, op.Greater(s, e[0], tf.ConstScalar(s, 0.4)), func(s *tf.Scope) []tf.Output {
				return control.While(s, []tf.Output{i32(s, 0), e[0]}, below(i32(s, 2)), func(s *tf.Scope, v []tf.Output) []tf.Output {
					return []tf.Output{op.AddV2(s, v[0], i32(s, 1)), op.Mul(s, op.Sin(s, v[1]), x[1])}
				}, nil)[1:]
			}, func(s *tf.Scope) []tf.Output { return []tf.Output{op.Mul(s, op.Square(s, e[0]), x[1])} })
		}, nil)[0]
	}},
}

// recurrent is a cell: sin(state·w + element).
func recurrent(w tf.Output) func(s *tf.Scope, state, e []tf.Output) []tf.Output {
	return func(s *tf.Scope, state, e []tf.Output) []tf.Output {
		row := op.ExpandDims(s, state[0], i32(s, 0))
		return []tf.Output{op.Sin(s, op.AddV2(s, op.Squeeze(s, op.MatMul(s, row, w, nil), &op.SqueezeAttrs{SqueezeDims: []int64{0}}), e[0]))}
	}
}

func points(s *tf.Scope, shapes []tf.Shape) (xs []tf.Output) {
	for k, shape := range shapes {
		v := make([]float64, shape.NumElements())
		for i := range v {
			v[i] = 0.15 + float64((i*5+k*3)%7)/10
		}
		if len(shape) == 0 {
			xs = append(xs, tf.ConstScalar(s, v[0]))
		} else {
			xs = append(xs, tf.Const(s, v, shape...))
		}
	}
	return xs
}

// sum is the sum of all elements.
func sum(s *tf.Scope, x tf.Output) tf.Output {
	return op.Sum(s, op.Reshape(s, x, tf.Const(s, []int32{-1})), i32(s, 0), nil)
}

// slope is the gradient of sum(f) by the first of xs.
func slope(f function) function {
	return func(s *tf.Scope, xs []tf.Output) tf.Output {
		if !s.Eager() {
			return grad.Gradients(s, []tf.Output{f(s, xs)}, xs[:1], nil)[0]
		}
		t, ts := grad.NewTape(s)
		t.Watch(xs...)
		return t.Gradient(sum(ts, f(ts, xs)), xs[0])[0]
	}
}

// TestGradients compares gradients, and gradients of gradients, with
// differences.
func TestGradients(t *testing.T) {
	for _, tc := range gradientCases {
		t.Run(tc.name, func(t *testing.T) {
			bothModes(t, func(t *testing.T, l *lab) {
				if err := grad.Check(l.Scope, tc.f, points(l.Scope, tc.shapes)...); err != nil {
					t.Error(err)
				}
			})
			t.Run("second", func(t *testing.T) {
				bothModes(t, func(t *testing.T, l *lab) {
					if err := grad.Check(l.Scope, slope(tc.f), points(l.Scope, tc.shapes)...); err != nil {
						t.Error(err)
					}
				})
			})
		})
	}
}

// TestGradientsInFunction differentiates a function whose body holds a loop.
func TestGradientsInFunction(t *testing.T) {
	for _, tc := range gradientCases {
		t.Run(tc.name, func(t *testing.T) {
			bothModes(t, func(t *testing.T, l *lab) {
				specs := make([]tf.TensorSpec, len(tc.shapes))
				for i, shape := range tc.shapes {
					specs[i] = tf.TensorSpec{DType: tf.Float64, Shape: shape}
				}
				f, err := tf.NewFunction(l.Scope, "f", specs, func(s *tf.Scope, in []tf.Output) []tf.Output {
					return []tf.Output{tc.f(s, in)}
				})
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				call := func(s *tf.Scope, xs []tf.Output) tf.Output {
					if out := f.Call(s, xs...); len(out) > 0 {
						return out[0]
					}
					return tf.Output{}
				}
				if err := grad.Check(l.Scope, call, points(l.Scope, tc.shapes)...); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestVariableGradient differentiates by a variable that the body reads.
func TestVariableGradient(t *testing.T) {
	everywhere(t, func(t *testing.T, l *lab) {
		s := l.Scope
		v := l.variable(3)
		f := func(s *tf.Scope) tf.Output { // 2 v^4
			return control.While(s, []tf.Output{i32(s, 0), f32(s, 2)}, below(i32(s, 4)), func(s *tf.Scope, x []tf.Output) []tf.Output {
				return []tf.Output{op.AddV2(s, x[0], i32(s, 1)), op.Mul(s, x[1], v.Read(s))}
			}, nil)[1]
		}
		var d tf.Output
		if s.Eager() {
			tape, ts := grad.NewTape(s)
			tape.Watch(v.Handle())
			d = tape.Gradient(f(ts), v.Handle())[0]
		} else {
			d = grad.Gradients(s, []tf.Output{f(s)}, []tf.Output{v.Handle()}, nil)[0]
		}
		want(l, d, tf.Shape{}, float32(8*27))
	})
}
