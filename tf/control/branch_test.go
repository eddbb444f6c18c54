package control_test

import (
	"slices"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/control"
	"github.com/gotf/gotf/tf/op"
)

type branch = func(s *tf.Scope) []tf.Output

// give is a branch that returns a constant.
func give(v float32) branch {
	return func(s *tf.Scope) []tf.Output { return []tf.Output{f32(s, v)} }
}

func TestIf(t *testing.T) {
	for _, yes := range []bool{true, false} {
		everywhere(t, func(t *testing.T, l *lab) {
			s := l.Scope
			pred, a, b := scalarInput(l, yes), scalarInput(l, float32(3)), scalarInput(l, float32(5))
			// The branches use the values in another order, and one value each alone.
			c, d := scalarInput(l, float32(7)), scalarInput(l, float32(11))
			out := control.If(s, pred,
				func(s *tf.Scope) []tf.Output { return []tf.Output{op.Sub(s, a, b), c} },
				func(s *tf.Scope) []tf.Output { return []tf.Output{op.Sub(s, b, a), op.Mul(s, d, b)} })
			want := []float32{-2, 7}
			if !yes {
				want = []float32{2, 55}
			}
			for i, x := range l.run(out...) {
				wantTensor(t, x, tf.Shape{}, want[i])
			}
		})
	}
}

// Only the branch that is chosen may act.
func TestIfActs(t *testing.T) {
	everywhere(t, func(t *testing.T, l *lab) {
		s := l.Scope
		v := l.variable(1)
		set := func(x float32) branch {
			return func(s *tf.Scope) []tf.Output {
				v.Assign(s, f32(s, x))
				return nil
			}
		}
		done := control.If(s, scalarInput(l, false), set(2), set(3))
		if !l.Eager() && (len(done) != 1 || done[0].Op().Type() != "If") {
			t.Errorf("an If without results gave %v", done)
		}
		want(l, v.Read(s.After(done...)), tf.Shape{}, float32(3))
	})
}

// What happens to a variable happens in the order in which the Go functions
// make it, also in loops inside.
func TestOrder(t *testing.T) {
	everywhere(t, func(t *testing.T, l *lab) {
		s := l.Scope
		v := l.variable(1)
		out := control.If(s, scalarInput(l, true), func(s *tf.Scope) []tf.Output {
			first := v.Read(s)
			v.Assign(s, f32(s, 10))
			second := v.Read(s)
			third := control.While(s, []tf.Output{i32(s, 0), f32(s, 0)}, below(i32(s, 3)), func(s *tf.Scope, x []tf.Output) []tf.Output {
				v.AssignAdd(s, f32(s, 1))
				return []tf.Output{op.AddV2(s, x[0], i32(s, 1)), op.AddV2(s, x[1], v.Read(s))}
			}, nil)[1]
			v.Assign(s, op.Mul(s, v.Read(s), f32(s, 2)))
			return []tf.Output{first, second, third, v.Read(s)}
		}, func(s *tf.Scope) []tf.Output { return []tf.Output{f32(s, 0), f32(s, 0), f32(s, 0), f32(s, 0)} })
		for i, x := range l.run(out...) {
			wantTensor(t, x, tf.Shape{}, []float32{1, 10, 11 + 12 + 13, 26}[i])
		}
	})
}

func TestIfShapes(t *testing.T) {
	l := graphLab(t, nil)
	s := l.Scope
	shaped := func(shape ...int64) branch {
		return func(s *tf.Scope) []tf.Output {
			return []tf.Output{op.Fill(s, tf.Const(s, shape), f32(s, 1)), tf.Const(s, make([]int32, shape[1]))}
		}
	}
	pred := tf.Placeholder(s, tf.Bool, nil)
	out := control.If(s, pred, shaped(2, 3), shaped(2, 4))
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	if a, b := out[0].Shape(), out[1].Shape(); !a.Equal(tf.Shape{2, -1}) || !b.Equal(tf.Shape{-1}) {
		t.Errorf("shapes %v and %v", a, b)
	}
	if got := out[0].Op().Type(); got != "StatelessIf" {
		t.Errorf("branches that only compute make %s", got)
	}
}

func TestCase(t *testing.T) {
	for index, value := range map[int32]float32{0: 10, 1: 20, 2: 30, 7: 30, -1: 30} {
		everywhere(t, func(t *testing.T, l *lab) {
			x := scalarInput(l, float32(10))
			out := control.Case(l.Scope, scalarInput(l, index),
				func(s *tf.Scope) []tf.Output { return []tf.Output{x} },
				func(s *tf.Scope) []tf.Output { return []tf.Output{op.AddV2(s, x, x)} },
				give(30))
			want(l, out[0], tf.Shape{}, value)
		})
	}
}

