package layers

import (
	"fmt"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
)

// label is how errors name a layer: `conv2d "conv2d_1"`.
func label(l core.AnyLayer) string {
	class := core.SnakeCase(core.ClassOf(l))
	if name := l.Meta().Name; name != "" {
		return fmt.Sprintf("%s %q", class, name)
	}
	return class
}

// invalid is an InvalidArgument error about a layer.
func invalid(l core.AnyLayer, format string, args ...any) error {
	return core.Errorf(tf.InvalidArgument, "%s: %s", label(l), fmt.Sprintf(format, args...))
}

// checkRank is an error unless shape has the rank of the axes named, such as
// "batch, height, width, channels", or is unknown.
func checkRank(l core.AnyLayer, shape tf.Shape, rank int, axes string) error {
	if shape == nil || len(shape) == rank {
		return nil
	}
	return invalid(l, "input must have rank %d (%s), got shape %v", rank, axes, shape)
}

// accepts checks the input of a Call as Build checks shapes.
func accepts(c *core.Context, l core.AnyLayer, x tf.Output, rank int, axes string) bool {
	if c.Scope.Err() == nil {
		c.Scope.SetErr(checkRank(l, x.Shape(), rank, axes))
	}
	return c.Scope.Err() == nil
}

// ready fails the scope unless Build made the weight.
func ready(c *core.Context, l core.AnyLayer, weight *core.Variable) bool {
	if weight == nil && c.Scope.Err() == nil {
		c.Scope.SetErr(core.Errorf(tf.FailedPrecondition, "%s: must be built before it is called", label(l)))
	}
	return c.Scope.Err() == nil
}
