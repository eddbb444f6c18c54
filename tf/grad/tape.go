package grad

import "github.com/gotf/gotf/tf"

// Tape records operations as they are made, to differentiate them afterwards.
// It keeps what it recorded until the scope closes.
type Tape struct {
	s        *tf.Scope
	recorder *tf.Recorder
}

// NewTape makes a tape, and the scope whose operations it records. Gradients
// are computed on s, which the tape does not see: to differentiate them again,
// make a second tape on the first one's scope and take the first gradient from
// the second.
func NewTape(s *tf.Scope) (*Tape, *tf.Scope) {
	t := &Tape{s, tf.NewRecorder()}
	return t, s.Recording(t.recorder)
}

// Watch adds values, or handles of variables, to differentiate with respect to.
// What does not depend on them is not recorded.
func (t *Tape) Watch(xs ...tf.Output) { t.recorder.Watch(xs...) }

// Gradient is the gradient of the sum of y with respect to each of xs, which
// must be watched or depend on what is. It is the zero Output where y does not
// depend on x; all are zero if the scope failed. It may be called repeatedly.
func (t *Tape) Gradient(y tf.Output, xs ...tf.Output) []tf.Output {
	return t.pullback([]tf.Output{y}, xs, nil)
}

func (t *Tape) pullback(ys, xs, dys []tf.Output) []tf.Output {
	if t.s.Err() == nil {
		if dys, ok := start(t.s, ys, xs, dys); ok {
			return backprop(t.s, path(t.recorder.Ops(), xs), ys, xs, dys)
		}
	}
	return make([]tf.Output, len(xs))
}

// throughFormula differentiates f, a function of xs, as if it had been what
// gave the values whose gradients are dys. It serves fused operations that have
// no gradient themselves.
func throughFormula(s *tf.Scope, xs, dys []tf.Output, f func(s *tf.Scope, xs []tf.Output) []tf.Output) []tf.Output {
	t, ts := NewTape(s)
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
	return t.pullback(ys, cut, reached)
}
