package control_test

import (
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/control"
	"github.com/gotf/gotf/tf/op"
)

// below is a condition: the first variable is less than limit.
func below(limit tf.Output) func(s *tf.Scope, vars []tf.Output) tf.Output {
	return func(s *tf.Scope, vars []tf.Output) tf.Output { return op.Less(s, vars[0], limit) }
}

func TestWhile(t *testing.T) {
	everywhere(t, func(t *testing.T, l *lab) {
		s := l.Scope
		limit, factor := scalarInput(l, int32(5)), scalarInput(l, float32(2))
		out := control.While(s, []tf.Output{i32(s, 0), f32(s, 1)}, below(limit), func(s *tf.Scope, v []tf.Output) []tf.Output {
			return []tf.Output{op.AddV2(s, v[0], i32(s, 1)), op.Mul(s, v[1], factor)}
		}, nil)
		got := l.run(out...)
		wantTensor(t, got[0], tf.Shape{}, int32(5))
		wantTensor(t, got[1], tf.Shape{}, float32(32))
	})
}

func TestWhileNoTurns(t *testing.T) {
	everywhere(t, func(t *testing.T, l *lab) {
		s := l.Scope
		out := control.While(s, []tf.Output{i32(s, 7), f32(s, 3)}, below(i32(s, 0)), func(s *tf.Scope, v []tf.Output) []tf.Output {
			return []tf.Output{op.AddV2(s, v[0], i32(s, 1)), op.Neg(s, v[1])}
		}, nil)
		got := l.run(out...)
		wantTensor(t, got[0], tf.Shape{}, int32(7))
		wantTensor(t, got[1], tf.Shape{}, float32(3))
	})
}

func TestWhileMaxIterations(t *testing.T) {
	everywhere(t, func(t *testing.T, l *lab) {
		s := l.Scope
		forever := func(s *tf.Scope, _ []tf.Output) tf.Output { return tf.ConstScalar(s, true) }
		out := control.While(s, []tf.Output{f32(s, 1)}, forever, func(s *tf.Scope, v []tf.Output) []tf.Output {
			return []tf.Output{op.AddV2(s, v[0], v[0])}
		}, &control.WhileOptions{MaxIterations: 3, ParallelIterations: 1})
		want(l, out[0], tf.Shape{}, float32(8))
	})
}

func TestWhileShapeInvariants(t *testing.T) {
	everywhere(t, func(t *testing.T, l *lab) {
		s := l.Scope
		out := control.While(s, []tf.Output{i32(s, 0), tf.Const(s, []int32{9})}, below(i32(s, 3)),
			func(s *tf.Scope, v []tf.Output) []tf.Output {
				one := op.ExpandDims(s, v[0], i32(s, 0))
				return []tf.Output{op.AddV2(s, v[0], i32(s, 1)), op.ConcatV2(s, []tf.Output{v[1], one}, i32(s, 0))}
			}, &control.WhileOptions{ShapeInvariants: []tf.Shape{{}, {-1}}})
		want(l, out[1], tf.Shape{4}, int32(9), 0, 1, 2)
	})
}

// A variable that the body reads and then, after some work, writes: each turn
// must see what the turn before wrote, though its other variable is there at once.
func TestWhileVariables(t *testing.T) {
	everywhere(t, func(t *testing.T, l *lab) {
		s := l.Scope
		v := l.variable(1)
		m := op.Fill(s, tf.Const(s, []int32{150, 150}), scalarInput(l, float32(0)))
		out := control.While(s, []tf.Output{i32(s, 0), f32(s, 0)}, below(i32(s, 20)), func(s *tf.Scope, x []tf.Output) []tf.Output {
			read := v.Read(s)
			work := op.MatMul(s, op.AddV2(s, m, read), op.MatMul(s, m, m, nil), nil)
			zero := op.Sum(s, work, tf.Const(s, []int32{0, 1}), nil)
			v.Assign(s, op.AddN(s, []tf.Output{read, zero, f32(s, 1)}))
			return []tf.Output{op.AddV2(s, x[0], i32(s, 1)), op.AddV2(s, x[1], read)}
		}, nil)
		got := l.run(out[1], v.Read(s.After(out[1])))
		wantTensor(t, got[0], tf.Shape{}, float32(210))
		wantTensor(t, got[1], tf.Shape{}, float32(21))
	})
}

