package keras

import (
	"fmt"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
)

// Data is what a model is trained or evaluated on. [Arrays] is one.
type Data interface {
	// samples gives the data as arrays, checked against the model.
	samples(m *Model, what string) (Arrays, error)
}

// Arrays are samples in memory. The first dimension of X and Y counts them. X is
// cast to the model's input type, so that bytes stay bytes until they are used.
type Arrays struct {
	X, Y *tf.Tensor

	// Scale multiplies X after the cast: 1./255 makes pixels 0..1. 0: 1.
	Scale float64
}

func (a Arrays) samples(m *Model, what string) (Arrays, error) {
	bad := func(format string, args ...any) (Arrays, error) {
		return a, core.Errorf(tf.InvalidArgument, "model %q: %s: %s", m.config.Name, what, fmt.Sprintf(format, args...))
	}
	if a.X == nil || a.Y == nil {
		return bad("X and Y must be set")
	}
	if err := m.checkInput(what, a.X); err != nil {
		return a, err
	}
	if err := m.checkScale(what, a.Scale); err != nil {
		return a, err
	}
	n := a.X.Shape()[0]
	switch y := a.Y.Shape(); {
	case n == 0:
		return bad("X has no samples")
	case len(y) == 0:
		return bad("Y is a scalar; its first dimension must count the samples")
	case y[0] != n:
		return bad("X has %d samples, Y has %d", n, y[0])
	}
	return a, nil
}

// checkInput fails unless x holds samples that the model takes.
func (m *Model) checkInput(what string, x *tf.Tensor) error {
	if x == nil {
		return core.Errorf(tf.InvalidArgument, "model %q: %s: X must be set", m.config.Name, what)
	}
	if shape, want := x.Shape(), m.samples(); !want.Accepts(shape) {
		return core.Errorf(tf.InvalidArgument, "model %q: %s: the model takes X of shape %v, got %v", m.config.Name, what, want, shape)
	}
	switch d := x.DType(); {
	case d == m.inputType():
	case d.IsFloating(), d.IsInteger(), d == tf.Bool:
	default:
		return core.Errorf(tf.InvalidArgument, "model %q: %s: X must be numbers, got %v", m.config.Name, what, d)
	}
	return nil
}

// samples is the shape of any number of samples.
func (m *Model) samples() tf.Shape { return append(tf.Shape{-1}, m.shapes[0][1:]...) }

// batchSize is the size where none is set.
func (m *Model) batchSize() int {
	if fixed := m.shapes[0][0]; fixed > 0 {
		return int(fixed)
	}
	return 32
}

// checkBatches fails unless n samples make batches that the model takes.
func (m *Model) checkBatches(what, option string, n, size int) error {
	fixed := int(m.shapes[0][0])
	switch {
	case fixed < 0:
	case size != fixed:
		return m.config.bad("%s: the model's input fixes the batch to %d, got %s %d", what, fixed, option, size)
	case n%size != 0:
		return m.config.bad("%s: the model's input fixes the batch to %d, which leaves %d of %d samples", what, fixed, n%size, n)
	}
	return nil
}

// checkScale fails where scaling would lose the values.
func (m *Model) checkScale(what string, scale float64) error {
	if d := m.inputType(); scale != 0 && scale != 1 && !d.IsFloating() {
		return core.Errorf(tf.InvalidArgument, "model %q: %s: X cannot be scaled by %v, since the model takes %v", m.config.Name, what, scale, d)
	}
	return nil
}

// count is the number of samples.
func (a Arrays) count() int { return int(a.X.Shape()[0]) }

// prepare makes x what the model takes.
func (m *Model) prepare(s *tf.Scope, x tf.Output, scale float64) tf.Output {
	if d := m.inputType(); x.DType() != d {
		x = s.Begin("Cast").In(x).Type("DstT", d).One()
	}
	if scale != 0 && scale != 1 {
		factor := s.Begin("Cast").In(tf.ConstScalar(s, scale)).Type("DstT", x.DType()).One()
		x = s.Begin("Mul").In(x).In(factor).One()
	}
	return x
}
