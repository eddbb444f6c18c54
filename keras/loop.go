package keras

import (
	"slices"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// repeat adds a loop to a graph: body runs with i from first, in strides, while
// i+stride <= limit, each turn after the one before. It returns the last i plus
// stride.
func repeat(s *tf.Scope, first, limit tf.Output, stride int64, body func(s *tf.Scope, i tf.Output) []tf.Output) (tf.Output, error) {
	turn, err := traceTurn(s, stride, body)
	if err != nil {
		return tf.Output{}, err
	}
	defer turn.Close()
	specs := turn.Inputs()
	for _, c := range turn.Captures() {
		specs = append(specs, tf.TensorSpec{DType: c.DType(), Shape: c.Shape()})
	}
	more, err := tf.NewFunction(s, "more", specs, func(s *tf.Scope, in []tf.Output) []tf.Output {
		end := op.AddV2(s, in[0], tf.ConstScalar(s, stride))
		return []tf.Output{op.LessEqual(s, end, in[1])}
	})
	if err != nil {
		return tf.Output{}, err
	}
	defer more.Close()
	// Lowering to Switch and Merge lets the whole graph be optimised as one.
	lowered := s.WithAttrs(func(b *tf.OpBuilder) { b.Bool("_lower_using_switch_merge", true) })
	out := op.While(lowered, slices.Concat([]tf.Output{first, limit}, turn.Captures()), more, turn, nil)
	if s.Err() != nil {
		return tf.Output{}, s.Err()
	}
	return out[0], nil
}

// traceTurn makes a function of i, limit and what body captures, to the same
// with i moved on. A While wants its captures among the results, so the body is
// traced until they are known.
func traceTurn(s *tf.Scope, stride int64, body func(s *tf.Scope, i tf.Output) []tf.Output) (*tf.Function, error) {
	scalar := tf.TensorSpec{DType: tf.Int64, Shape: tf.Shape{}}
	in := []tf.TensorSpec{scalar, scalar}
	in[0].Name, in[1].Name = "i", "limit"
	var known []tf.Output
	for {
		f, err := tf.NewFunction(s, "steps", in, func(s *tf.Scope, in []tf.Output) []tf.Output {
			captured := make([]tf.Output, len(known))
			for i, o := range known {
				captured[i] = op.Identity(s, o)
			}
			after := s.After(body(s, in[0])...)
			out := []tf.Output{
				op.AddV2(after, in[0], tf.ConstScalar(s, stride)),
				op.Identity(after, in[1]),
			}
			for _, o := range captured {
				out = append(out, op.Identity(after, o))
			}
			return out
		})
		if err != nil {
			return nil, err
		}
		if captures := f.Captures(); !slices.Equal(captures, known) {
			f.Close()
			known = captures
			continue
		}
		return f, nil
	}
}
