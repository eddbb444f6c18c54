package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// JVP is forward mode: the change of each of ys when xs move along tangents, one
// for each x and of its shape: the Jacobian times a vector. It is the zero Output
// where y does not depend on xs, and needs the gradients of gradients, from which
// it is made: the gradient of ys times u is linear in u, and its derivative by u is
// the change sought.
func (t *Tape) JVP(ys, xs, tangents []tf.Output) []tf.Output {
	none := make([]tf.Output, len(ys))
	if !fits(t.s, "JVP", "tangent", tangents, "x", xs) {
		return none
	}
	outer, s := NewTape(t.s)
	us := make([]tf.Output, len(ys))
	for i, y := range ys {
		us[i] = op.ZerosLike(t.s, y)
	}
	outer.Watch(us...)
	var moved, along []tf.Output
	for i, d := range dense(s, t.pullback(s, ys, xs, us)) {
		if !d.IsNil() {
			moved, along = append(moved, d), append(along, tangents[i])
		}
	}
	if len(moved) == 0 {
		return none
	}
	return outer.Pullback(moved, along, us...)
}

// HVP gives the value of f, a number, at xs, and the product of its Hessian with
// vs, one for each x and of its shape: how the gradient changes when xs move along
// vs. A product is missing where f is linear in all xs.
func HVP(s *tf.Scope, f func(s *tf.Scope, xs []tf.Output) tf.Output, xs, vs []tf.Output) (y tf.Output, products []tf.Output) {
	products = make([]tf.Output, len(xs))
	if f == nil {
		s.Fail("HVP", tf.InvalidArgument, "want a function")
	}
	if !fits(s, "HVP", "v", vs, "x", xs) {
		return tf.Output{}, products
	}
	outer, os := NewTape(s)
	outer.quiet = true // whatever it is made of, the gradient is what is asked for
	outer.Watch(xs...)
	inner, is := NewTape(os)
	inner.Watch(xs...)
	y = f(is, xs)
	if !(tf.Shape{}).Accepts(y.Shape()) {
		s.Fail("HVP", tf.InvalidArgument, "f gave %s, %v %v; want a number, of shape ()", y.Name(), y.DType(), y.Shape())
		return tf.Output{}, products
	}
	var slopes, along []tf.Output
	for i, d := range inner.Gradient(y, xs...) {
		if !d.IsNil() {
			slopes, along = append(slopes, d), append(along, vs[i])
		}
	}
	if len(slopes) == 0 {
		return y, products
	}
	return y, outer.Pullback(slopes, along, xs...)
}