// A loop whose only state is a variable.
func TestWhileOnlyVariables(t *testing.T) {
	everywhere(t, func(t *testing.T, l *lab) {
		s := l.Scope
		v := l.variable(1)
		out := control.While(s, []tf.Output{v.Handle()}, func(s *tf.Scope, _ []tf.Output) tf.Output {
			return op.Less(s, v.Read(s), f32(s, 100))
		}, func(s *tf.Scope, x []tf.Output) []tf.Output {
			v.Assign(s, op.Mul(s, v.Read(s), f32(s, 2)))
			return x
		}, nil)
		want(l, v.Read(s.After(out[0])), tf.Shape{}, float32(128))
	})
}

func TestWhileNested(t *testing.T) {
	everywhere(t, func(t *testing.T, l *lab) {
		s := l.Scope
		n, step := scalarInput(l, int32(4)), scalarInput(l, float32(10))
		out := control.While(s, []tf.Output{i32(s, 0), f32(s, 0)}, below(n), func(s *tf.Scope, v []tf.Output) []tf.Output {
			i := v[0]
			inner := control.While(s, []tf.Output{i32(s, 0), v[1]}, below(i), func(s *tf.Scope, w []tf.Output) []tf.Output {
				x := op.AddV2(s, step, op.Cast(s, op.Mul(s, i, n), tf.Float32, nil)) // far and near captures
				return []tf.Output{op.AddV2(s, w[0], i32(s, 1)), op.AddV2(s, w[1], x)}
			}, nil)
			return []tf.Output{op.AddV2(s, i, i32(s, 1)), inner[1]}
		}, nil)
		// i turns of 10+4i for i = 1, 2, 3
		want(l, out[1], tf.Shape{}, float32(14+2*18+3*22))
	})
}

// The same loop as the body of a function that a scope of either mode calls.
func TestWhileInFunction(t *testing.T) {
	everywhere(t, func(t *testing.T, l *lab) {
		s := l.Scope
		limit := scalarInput(l, int32(3))
		f, err := tf.NewFunction(s, "f", []tf.TensorSpec{{DType: tf.Float32, Shape: tf.Shape{-1}}}, func(s *tf.Scope, in []tf.Output) []tf.Output {
			return control.While(s, []tf.Output{i32(s, 0), in[0]}, below(limit), func(s *tf.Scope, v []tf.Output) []tf.Output {
				return []tf.Output{op.AddV2(s, v[0], i32(s, 1)), op.AddV2(s, v[1], v[1])}
			}, nil)
		})
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		out := f.Call(s, tf.Const(s, []float32{1, 2}))
		if s.Err() != nil {
			t.Fatal(s.Err())
		}
		want(l, out[1], tf.Shape{2}, float32(8), 16)
	})
}

// What fails in a body or a branch when the graph runs is named with its line,
// also where the function was made wider.
func TestPlaceOfFailure(t *testing.T) {
	l := graphLab(t, nil)
	s := l.Scope
	n, x := scalarInput(l, int32(3)), f32(s, 1)
	out := control.While(s, []tf.Output{i32(s, 0)}, below(n), func(s *tf.Scope, v []tf.Output) []tf.Output {
		return control.If(s, op.Less(s, v[0], i32(s, 2)),
			func(s *tf.Scope) []tf.Output { return []tf.Output{op.AddV2(s, v[0], i32(s, 1))} },
			func(s *tf.Scope) []tf.Output {
				bad := op.CheckNumerics(s, op.Log(s, op.Neg(s, x)), "here")
				return []tf.Output{op.Cast(s, bad, tf.Int32, nil)}
			})
	}, nil)
	_, err := l.try(out[0])
	wantError(t, err, `CheckNumerics" at while_test.go:`, "here")
}

