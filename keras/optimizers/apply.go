package optimizers

import (
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// Apply updates each of vars by its gradient, after clipping and weight decay, and
// returns the operations that do so. slots[i] are vars[i]'s, in the order of
// o.Slots(). A variable without a gradient stays as it is. A gradient that is
// rows of a table stays so where o can update these alone and nothing is clipped.
// The caller adds one to the iteration afterwards.
func Apply(p *core.Step, o core.Optimizer, vars []*core.Variable, grads []grad.Gradient, slots [][]*core.Variable) []tf.Output {
	s := p.Scope
	if err := Check(o); err != nil {
		s.SetErr(err)
	}
	if len(grads) != len(vars) || len(slots) != len(vars) {
		s.SetErr(core.Errorf(tf.InvalidArgument, "%s: %d variables need as many gradients and slots, got %d and %d",
			core.ClassOf(o), len(vars), len(grads), len(slots)))
	}
	if s.Err() != nil {
		return nil
	}
	rules := o.Rules()
	dense := clip(s, rules, inFull(s, o, rules, grads))
	var updates []tf.Output
	for i, v := range vars {
		if grads[i].IsNil() {
			continue
		}
		if len(slots[i]) != len(o.Slots()) {
			s.SetErr(core.Errorf(tf.InvalidArgument, "%s: variable %q needs %d slots, got %d", core.ClassOf(o), v.Path, len(o.Slots()), len(slots[i])))
			return nil
		}
		g := dense[i]
		if g.IsNil() {
			updates = append(updates, applyRows(p, o, v, grads[i], slots[i]))
			continue
		}
		g = core.Cast(s, g, v.DType())
		step := p
		if rules.WeightDecay > 0 {
			step = p.After(decay(p, v, g, rules.WeightDecay))
		}
		updates = append(updates, o.Apply(step, v, g, slots[i]))
	}
	return updates
}

// inFull are the gradients in full, but for rows that o may take as they are.
func inFull(s *tf.Scope, o core.Optimizer, rules *core.OptimizerRules, grads []grad.Gradient) []tf.Output {
	_, takes := o.(core.RowOptimizer)
	takes = takes && rules.WeightDecay == 0 && rules.ClipNorm == 0 && rules.ClipValue == 0 && rules.GlobalClipNorm == 0
	dense := make([]tf.Output, len(grads))
	for i, g := range grads {
		if !g.IsNil() && !(takes && g.IsSparse()) {
			dense[i] = g.Dense(s)
		}
	}
	return dense
}

// applyRows updates rows of v, or all of it where o needs that.
func applyRows(p *core.Step, o core.Optimizer, v *core.Variable, g grad.Gradient, slots []*core.Variable) tf.Output {
	rows := core.Cast(p.Scope, g.Values, v.DType())
	if update := o.(core.RowOptimizer).ApplyRows(p, v, rows, g.Indices, slots); !update.IsNil() {
		return update
	}
	return o.Apply(p, v, core.Cast(p.Scope, g.Dense(p.Scope), v.DType()), slots)
}

// decay takes v·wd·rate off v. It comes after the gradient, which was computed
// from the value that v has before.
func decay(p *core.Step, v *core.Variable, g tf.Output, wd float64) tf.Output {
	s := p.Scope.After(g)
	part := op.Mul(s, op.Mul(s, v.Read(s), scalar(s, wd, v.DType())), Rate(p, v.DType()))
	return v.AssignSub(s, part)
}

// Rate is the learning rate as a value of type d.
func Rate(p *core.Step, d tf.DType) tf.Output {
	if p.LearningRate.DType() == d {
		return p.LearningRate
	}
	return p.Once("rate "+d.String(), func(s *tf.Scope) tf.Output { return op.Cast(s, p.LearningRate, d, nil) })
}

// scalar is a constant of type d.
func scalar(s *tf.Scope, v float64, d tf.DType) tf.Output {
	switch d {
	case tf.Float32:
		return tf.ConstScalar(s, float32(v))
	case tf.Float64:
		return tf.ConstScalar(s, v)
	}
	return op.Cast(s, tf.ConstScalar(s, float32(v)), d, nil)
}
