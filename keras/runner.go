package keras

import (
	"context"
	"fmt"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// runner is where a model's variables live: a graph with a session, or an eager
// context.
type runner interface {
	// scope is where variables are declared.
	scope() *tf.Scope
	// declare adds variables, whose first values come from their initializers.
	declare(vs []*core.Variable, seed int64) error
	get(ctx context.Context, vs []*core.Variable) ([]*tf.Tensor, error)
	set(ctx context.Context, vs []*core.Variable, values []*tf.Tensor) error
	close()
}

// firstValue is the value of the n-th variable before any training.
func firstValue(s *tf.Scope, v *core.Variable, seed, n int64) tf.Output {
	if v.Weight.Init == nil {
		return zeros(s, v.DType(), v.Shape())
	}
	return v.Weight.Init.Value(s, v.Shape(), v.DType(), core.Key0(s, seed, n))
}

func zeros(s *tf.Scope, d tf.DType, shape tf.Shape) tf.Output {
	zero := op.Cast(s, tf.ConstScalar(s, int32(0)), d, nil)
	return op.Fill(s, tf.Const(s, []int64(shape), int64(len(shape))), zero)
}

// checkValue fails unless t can be the value of v.
func checkValue(v *core.Variable, t *tf.Tensor) error {
	if t == nil || t.DType() != v.DType() || !v.Shape().Accepts(t.Shape()) {
		what := "nothing"
		if t != nil {
			what = fmt.Sprintf("%v %v", t.DType(), t.Shape())
		}
		return core.Errorf(tf.InvalidArgument, "weight %q is %v %v, got %s", v.Path, v.DType(), v.Shape(), what)
	}
	return nil
}