// A loop in a branch in a map, each using values of all scopes around it.
func TestNested(t *testing.T) {
	everywhere(t, func(t *testing.T, l *lab) {
		s := l.Scope
		x := input(l, tf.Shape{-1}, []float32{1, -2, 3, -4})
		power, far := scalarInput(l, int32(3)), scalarInput(l, float32(100))
		calls := 0
		out := control.Map(s, []tf.Output{x}, func(s *tf.Scope, e []tf.Output) []tf.Output {
			near := op.AddV2(s, e[0], far)
			return control.If(s, op.Greater(s, e[0], f32(s, 0)), func(s *tf.Scope) []tf.Output {
				return control.While(s, []tf.Output{i32(s, 0), near}, below(power), func(s *tf.Scope, v []tf.Output) []tf.Output {
					calls++
					return []tf.Output{op.AddV2(s, v[0], i32(s, 1)), op.Sub(s, v[1], op.AddV2(s, e[0], far))}
				}, nil)[1:]
			}, func(s *tf.Scope) []tf.Output { return []tf.Output{e[0]} })
		}, nil)
		want(l, out[0], tf.Shape{4}, float32(-202), -2, -206, -4)
		if !l.Eager() && calls != 1 {
			t.Errorf("the innermost body was traced %d times, want once", calls)
		}
	})
}

// What the graph does not know of a condition fails when it runs.
func TestConditionOfUnknownShape(t *testing.T) {
	for name, cfg := range map[string]*tf.Config{"lowered": nil, "single-threaded": {SingleThreaded: true}} {
		t.Run(name, func(t *testing.T) {
			l := graphLab(t, cfg)
			out := control.Case(l.Scope, input(l, nil, []int32{}, 0), give(1), give(2))
			_, err := l.try(out[0])
			wantError(t, err, "scalar")
		})
	}
}

func TestBranchErrors(t *testing.T) {
	ints := func(s *tf.Scope) []tf.Output { return []tf.Output{i32(s, 1)} }
	two := func(s *tf.Scope) []tf.Output { return []tf.Output{f32(s, 1), f32(s, 2)} }
	missing := func(s *tf.Scope) []tf.Output { return []tf.Output{{}} }
	node := func(s *tf.Scope) []tf.Output { return []tf.Output{op.NoOp(s)} }
	yes := func(s *tf.Scope) tf.Output { return tf.ConstScalar(s, true) }
	for _, tc := range []struct {
		name, words string
		graphOnly   bool
		results     int
		make        func(s *tf.Scope) []tf.Output
	}{
		{"pred", "If at branch_test.go", false, 1, func(s *tf.Scope) []tf.Output { return control.If(s, i32(s, 1), give(1), give(2)) }},
		{"pred's shape", "pred must be a scalar of bool, got bool (2,)", false, 2, func(s *tf.Scope) []tf.Output {
			return control.If(s, tf.Const(s, []bool{true, false}), two, two)
		}},
		{"no pred", "pred must be a scalar of bool, got nothing", false, 2, func(s *tf.Scope) []tf.Output {
			return control.If(s, tf.Output{}, two, two)
		}},
		{"count", "otherwise returned 2 values, want 1 as then did", true, 1, func(s *tf.Scope) []tf.Output {
			return control.If(s, yes(s), give(1), two)
		}},
		{"type", "otherwise returned int32 for result 0, want float32 as then did", true, 1, func(s *tf.Scope) []tf.Output {
			return control.If(s, yes(s), give(1), ints)
		}},
		{"missing", "then returned no value for result 0", false, 1, func(s *tf.Scope) []tf.Output {
			return control.If(s, yes(s), missing, give(1))
		}},
		{"without a value", "then returned no value for result 0", false, 1, func(s *tf.Scope) []tf.Output {
			return control.If(s, yes(s), node, give(1))
		}},
		{"index", "index must be a scalar of int32, got float32 ()", false, 1, func(s *tf.Scope) []tf.Output {
			return control.Case(s, f32(s, 1), give(1))
		}},
		{"nil branch", "otherwise is nil", false, 1, func(s *tf.Scope) []tf.Output { return control.If(s, yes(s), give(1), nil) }},
		{"nil branches", "branch 0 is nil", false, 0, func(s *tf.Scope) []tf.Output { return control.Case(s, i32(s, 1), nil) }},
		{"no branches", "there are no branches", false, 0, func(s *tf.Scope) []tf.Output { return control.Case(s, i32(s, 1)) }},
		{"branch", "branch 2 returned int32 for result 0, want float32 as branch 0 did", true, 1, func(s *tf.Scope) []tf.Output {
			return control.Case(s, i32(s, 1), give(1), give(2), ints)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bothModes(t, func(t *testing.T, l *lab) {
				if l.Eager() && tc.graphOnly {
					t.Skip("an eager scope calls one branch")
				}
				out := tc.make(l.Scope)
				if len(out) != tc.results || slices.ContainsFunc(out, func(o tf.Output) bool { return !o.IsNil() }) {
					t.Errorf("results %v, want %d without a value", out, tc.results)
				}
				wantError(t, l.Err(), " at branch_test.go:", tc.words)
			})
		})
	}
}
