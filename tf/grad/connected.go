package grad

import (
	"fmt"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// OrZeros replaces the gradients that are missing, because no y depends on the x,
// by zeros of its shape. xs are as they were given; of a variable's handle there
// is no shape to take, so its missing gradient stays missing.
func OrZeros(s *tf.Scope, dxs, xs []tf.Output) []tf.Output {
	out := make([]tf.Output, len(dxs))
	for i, d := range dxs {
		if out[i] = d; d.IsNil() && xs[i].DType() != tf.Resource && s.Err() == nil {
			out[i] = op.ZerosLike(s, xs[i])
		}
	}
	return out
}

// OrFail fails the scope if a gradient is missing, with an error that names the x.
func OrFail(s *tf.Scope, dxs, xs []tf.Output) []tf.Output {
	for i, d := range dxs {
		if d.IsNil() {
			s.SetErr(tf.Errorf("gradients", tf.NotFound, "no y depends on x %d, %s", i, xs[i].Name()))
		}
	}
	return dxs
}

// metadata are operations whose integer results say nothing of the values that
// they are given, or are meant to have no gradient.
var metadata = map[string]bool{
	"StopGradient": true, "Shape": true, "ShapeN": true, "Rank": true, "Size": true, "VariableShape": true,
	"TensorListLength": true, "TensorListElementShape": true, "VarIsInitializedOp": true,
}

// explain fails the scope where an x has no gradient because all paths from it to a
// y run through integers or strings.
func explain(s *tf.Scope, ops []tf.Op, ys, xs []tf.Output, dxs []Gradient) {
	for i, x := range xs {
		if s.Err() != nil {
			return
		}
		if !dxs[i].IsNil() {
			continue
		}
		if o := discrete(ops, ys, x); !o.IsNil() {
			s.SetErr(tf.Errorf(fmt.Sprintf("gradient of x %d, %s", i, x.Name()), tf.InvalidArgument,
				"y depends on it only through %s, which gives %v, and %v has no gradient; use op.StopGradient where this is meant",
				described(o), o.Output(0).DType(), o.Output(0).DType()))
		}
	}
}

// discrete finds the operation that makes integers or strings of what depends on
// x, if a y depends on those.
func discrete(ops []tf.Op, ys []tf.Output, x tf.Output) tf.Op {
	through := map[tf.Output]tf.Op{x: {}} // what depends on x, and the operation
	for _, o := range ops {
		if metadata[o.Type()] {
			continue
		}
		for _, in := range o.Inputs() {
			by, on := through[in]
			if !on {
				continue
			}
			for _, y := range o.Outputs() {
				switch d := y.DType(); {
				case d == tf.Bool:
				case !by.IsNil():
					through[y] = by
				case carries(d):
					if r, known := lookup(o.Type()); !known || r != nil {
						through[y] = tf.Op{}
					}
				case !mixed(o): // the indices of TopK and the like go with its values
					through[y] = o
				}
			}
		}
	}
	for _, y := range ys {
		if o := through[y]; !o.IsNil() {
			return o
		}
	}
	return tf.Op{}
}

// mixed reports whether o gives values that carry gradients, among others.
func mixed(o tf.Op) bool {
	for _, y := range o.Outputs() {
		if carries(y.DType()) {
			return true
		}
	}
	return false
}
