package losses

import (
	"encoding/json"
	"reflect"

	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// Reduction is what becomes of the losses of the samples. Empty is
// SumOverBatchSize.
type Reduction string

// The reductions. "mean" is read as SumOverBatchSize, which it is.
const (
	SumOverBatchSize     Reduction = "sum_over_batch_size"     // their sum divided by their number, also when they are weighted
	Sum                  Reduction = "sum"                     //
	MeanWithSampleWeight Reduction = "mean_with_sample_weight" // their sum divided by the sum of the weights
	None                 Reduction = "none"                    // stay as they are
)

// Check is an InvalidArgument error if r is not one of the reductions.
func (r Reduction) Check() error {
	names := []string{string(SumOverBatchSize), string(Sum), string(MeanWithSampleWeight), string(None), "mean"}
	for _, n := range append(names, "") {
		if string(r) == n {
			return nil
		}
	}
	return core.Errorf(tf.InvalidArgument, "unknown reduction %q%s", string(r), suggest.DidYouMean(string(r), names))
}

// MarshalJSON writes the name.
func (r Reduction) MarshalJSON() ([]byte, error) {
	if r == "" {
		r = SumOverBatchSize
	}
	return json.Marshal(string(r))
}

// UnmarshalJSON reads a name; null is None.
func (r *Reduction) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*r = None
		return nil
	}
	var name string
	if err := json.Unmarshal(b, &name); err != nil {
		return &json.UnmarshalTypeError{Value: string(b), Type: reflect.TypeFor[string]()}
	}
	*r = Reduction(name)
	return r.Check()
}

// Compute is the loss of a batch, reduced as the loss says: a float scalar,
// unless its reduction is None. weight is a number a sample, or the zero Output.
func Compute(s *tf.Scope, l core.Loss, yTrue, yPred, weight tf.Output) tf.Output {
	reduction := SumOverBatchSize
	if r, ok := l.(interface{ LossReduction() Reduction }); ok {
		reduction = r.LossReduction()
	}
	if err := reduction.Check(); err != nil {
		s.SetErr(err)
		return tf.Output{}
	}
	return reduce(s, l.Values(s, yTrue, yPred), weight, reduction)
}

func reduce(s *tf.Scope, values, weight tf.Output, r Reduction) tf.Output {
	if !weight.IsNil() {
		weight = core.Cast(s, weight, values.DType())
		values, weight = sameRank(s, values, weight)
		values = op.Mul(s, values, weight)
	}
	shape := values.Shape()
	if r == None || shape != nil && len(shape) == 0 {
		return values
	}
	total := sum(s, values)
	switch {
	case r == Sum:
		return total
	case r == MeanWithSampleWeight && !weight.IsNil():
		return op.DivNoNan(s, total, sum(s, weight))
	}
	return op.DivNoNan(s, total, op.Cast(s, op.Size(s, values, nil), values.DType(), nil))
}

// sum adds all elements.
func sum(s *tf.Scope, x tf.Output) tf.Output {
	if shape := x.Shape(); shape != nil {
		axes := make([]int32, len(shape))
		for i := range axes {
			axes[i] = int32(i)
		}
		return op.Sum(s, x, tf.Const(s, axes, int64(len(axes))), nil)
	}
	flat := op.Reshape(s, x, tf.Const(s, []int32{-1}))
	return op.Sum(s, flat, tf.Const(s, []int32{0}), nil)
}

// sameRank drops a last dimension of 1 from the one that has a dimension more.
func sameRank(s *tf.Scope, a, b tf.Output) (tf.Output, tf.Output) {
	squeeze := func(long, short tf.Output) tf.Output {
		ls, n := long.Shape(), len(long.Shape())
		if ls != nil && short.Shape() != nil && n == len(short.Shape())+1 && ls[n-1] == 1 {
			return op.Squeeze(s, long, &op.SqueezeAttrs{SqueezeDims: []int64{-1}})
		}
		return long
	}
	return squeeze(a, b), squeeze(b, a)
}