// XLA compiles the loops and branches of a function that is called eagerly.
func TestJIT(t *testing.T) {
	for name, l := range map[string]*lab{"eager": eagerLab(t), "graph": graphLab(t, nil)} {
		t.Run(name, func(t *testing.T) {
			f := tf.Trace("f", func(s *tf.Scope, x tf.Output) tf.Output {
				y := control.Scan(s, []tf.Output{x}, []tf.Output{f32(s, 0)}, affine, nil)[0]
				return control.If(s, tf.ConstScalar(s, true), func(s *tf.Scope) []tf.Output { return []tf.Output{op.Neg(s, y)} },
					func(s *tf.Scope) []tf.Output { return []tf.Output{y} })[0]
			}, &tf.TraceOptions{JIT: true})
			defer f.Close()
			want(l, f.Call(l.Scope, tf.Const(l.Scope, []float32{1, 2, 3, 4})), tf.Shape{4}, float32(-1), -4, -11, -26)
		})
	}
}

func TestWhileList(t *testing.T) {
	everywhere(t, func(t *testing.T, l *lab) {
		s := l.Scope
		list := control.NewList(s, tf.Float32, tf.Shape{})
		out := control.While(s, []tf.Output{f32(s, 1), list.Handle}, below(f32(s, 9)), func(s *tf.Scope, v []tf.Output) []tf.Output {
			return []tf.Output{op.AddV2(s, v[0], v[0]), list.With(v[1]).Push(s, v[0]).Handle}
		}, nil)
		want(l, list.With(out[1]).Stack(s), tf.Shape{4}, float32(1), 2, 4, 8)
	})
}

func TestWhileStateless(t *testing.T) {
	l := graphLab(t, nil)
	s := l.Scope
	v := l.variable(1)
	pure := control.While(s.Named("pure"), []tf.Output{i32(s, 0)}, below(i32(s, 3)), func(s *tf.Scope, v []tf.Output) []tf.Output {
		return []tf.Output{op.AddV2(s, v[0], i32(s, 1))}
	}, nil)
	reads := control.While(s, []tf.Output{f32(s, 0)}, below(f32(s, 3)), func(s *tf.Scope, x []tf.Output) []tf.Output {
		return []tf.Output{op.AddV2(s, x[0], v.Read(s))}
	}, nil)
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	o := pure[0].Op()
	if o.Type() != "StatelessWhile" || o.Name() != "pure" || !o.AttrBool("_lower_using_switch_merge") || o.AttrInt("parallel_iterations") != 10 {
		t.Errorf("pure is %s %q", o.Type(), o.Name())
	}
	if got := reads[0].Op().Type(); got != "While" {
		t.Errorf("a loop that reads a variable is %s", got)
	}
	if got := pure[0].Shape(); !got.Equal(tf.Shape{}) {
		t.Errorf("shape %v", got)
	}
}

