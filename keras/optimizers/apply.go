package optimizers

import (
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// Apply updates each of vars by its gradient, after clipping and weight decay, and
// returns the operations that do so. slots[i] are vars[i]'s, in the order of
// o.Slots(). A variable whose gradient is the zero Output stays as it is. The
// caller adds one to the iteration afterwards.
func Apply(p *core.Step, o core.Optimizer, vars []*core.Variable, grads []tf.Output, slots [][]*core.Variable) []tf.Output {
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
	grads = clip(s, rules, grads)
	var updates []tf.Output
	for i, v := range vars {
		g := grads[i]
		if g.IsNil() {
			continue
		}
		if len(slots[i]) != len(o.Slots()) {
			s.SetErr(core.Errorf(tf.InvalidArgument, "%s: variable %q needs %d slots, got %d", core.ClassOf(o), v.Path, len(o.Slots()), len(slots[i])))
			return nil
		}
		if g.DType() != v.DType() {
			g = op.Cast(s, g, v.DType(), nil)
		}
		step := p
		if rules.WeightDecay > 0 {
			step = p.After(decay(p, v, g, rules.WeightDecay))
		}
		updates = append(updates, o.Apply(step, v, g, slots[i]))
	}
	return updates
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
