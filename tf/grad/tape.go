package grad

import (
	"slices"

	"github.com/gotf/gotf/tf"
)

// Tape records operations as they are made, to differentiate them afterwards,
// as often as wanted. It keeps what it recorded until the scope closes, or
// [Tape.Reset].
type Tape struct {
	s, ts    *tf.Scope
	recorder *tf.Recorder
	quiet    bool // paths through integers are no mistake
	sure     bool // dys fit ys
}

// NewTape makes a tape, and the scope whose operations it records. Gradients
// are computed on s, which the tape does not see: to differentiate them again,
// make a second tape on the first one's scope and take the first gradient from
// the second.
//
// The variables that recorded operations use are watched by themselves, also
// those that functions capture; see [Tape.WatchVariables].
func NewTape(s *tf.Scope) (*Tape, *tf.Scope) {
	t := &Tape{s: s, recorder: tf.NewRecorder()}
	t.recorder.WatchVariables(true)
	t.recorder.Call = recordCall
	t.ts = s.Recording(t.recorder)
	return t, t.ts
}

// Watch adds values, or handles of variables, to differentiate with respect to.
// What does not depend on them is not recorded.
func (t *Tape) Watch(xs ...tf.Output) { t.recorder.Watch(xs...) }

// WatchVariables says whether variables are watched by themselves from now on.
func (t *Tape) WatchVariables(on bool) { t.recorder.WatchVariables(on) }

// Variables are the handles of the variables watched by themselves, in the order
// in which they were used first.
func (t *Tape) Variables() []tf.Output { return slices.Clone(t.recorder.Variables()) }

// Stop calls f; what f does is not recorded.
func (t *Tape) Stop(f func()) {
	before := t.recorder.Pause(true)
	defer t.recorder.Pause(before)
	f()
}

// Reset forgets what was recorded and watched.
func (t *Tape) Reset() { t.recorder.Reset() }

// Gradient is the gradient of the sum of y with respect to each of xs, which
// must be watched or depend on what is. It is the zero Output where y does not
// depend on x, see [Tape.GradientOrFail]; all are zero if the scope failed.
func (t *Tape) Gradient(y tf.Output, xs ...tf.Output) []tf.Output {
	return t.Pullback([]tf.Output{y}, nil, xs...)
}

// Pullback is the gradient of the sum of ys*dys, as [Gradients] has it: a vector
// times the Jacobian. Each of dys has the shape and type of its y.
func (t *Tape) Pullback(ys, dys []tf.Output, xs ...tf.Output) []tf.Output {
	return dense(t.s, t.pullback(t.s, ys, xs, dys))
}

// pullback adds the gradients to s.
func (t *Tape) pullback(s *tf.Scope, ys, xs, dys []tf.Output) []Gradient {
	none := make([]Gradient, len(xs))
	if s.Err() != nil {
		return none
	}
	if s.Graph() != nil {
		s = s.Sub("gradients")
	}
	dys, ok := start(s, ys, xs, dys, t.sure)
	if !ok {
		return none
	}
	if s.Graph() != nil {
		xs = t.local(xs)
	}
	dxs := backprop(s, path(t.recorder.Ops(), xs), ys, xs, dys)
	if !t.quiet {
		explain(s, t.recorder.Ops(), ys, xs, dxs)
	}
	return dxs
}

// local is xs as the tape has seen them: in the body of a function, the arguments
// that stand for values from outside.
func (t *Tape) local(xs []tf.Output) []tf.Output {
	local := slices.Clone(xs)
	for i, x := range xs {
		if x.Op().Graph() != t.s.Graph() {
			local[i] = t.s.Local(x)
		}
	}
	return local
}

// throughFormula differentiates f, a function of xs, as if it had been what
// gave the values whose gradients are dys. It serves fused operations that have
// no gradient themselves.
func throughFormula(s *tf.Scope, xs, dys []tf.Output, f func(s *tf.Scope, xs []tf.Output) []tf.Output) []tf.Output {
	t, ts := NewTape(s)
	t.WatchVariables(false)
	t.quiet, t.sure = true, true
	cut := make([]tf.Output, len(xs)) // paths among xs themselves must not count
	for i, x := range xs {
		cut[i] = identity(s, x)
	}
	t.Watch(cut...)
	var ys, reached []tf.Output
	for i, y := range f(ts, cut) {
		if !dys[i].IsNil() {
			ys, reached = append(ys, y), append(reached, dys[i])
		}
	}
	return t.Pullback(ys, reached, cut...)
}
