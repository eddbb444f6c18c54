package grad_test

import (
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// sparse differentiates f by x and keeps rows, in either mode.
func (l lab) sparse(f func(s *tf.Scope) tf.Output, x tf.Output) grad.Gradient {
	if !l.Eager() {
		return grad.SparseGradients(l.Scope, []tf.Output{f(l.Scope)}, []tf.Output{x}, nil)[0]
	}
	t, s := grad.NewTape(l.Scope)
	t.Watch(x)
	return t.Sparse(f(s), x)[0]
}

func TestSparseGradients(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		table := tf.NewVariable(l.Scope, "table", tf.Float64, tf.Shape{5, 2})
		defer table.Close()
		zeros := op.Fill(l.Scope, tf.Const(l.Scope, []int32{5, 2}), number(l.Scope, 1))
		l.Scope = l.After(table.Assign(l.Scope, zeros))
		places := tf.Const(l.Scope, []int32{3, 0, 3, 1}, 2, 2)
		weights := tf.Const(l.Scope, []float64{1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 2)
		for name, f := range map[string]func(s *tf.Scope) tf.Output{
			"ResourceGather": func(s *tf.Scope) tf.Output {
				rows := op.ResourceGather(s, table.Handle(), places, tf.Float64, nil)
				return op.Mul(s, rows, weights)
			},
			"GatherV2 of what was read": func(s *tf.Scope) tf.Output {
				rows := op.GatherV2(s, op.Identity(s, table.Read(s)), places, axis(s, 0), nil)
				return op.Mul(s, rows, weights)
			},
			"twice": func(s *tf.Scope) tf.Output {
				one := op.GatherV2(s, table.Read(s), tf.Const(s, []int64{3, 0}), axis(s, 0), nil)
				two := op.ResourceGather(s, table.Handle(), tf.Const(s, []int32{3, 1}), tf.Float64, nil)
				return op.AddV2(s, op.Mul(s, one, tf.Const(s, []float64{1, 2, 3, 4}, 2, 2)), op.Mul(s, two, tf.Const(s, []float64{5, 6, 7, 8}, 2, 2)))
			},
		} {
			t.Run(name, func(t *testing.T) {
				g := l.sparse(f, table.Handle())
				if !g.IsSparse() {
					t.Fatalf("gradient = %v, want rows", g)
				}
				u := g.Unique(l.Scope)
				got := l.fetch(g.Values, g.Dense(l.Scope), u.Dense(l.Scope), u.Values)
				want := []float64{3, 4, 7, 8, 0, 0, 6, 8, 0, 0}
				near(t, "dense", got[1], want, 1e-12)
				near(t, "dense of unique", got[2], want, 1e-12)
				if len(got[0]) != 8 || len(got[3]) != 6 {
					t.Errorf("%d and %d values, want 8 and 6", len(got[0]), len(got[3]))
				}
			})
		}
	})
}

// TestSparseAndDense: a table that is also used otherwise has a dense gradient.
func TestSparseAndDense(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		x := tf.Const(l.Scope, []float64{1, 2, 3})
		g := l.sparse(func(s *tf.Scope) tf.Output {
			rows := op.GatherV2(s, x, tf.Const(s, []int32{2, 2}), axis(s, 0), nil)
			return op.AddV2(s, op.Sum(s, rows, axis(s, 0), nil), op.Sum(s, op.Square(s, x), axis(s, 0), nil))
		}, x)
		if g.IsSparse() {
			t.Fatal("the gradient is sparse")
		}
		near(t, "gradient", l.fetch(g.Values)[0], []float64{2, 4, 8}, 1e-12)
	})
}
