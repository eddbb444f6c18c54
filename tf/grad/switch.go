package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// switchRules are the gradients of conditionals as graphs of TensorFlow 1 have
// them. Of the values behind a Switch only those on the side that was taken
// exist, and so it is with their gradients.
func switchRules() map[string]rule {
	return map[string]rule{
		"Switch": switchRule, "RefSwitch": switchRule,
		"Merge": mergeRule, "RefMerge": mergeRule,
	}
}

// switchRule merges the gradients of both sides: zeros from a side without one.
// Each passes a Switch, so that it exists only where its side was taken.
func switchRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	if !need[0] {
		return nil
	}
	x, which := o.Input(0), o.Input(1)
	if which.Op().Type() == "LoopCond" {
		return fail(s, o, tf.Unimplemented, loopRefused)
	}
	sides := make([]tf.Output, 2)
	for i, d := range dy {
		if d.IsNil() {
			d = zerosOf(s, x, dy[1-i].DType())
		}
		no, yes := op.Switch(s, d, which)
		sides[i] = [2]tf.Output{no, yes}[i]
	}
	dx, _ := op.Merge(s, sides)
	return []tf.Output{dx}
}

// mergeRule sends the gradient to the input that was there.
func mergeRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	if dy[0].IsNil() {
		return nil
	}
	dxs := make([]tf.Output, o.NumInputs())
	for i := range dxs {
		if need[i] {
			taken := op.Equal(s, o.Output(1), tf.ConstScalar(s, int32(i)), nil)
			_, dxs[i] = op.Switch(s, dy[0], taken)
		}
	}
	return dxs
}

// loopOps are what loops of TensorFlow 1 consist of.
var loopOps = map[string]bool{
	"Enter": true, "Exit": true, "NextIteration": true, "LoopCond": true,
	"RefEnter": true, "RefExit": true, "RefNextIteration": true,
}

const (
	loopRefused = "it is part of a loop of Enter, Exit and NextIteration that has not their usual form, or is not all in the graph; " + loopAdvice
	loopAdvice  = "build the model with tf.compat.v1.enable_control_flow_v2(), or freeze it with convert_variables_to_constants_v2(f, lower_control_flow=False), to have its While"
)
