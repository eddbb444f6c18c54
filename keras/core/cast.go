package core

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// Cast is x as a value of type d: x itself where it is one, or is the zero
// Output.
func Cast(s *tf.Scope, x tf.Output, d tf.DType) tf.Output {
	if x.DType() == d || x.IsNil() {
		return x
	}
	return op.Cast(s, x, d, nil)
}
