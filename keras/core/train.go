package core

import "github.com/gotf/gotf/tf"

// Loss compares predictions with what they should be.
type Loss interface {
	// Values are the losses of each sample, [batch] or [batch, ...], not reduced.
	Values(s *tf.Scope, yTrue, yPred tf.Output) tf.Output
}

// Metric summarises predictions over many batches, in variables of its own.
type Metric interface {
	// MetricName is what logs call it: "accuracy".
	MetricName() string
	// State declares the variables.
	State() []Weight
	// Update adds a batch; weight is a value per sample or the zero Output. It
	// returns the operations that do so.
	Update(s *tf.Scope, state []*Variable, yTrue, yPred, weight tf.Output) []tf.Output
	// Result is the scalar so far.
	Result(s *tf.Scope, state []*Variable) tf.Output
}

// Step is one application of an optimizer to all variables.
type Step struct {
	Scope        *tf.Scope
	LearningRate tf.Output // float32 scalar
	Iteration    tf.Output // int64 scalar, 0 in the first step

	shared *stepShared
}

// stepShared is what a Step and those made of it by After have in common.
type stepShared struct {
	scope *tf.Scope
	once  map[string]tf.Output
}

// Once computes what the updates of all variables share, such as Adam's bias
// correction, and remembers it by key. f gets the scope of the whole step.
func (p *Step) Once(key string, f func(s *tf.Scope) tf.Output) tf.Output {
	if p.shared == nil {
		p.shared = &stepShared{p.Scope, map[string]tf.Output{}}
	}
	if o, ok := p.shared.once[key]; ok {
		return o
	}
	o := f(p.shared.scope)
	p.shared.once[key] = o
	return o
}

// After is the step with a scope whose operations run after those given.
func (p *Step) After(outs ...tf.Output) *Step {
	if p.shared == nil {
		p.shared = &stepShared{p.Scope, map[string]tf.Output{}}
	}
	q := *p
	q.Scope = p.Scope.After(outs...)
	return &q
}

// Optimizer turns gradients into updates of variables.
type Optimizer interface {
	// Rules are the settings that all optimizers share.
	Rules() *OptimizerRules
	// Slots names the state kept for each variable, each of the variable's shape and
	// starting at zero: "momentum", "velocity".
	Slots() []string
	// Apply returns the operation that updates v and its slots.
	Apply(p *Step, v *Variable, grad tf.Output, slots []*Variable) tf.Output
}

// RowOptimizer is an Optimizer that can update some rows of a table alone, where
// the others would stay as they are.
type RowOptimizer interface {
	Optimizer
	// ApplyRows updates the rows of v at indices, which may hold one repeatedly, by
	// rows of the gradient. It is the zero Output where all of v would change.
	ApplyRows(p *Step, v *Variable, rows, indices tf.Output, slots []*Variable) tf.Output
}

// OptimizerRules are Keras's settings common to all optimizers. Zero is off.
// https://keras.io/api/optimizers/
type OptimizerRules struct {
	LearningRate   float64 `json:"learning_rate"` // zero: the optimizer's default
	WeightDecay    float64 `json:"weight_decay"`
	ClipNorm       float64 `json:"clipnorm"`
	ClipValue      float64 `json:"clipvalue"`
	GlobalClipNorm float64 `json:"global_clipnorm"`
}
