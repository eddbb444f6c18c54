package grad_test

import (
	"slices"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// variableCases are functions of a variable's value, by their golden cases.
func variableCases() map[string]func(s *tf.Scope, v tf.Output) tf.Output {
	read := func(s *tf.Scope, v tf.Output) tf.Output { return op.ReadVariableOp(s, v, tf.Float64) }
	gather := func(rows []int32, shape ...int64) func(s *tf.Scope, v tf.Output) tf.Output {
		return func(s *tf.Scope, v tf.Output) tf.Output {
			return op.ResourceGather(s, v, tf.Const(s, rows, shape...), tf.Float64, nil)
		}
	}
	gatherNd := func(places []int32, shape ...int64) func(s *tf.Scope, v tf.Output) tf.Output {
		return func(s *tf.Scope, v tf.Output) tf.Output {
			return op.ResourceGatherNd(s, v, tf.Const(s, places, shape...), tf.Float64)
		}
	}
	return map[string]func(s *tf.Scope, v tf.Output) tf.Output{
		"ReadVariableOp": read, "ReadVariableOp/scalar": read, "ReadVariableOp/empty": read,
		"ResourceGather":      gather([]int32{2, 0, 2}),
		"ResourceGather/one":  func(s *tf.Scope, v tf.Output) tf.Output { return op.ResourceGather(s, v, axis(s, 1), tf.Float64, nil) },
		"ResourceGather/none": gather([]int32{}, 0, 2),
		"ResourceGatherNd":    gatherNd([]int32{2, 1, 0, 0, 2, 1}, 3, 2), "ResourceGatherNd/rows": gatherNd([]int32{1, 1}, 2, 1),
	}
}

// A variableRun evaluates a function's squares, times dy, and their gradient, at
// values of a variable.
type variableRun struct {
	l       lab
	x       tf.Output // to be fed in a graph
	set     tf.Output
	y, d    tf.Output
	compute func() (y, d tf.Output)
	shape   tf.Shape
	v       *tf.Variable
	sess    *tf.Session
}

func newVariableRun(t *testing.T, l lab, f func(s *tf.Scope, v tf.Output) tf.Output, shape tf.Shape, dy tf.Output) *variableRun {
	s := l.Scope
	r := &variableRun{l: l, shape: shape, v: tf.NewVariable(s, "v", tf.Float64, shape)}
	t.Cleanup(func() { r.v.Close() })
	r.compute = func() (y, d tf.Output) {
		d = l.gradients(func(s *tf.Scope) tf.Output {
			y = op.Mul(s, op.Square(s, f(s, r.v.Handle())), dy)
			return y
		}, r.v.Handle())[0]
		return y, d
	}
	if l.Eager() {
		return r
	}
	r.x = op.Placeholder(s, tf.Float64, &op.PlaceholderAttrs{Shape: shape})
	r.set = r.v.Assign(s, r.x)
	r.y, r.d = r.compute()
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	sess, err := tf.NewSession(l.Graph(), plain)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sess.Close() })
	r.sess = sess
	return r
}

// at gives both at x.
func (r *variableRun) at(t *testing.T, x []float64) (total float64, d []float64) {
	t.Helper()
	var got [][]float64
	if r.l.Eager() {
		r.v.Assign(r.l.Scope, tf.Const(r.l.Scope, x, r.shape...))
		y, dx := r.compute()
		got = r.l.fetch(y, dx)
	} else {
		v, err := tf.NewTensor(x, r.shape...)
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		if _, err := r.sess.Run(t.Context(), []tf.Feed{{Output: r.x, Tensor: v}}, nil, r.set); err != nil {
			t.Fatal(err)
		}
		ts, err := r.sess.Run(t.Context(), nil, []tf.Output{r.y, r.d})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range ts {
			got = append(got, wide(t, v))
			v.Close()
		}
	}
	for _, y := range got[0] {
		total += y
	}
	return total, got[1]
}

// TestVariableValues compares gradients by a variable with Python's and with
// differences.
func TestVariableValues(t *testing.T) {
	for name, f := range variableCases() {
		t.Run(name, func(t *testing.T) {
			inBothModes(t, func(t *testing.T, l lab) {
				compareGiven(t, name, func(c *goldenCase) {
					shape := append(tf.Shape{}, c.arrays[name+"/x0"].Shape...)
					x := c.want(t, "x0")
					r := newVariableRun(t, l, f, shape, c.input(t, l, "dy0"))
					_, d := r.at(t, x)
					near(t, "gradient", d, c.want(t, "dx0"), 1e-12)
					for i := range x {
						const h = 1e-4
						up, down := slices.Clone(x), slices.Clone(x)
						up[i] += h
						down[i] -= h
						above, _ := r.at(t, up)
						below, _ := r.at(t, down)
						near(t, "difference", d[i:i+1], []float64{(above - below) / (2 * h)}, 1e-8)
					}
				})
			})
		})
	}
}
