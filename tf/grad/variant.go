package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// The gradient of values in one box is a box of gradients.

// optionalRule takes the values' gradients from that of the optional.
func optionalRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	shapes := make([]tf.Shape, o.NumInputs())
	for i, x := range o.Inputs() {
		shapes[i] = x.Shape()
	}
	return op.OptionalGetValue(s, dy[0], dtypes(o.Inputs()), shapes)
}

func dtypes(xs []tf.Output) []tf.DType {
	types := make([]tf.DType, len(xs))
	for i, x := range xs {
		types[i] = x.DType()
	}
	return types
}

func optionalValueRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	return []tf.Output{op.OptionalFromValue(s, filled(s, o, dy))}
}

func compositeRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	return op.CompositeTensorVariantToComponents(s, dy[0], o.AttrString("metadata"), dtypes(o.Inputs()))
}

// compositePartsRule: the gradient of a sparse or ragged tensor has its indices.
func compositePartsRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	parts := filled(s, o, dy)
	for i, y := range o.Outputs() {
		if !carries(y.DType()) {
			parts[i] = y
		}
	}
	return []tf.Output{op.CompositeTensorVariantFromComponents(s, parts, o.AttrString("metadata"))}
}
