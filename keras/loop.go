package keras

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/control"
	"github.com/gotf/gotf/tf/op"
)

// repeat adds a loop to a graph: body runs with i from first, in strides, while
// i+stride <= limit, each turn after the one before. It returns the last i plus
// stride.
func repeat(s *tf.Scope, first, limit tf.Output, stride int64, body func(s *tf.Scope, i tf.Output) []tf.Output) (tf.Output, error) {
	end := func(s *tf.Scope, i tf.Output) tf.Output { return op.AddV2(s, i, tf.ConstScalar(s, stride)) }
	out := control.While(s, []tf.Output{first},
		func(s *tf.Scope, v []tf.Output) tf.Output { return op.LessEqual(s, end(s, v[0]), limit) },
		func(s *tf.Scope, v []tf.Output) []tf.Output {
			return []tf.Output{end(s.After(body(s, v[0])...), v[0])}
		}, nil)
	return out[0], s.Err()
}
