package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// softmaxLossRule serves SoftmaxCrossEntropyWithLogits and its sparse form.
// Their second output is the gradient of the loss by the logits, softmax -
// labels, which makes the first gradient one multiplication; a gradient of that
// output comes from second order.
func softmaxLossRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	logits, labels, backprop := o.Input(0), o.Input(1), o.Output(1)
	loss, second := dy[0], dy[1]
	var each tf.Output // [batch, 1]
	if !loss.IsNil() {
		each = op.ExpandDims(s, loss, int32Scalar(s, -1))
	}
	dx := make([]tf.Output, 2)
	if need[0] {
		if !loss.IsNil() {
			dx[0] = op.Mul(s, each, backprop)
		}
		if !second.IsNil() {
			dx[0] = plus(s, dx[0], throughSoftmax(s, op.Softmax(s, logits), second))
		}
		dx[0] = sumRows(s, dx[0], logits)
	}
	if need[1] { // never for the sparse form, whose labels are integers
		if !loss.IsNil() {
			dx[1] = op.Neg(s, op.Mul(s, each, op.LogSoftmax(s, logits)))
		}
		if !second.IsNil() {
			dx[1] = plus(s, dx[1], op.Neg(s, second))
		}
		dx[1] = sumRows(s, dx[1], labels)
	}
	return dx
}

// plus is a+b, where a may be none.
func plus(s *tf.Scope, a, b tf.Output) tf.Output {
	if a.IsNil() {
		return b
	}
	return op.AddV2(s, a, b)
}

// sumRows sums g to x's shape where x was one row, or one column, for all.
func sumRows(s *tf.Scope, g, x tf.Output) tf.Output {
	if x.Shape().Known() && !sameShape(g, x) {
		return sumTo(s, g, x, g)
	}
	return g
}
