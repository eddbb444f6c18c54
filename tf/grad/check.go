package grad

import (
	"context"
	"io"
	"math"

	"github.com/gotf/gotf/tf"
)

// Check compares the gradients of f at xs with differences of f's values, and
// returns an error that names the element that is furthest off. It is for tests
// of gradient functions: it calls f, or runs the graph, twice for each element
// of xs, so keep them small, and away from points where f has a kink.
//
// xs are float64 or complex128, or float32 or complex64 with a much wider
// tolerance, of known shape; of complex numbers both parts are moved. On an
// eager scope f is called on scopes of its own. On a graph scope f is called
// once and xs are fed, so f must need no feeds and no variables.
func Check(s *tf.Scope, f func(s *tf.Scope, xs []tf.Output) tf.Output, xs ...tf.Output) error {
	if s.Err() != nil {
		return s.Err()
	}
	if f == nil || len(xs) == 0 {
		return tf.Errorf("check gradient", tf.InvalidArgument, "want a function and an x at least")
	}
	if s.Eager() {
		at, err := values(xs)
		if err != nil {
			return err
		}
		defer closeAll(at)
		return compare(&eagerChecker{s.Context(), f}, at)
	}
	y := f(s, xs)
	if s.Err() != nil {
		return s.Err()
	}
	sess, err := tf.NewSession(s.Graph(), nil)
	if err != nil {
		return err
	}
	defer sess.Close()
	at, err := sess.Run(context.Background(), nil, xs)
	if err != nil {
		return err
	}
	defer closeAll(at)
	return compare(&graphChecker{s, xs, y, sess}, at)
}

// checker evaluates f, and the gradients of sum(f*weights), at values of xs.
type checker interface {
	value(at []*tf.Tensor) (*tf.Tensor, error)
	gradients(at []*tf.Tensor, weights *tf.Tensor) ([]*tf.Tensor, error) // nil where there is none
}

func values(outs []tf.Output) ([]*tf.Tensor, error) {
	ts := make([]*tf.Tensor, len(outs))
	for i, o := range outs {
		if o.IsNil() {
			continue
		}
		var err error
		if ts[i], err = o.Value(); err != nil {
			closeAll(ts)
			return nil, err
		}
	}
	return ts, nil
}

func closeAll[T io.Closer](cs []T) {
	for _, c := range cs {
		c.Close() // of nil, does nothing
	}
}

type eagerChecker struct {
	e *tf.Eager
	f func(s *tf.Scope, xs []tf.Output) tf.Output
}

func (c *eagerChecker) value(at []*tf.Tensor) (*tf.Tensor, error) {
	s := c.e.Scope()
	defer s.Close()
	y := c.f(s, constants(s, at))
	if s.Err() != nil {
		return nil, s.Err()
	}
	return y.Value()
}

func (c *eagerChecker) gradients(at []*tf.Tensor, weights *tf.Tensor) ([]*tf.Tensor, error) {
	s := c.e.Scope()
	defer s.Close()
	xs := constants(s, at)
	t, ts := NewTape(s)
	t.Watch(xs...)
	y := c.f(ts, xs)
	d := t.Pullback([]tf.Output{y}, []tf.Output{s.ConstTensor(weights)}, xs...)
	if s.Err() != nil {
		return nil, s.Err()
	}
	return values(d)
}

func constants(s *tf.Scope, ts []*tf.Tensor) []tf.Output {
	outs := make([]tf.Output, len(ts))
	for i, t := range ts {
		outs[i] = s.ConstTensor(t)
	}
	return outs
}

type graphChecker struct {
	s    *tf.Scope
	xs   []tf.Output
	y    tf.Output
	sess *tf.Session
}

func (c *graphChecker) run(at []*tf.Tensor, fetch []tf.Output) ([]*tf.Tensor, error) {
	feeds := make([]tf.Feed, len(at))
	for i, t := range at {
		feeds[i] = tf.Feed{Output: c.xs[i], Tensor: t}
	}
	return c.sess.Run(context.Background(), feeds, fetch)
}

func (c *graphChecker) value(at []*tf.Tensor) (*tf.Tensor, error) {
	ts, err := c.run(at, []tf.Output{c.y})
	if err != nil {
		return nil, err
	}
	return ts[0], nil
}

func (c *graphChecker) gradients(at []*tf.Tensor, weights *tf.Tensor) ([]*tf.Tensor, error) {
	d := Gradients(c.s, []tf.Output{c.y}, c.xs, []tf.Output{c.s.ConstTensor(weights)})
	if c.s.Err() != nil {
		return nil, c.s.Err()
	}
	var fetch []tf.Output
	for _, o := range d {
		if !o.IsNil() {
			fetch = append(fetch, o)
		}
	}
	ts := make([]*tf.Tensor, len(d))
	if len(fetch) == 0 {
		return ts, nil
	}
	got, err := c.run(at, fetch)
	if err != nil {
		return nil, err
	}
	for i, o := range d {
		if !o.IsNil() {
			ts[i], got = got[0], got[1:]
		}
	}
	return ts, nil
}

// floats copies a tensor out; of complex numbers, real and imaginary part by turns.
func floats(t *tf.Tensor) ([]float64, error) {
	switch t.DType() {
	case tf.Float32:
		v, err := tf.Values[float32](t)
		return doubles(v), err
	case tf.Complex64:
		v, err := tf.Values[complex64](t)
		return doubles(parts[float32](v)), err
	case tf.Complex128:
		v, err := tf.Values[complex128](t)
		return parts[float64](v), err
	}
	return tf.Values[float64](t)
}

func doubles(v []float32) []float64 {
	w := make([]float64, len(v))
	for i, x := range v {
		w[i] = float64(x)
	}
	return w
}

// parts are the real and imaginary parts by turns.
func parts[F float32 | float64, C complex64 | complex128](v []C) []F {
	w := make([]F, 0, 2*len(v))
	for _, c := range v {
		w = append(w, F(real(complex128(c))), F(imag(complex128(c))))
	}
	return w
}

// tensor is the reverse of floats.
func tensor(v []float64, like *tf.Tensor) (*tf.Tensor, error) {
	shape := append([]int64{}, like.Shape()...)
	switch like.DType() {
	case tf.Float32:
		return tf.NewTensor(single(v), shape...)
	case tf.Complex64:
		w := make([]complex64, len(v)/2)
		for i := range w {
			w[i] = complex(float32(v[2*i]), float32(v[2*i+1]))
		}
		return tf.NewTensor(w, shape...)
	case tf.Complex128:
		w := make([]complex128, len(v)/2)
		for i := range w {
			w[i] = complex(v[2*i], v[2*i+1])
		}
		return tf.NewTensor(w, shape...)
	}
	return tf.NewTensor(v, shape...)
}

func single(v []float64) []float32 {
	w := make([]float32, len(v))
	for i, x := range v {
		w[i] = float32(x)
	}
	return w
}

// weight is what element i of f counts: anything but all the same.
func weight(i int) float64 { return 1 + 0.5*math.Sin(1.7*float64(i)+0.3) }
