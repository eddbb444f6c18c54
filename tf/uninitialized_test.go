package tf_test

import (
	"fmt"
	"testing"

	"github.com/gotf/gotf/tf"
)

// uses are operations that need the values of variables v and w.
var uses = map[string]func(s *tf.Scope, v, w tf.Output) tf.Output{
	"AssignAddVariableOp": func(s *tf.Scope, _, w tf.Output) tf.Output {
		return s.Begin("AssignAddVariableOp").In(w).In(tf.Const(s, []float32{1, 2})).Node()
	},
	"ResourceGather": func(s *tf.Scope, _, w tf.Output) tf.Output {
		return s.Begin("ResourceGather").In(w).In(tf.Const(s, []int32{0})).Type("dtype", tf.Float32).One()
	},
	"ResourceScatterAdd": func(s *tf.Scope, _, w tf.Output) tf.Output {
		return s.Begin("ResourceScatterAdd").In(w).In(tf.Const(s, []int32{0})).In(tf.Const(s, []float32{1})).Type("dtype", tf.Float32).Node()
	},
	"ResourceApplyGradientDescent": func(s *tf.Scope, _, w tf.Output) tf.Output {
		return s.Begin("ResourceApplyGradientDescent").In(w).In(tf.ConstScalar(s, float32(1))).In(tf.Const(s, []float32{1, 2})).Node()
	},
	"ResourceApplyMomentum": func(s *tf.Scope, v, w tf.Output) tf.Output {
		one := tf.ConstScalar(s, float32(1))
		return s.Begin("ResourceApplyMomentum").In(v).In(w).In(one).In(tf.Const(s, []float32{1, 2})).In(one).Node()
	},
	"ResourceSparseApplyAdagradV2": func(s *tf.Scope, v, w tf.Output) tf.Output {
		one := tf.ConstScalar(s, float32(1))
		return s.Begin("ResourceSparseApplyAdagradV2").In(v).In(w).In(one).In(one).In(tf.Const(s, []float32{1})).In(tf.Const(s, []int32{0})).Node()
	},
}

const noValue = `variable "w" has no value: run its initial Assign first, or restore a checkpoint`

// The variable without a value is named, not the other one, for each kind of use,
// in functions too.
func TestVariableWithoutValue(t *testing.T) {
	for name, use := range uses {
		t.Run(name, func(t *testing.T) {
			inModes(t, func(t *testing.T, s *tf.Scope, _ func(tf.Output) *tf.Tensor) {
				testWithoutValue(t, s, use)
			})
			t.Run("function", func(t *testing.T) {
				inModes(t, func(t *testing.T, s *tf.Scope, _ func(tf.Output) *tf.Tensor) {
					testWithoutValue(t, s, func(s *tf.Scope, v, w tf.Output) tf.Output {
						f, err := tf.NewFunction(s, "f", nil, func(s *tf.Scope, _ []tf.Output) []tf.Output {
							o := use(s, v, w)
							if o.DType() == 0 {
								o = tf.ConstScalar(s.After(o), int32(0))
							}
							return []tf.Output{o}
						})
						closing(t, f, err)
						if outs := f.Call(s); len(outs) == 1 {
							return outs[0]
						}
						return tf.Output{}
					})
				})
			})
		})
	}
}

func testWithoutValue(t *testing.T, s *tf.Scope, use func(s *tf.Scope, v, w tf.Output) tf.Output) {
	closing(t, tf.NewVariable(s, "other", tf.Float32, tf.Shape{2}), nil)
	v := closing(t, tf.NewVariable(s, "v", tf.Float32, tf.Shape{2}), nil)
	w := closing(t, tf.NewVariable(s, "w", tf.Float32, tf.Shape{2}), nil)
	two := tf.Const(s, []float32{1, 2})
	if s.Eager() {
		v.Assign(s, two)
		use(s, v.Handle(), w.Handle())
		wantError(t, s.Err(), tf.FailedPrecondition, noValue, " at uninitialized_test.go:")
		return
	}
	assign := v.Assign(s, two)
	o := use(s, v.Handle(), w.Handle())
	give := w.Assign(s, two)
	wantOK(t, s)
	for _, single := range []bool{false, true} {
		sess, err := tf.NewSession(s.Graph(), &tf.Config{SingleThreaded: single})
		closing(t, sess, err)
		target := func(o tf.Output) error {
			_, err := sess.Run(background, nil, nil, o)
			return err
		}
		if err := target(assign); err != nil {
			t.Fatal(err)
		}
		nodes := 0
		for range 2 { // the second time the graph stays as it is
			wantError(t, target(o), tf.FailedPrecondition, noValue)
			if n := len(s.Graph().Ops()); nodes != 0 && n != nodes {
				t.Errorf("%d operations, then %d", nodes, n)
			} else {
				nodes = n
			}
		}
		if err := target(give); err != nil {
			t.Fatal(err)
		}
		if err := target(o); err != nil {
			t.Error(err)
		}
	}
}

// Read gives the same words, and a function that reads does not compute with an
// empty value.
func TestReadWithoutValue(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, _ func(tf.Output) *tf.Tensor) {
		for i, shape := range []tf.Shape{{}, {2, 3}} {
			name := fmt.Sprint("w", i)
			w := closing(t, tf.NewVariable(s, name, tf.Float32, shape), nil)
			f, err := tf.NewFunction(s, "f", nil, func(s *tf.Scope, _ []tf.Output) []tf.Output {
				return []tf.Output{node(s, "Neg", w.Read(s))}
			})
			closing(t, f, err)
			for _, read := range []func(*tf.Scope) tf.Output{w.Read, func(s *tf.Scope) tf.Output {
				if outs := f.Call(s); len(outs) == 1 {
					return outs[0]
				}
				return tf.Output{}
			}} {
				s := s
				if s.Eager() {
					s = newScope(t, s.Context())
				}
				wantError(t, fetchError(t, s, read(s)), tf.FailedPrecondition, fmt.Sprintf("variable %q has no value: run its initial Assign first", name))
			}
		}
	})
}
