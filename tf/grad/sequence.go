package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// sequenceRules are the gradients of recurrent kernels and of CTC.
func sequenceRules() map[string]rule {
	return map[string]rule{
		"CTCLoss":   ctcRule,
		"CTCLossV2": ctcRule,

		// lstm.go, cell.go
		"BlockLSTM":       blockLSTMRule,
		"BlockLSTMV2":     blockLSTMRule,
		"BlockLSTMGrad":   blockLSTMGradRule,
		"BlockLSTMGradV2": blockLSTMGradRule,
		"LSTMBlockCell":   lstmCellRule,
		"GRUBlockCell":    gruCellRule,
	}
}

// ctcRule: the second output is the gradient of the loss by the logits, [time,
// batch, classes]. There is no gradient of that.
func ctcRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	if !dy[1].IsNil() {
		return fail(s, o, tf.Unimplemented, "TensorFlow has no second gradient of CTC loss")
	}
	return []tf.Output{op.Mul(s, op.Reshape(s, dy[0], ints(s, 1, -1, 1)), o.Output(1))}
}