func TestWhileErrors(t *testing.T) {
	next := func(s *tf.Scope, v []tf.Output) []tf.Output { return []tf.Output{op.AddV2(s, v[0], i32(s, 1)), v[1]} }
	for _, tc := range []struct {
		name, words string
		graphOnly   bool
		cond        func(s *tf.Scope, v []tf.Output) tf.Output
		body        func(s *tf.Scope, v []tf.Output) []tf.Output
		options     *control.WhileOptions
	}{
		{name: "cond of another type", words: "cond must give a scalar of bool, got int32 ()",
			cond: func(s *tf.Scope, v []tf.Output) tf.Output { return v[0] }},
		{name: "cond a vector", words: "cond must give a scalar of bool, got bool (1,)",
			cond: func(s *tf.Scope, v []tf.Output) tf.Output { return tf.Const(s, []bool{true}) }},
		{name: "cond missing", words: "cond must give a scalar of bool, got nothing",
			cond: func(s *tf.Scope, v []tf.Output) tf.Output { return tf.Output{} }},
		{name: "too few", words: "body returned 1 values, want 2",
			body: func(s *tf.Scope, v []tf.Output) []tf.Output { return v[:1] }},
		{name: "missing", words: "body returned no value for variable 1",
			body: func(s *tf.Scope, v []tf.Output) []tf.Output { return []tf.Output{v[0], {}} }},
		{name: "type", words: "body changed variable 0 from int32 to float32",
			body: func(s *tf.Scope, v []tf.Output) []tf.Output { return []tf.Output{f32(s, 0), v[1]} }},
		{name: "shape", graphOnly: true, words: "the shape of variable 1 changed from (2,) to (3,); say what stays of it in ShapeInvariants",
			body: func(s *tf.Scope, v []tf.Output) []tf.Output {
				return []tf.Output{next(s, v)[0], tf.Const(s, []float32{1, 2, 3})}
			}},
		{name: "invariant", words: "(3,)", options: &control.WhileOptions{ShapeInvariants: []tf.Shape{{}, {2}}},
			body: func(s *tf.Scope, v []tf.Output) []tf.Output {
				return []tf.Output{next(s, v)[0], tf.Const(s, []float32{1, 2, 3})}
			}},
		{name: "invariants", words: "1 ShapeInvariants for 2 variables", options: &control.WhileOptions{ShapeInvariants: []tf.Shape{{}}}},
		{name: "excluded", words: "variable 1 begins with shape (2,), which its invariant (3,) excludes",
			options: &control.WhileOptions{ShapeInvariants: []tf.Shape{{}, {3}}}},
		{name: "limit", words: "may not be negative, got -1 and 0", options: &control.WhileOptions{MaxIterations: -1}},
		{name: "limited cond", words: "cond must give a scalar of bool, got int32 ()", options: &control.WhileOptions{MaxIterations: 3},
			cond: func(s *tf.Scope, v []tf.Output) tf.Output { return v[0] }},
		{name: "inside", words: "MatMul", body: func(s *tf.Scope, v []tf.Output) []tf.Output {
			return []tf.Output{v[0], op.MatMul(s, v[1], v[1], nil)}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bothModes(t, func(t *testing.T, l *lab) {
				if l.Eager() && tc.graphOnly {
					t.Skip("an eager loop may change shapes")
				}
				cond, body := tc.cond, tc.body
				if cond == nil {
					cond = func(s *tf.Scope, v []tf.Output) tf.Output { return op.Less(s, v[0], i32(s, 2)) }
				}
				if body == nil {
					body = next
				}
				s := l.Scope
				out := control.While(s, []tf.Output{i32(s, 0), tf.Const(s, []float32{1, 2})}, cond, body, tc.options)
				if len(out) != 2 || !out[0].IsNil() || !out[1].IsNil() {
					t.Errorf("results %v", out)
				}
				wantError(t, s.Err(), " at while_test.go:", tc.words)
			})
		})
	}
	t.Run("nil", func(t *testing.T) {
		bothModes(t, func(t *testing.T, l *lab) {
			control.While(l.Scope, []tf.Output{f32(l.Scope, 1)}, nil, next, nil)
			wantError(t, l.Err(), "cond or body is nil")
		})
	})
	t.Run("missing variable", func(t *testing.T) {
		bothModes(t, func(t *testing.T, l *lab) {
			control.While(l.Scope, []tf.Output{{}}, below(tf.Output{}), next, nil)
			wantError(t, l.Err(), "variable 0 has no value to begin with")
		})
	})
	t.Run("placeholder", func(t *testing.T) {
		l := graphLab(t, nil)
		s := l.Scope
		control.While(s, []tf.Output{i32(s, 0)}, below(i32(s, 1)), func(s *tf.Scope, v []tf.Output) []tf.Output {
			return []tf.Output{op.AddV2(s, v[0], tf.Placeholder(s, tf.Int32, tf.Shape{}))}
		}, nil)
		wantError(t, s.Err(), "body may not make placeholders")
	})
}
