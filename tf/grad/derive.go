package grad

import (
	"fmt"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// derived are two functions made of one: forward also gives what backward needs
// besides the gradients of the results.
type derived struct {
	forward, backward *tf.Function
	results           int   // of the original
	dys               []int // the results whose gradients backward takes
	given             []int // what backward takes next: argument i, or result -1-i of forward
	dxs               []int // the arguments whose gradients backward gives
}

// derive makes them, for the gradients by the arguments that are needed.
func derive(s *tf.Scope, f *tf.Function, need []bool) (*derived, error) {
	fb, err := tf.BuildFunction(s)
	if err != nil {
		return nil, err
	}
	defer fb.Close()
	d := &derived{}
	var args []tf.Output
	for _, spec := range f.Declared() {
		args = append(args, fb.Arg(spec))
	}
	outs := f.Inline(fb.Scope(), args...)
	d.results = len(outs)
	if err := fb.Scope().Err(); err != nil {
		return nil, err
	}
	if err := d.makeBackward(fb.Scope(), f, args, outs, need); err != nil {
		return nil, err
	}
	place := make(map[tf.Output]int, len(args))
	for i, a := range args {
		place[a] = i
	}
	for _, c := range d.backward.Captures() {
		i, isArg := place[c]
		if !isArg {
			i = -1 - len(outs)
			outs = append(outs, c)
		}
		d.given = append(d.given, i)
	}
	if d.forward, err = fb.Function(f.Name()+"_forward", outs); err != nil {
		d.backward.Close()
		return nil, err
	}
	return d, nil
}

// makeBackward traces the gradient of outs, on a scope of its own, so that what it
// uses of the forward computation becomes captures.
func (d *derived) makeBackward(fs *tf.Scope, f *tf.Function, args, outs []tf.Output, need []bool) (err error) {
	var specs []tf.TensorSpec
	for i, y := range outs {
		if t := y.DType(); t.IsFloating() || t.IsComplex() || t == tf.Variant {
			d.dys = append(d.dys, i)
			specs = append(specs, tf.TensorSpec{Name: fmt.Sprintf("dy%d", i), DType: t, Shape: y.Shape()})
		}
	}
	d.backward, err = tf.NewFunction(fs, f.Name()+"_backward", specs, func(s *tf.Scope, in []tf.Output) (results []tf.Output) {
		dy := make([]tf.Output, len(outs))
		for k, i := range d.dys {
			dy[i] = in[k]
		}
		for i, dx := range through(s, upstream(some(outs, dy), nil), outs, args, dy, need) {
			if !dx.IsNil() {
				d.dxs = append(d.dxs, i)
				results = append(results, dx)
			}
		}
		return results
	})
	return err
}

func (d *derived) Close() error {
	d.forward.Close()
	return d.backward.Close()
}

// keep is d for a call recorded on s, whether or not the function is closed before
// the gradient is asked for.
func (d *derived) keep(s *tf.Scope) *derived {
	kept := *d
	kept.forward, kept.backward = d.forward.Keep(s), d.backward.Keep(s)
	return &kept
}

// pullback calls backward: all are the arguments of the forward call, got its
// results.
func (d *derived) pullback(s *tf.Scope, all, got, dy []tf.Output) []tf.Output {
	if s.Err() != nil {
		return nil
	}
	var in []tf.Output
	for _, i := range d.dys {
		g := dy[i]
		if g.IsNil() {
			g = op.ZerosLike(s, got[i])
		}
		in = append(in, g)
	}
	for _, i := range d.given {
		if i >= 0 {
			in = append(in, all[i])
		} else {
			in = append(in, got[-1-i])
		}
	}
	dxs := make([]tf.Output, len(all))
	for k, dx := range d.backward.Apply(s, in...) {
		dxs[d.dxs[k]] = dx
	}
	return dxs
}

// recordCall is what a recorded scope does for the call of a function: it calls
// the derived forward function, once for the value and the gradient.
func recordCall(s *tf.Scope, f *tf.Function, all []tf.Output) []tf.Output {
	d := derivedOf(s, f, all)
	if d == nil {
		return nil
	}
	got := d.forward.Apply(s, all...)
	if s.Err() != nil || len(got) == 0 {
		return nil
	}
	d = d.keep(s)
	got[0].Op().SetGradient(func(s *tf.Scope, o tf.Op, dy []tf.Output) []tf.Output {
		if anyOf(dy[d.results:]) { // of second order: what backward uses has gradients too
			return recall(s, o, d.forward, dy)
		}
		return d.pullback(s, o.Inputs(), o.Outputs(), dy)
	})
	return got[:d.results]
}

// derivedOf are the functions derived from f, kept with it, for all arguments that
// can have gradients.
func derivedOf(s *tf.Scope, f *tf.Function, all []tf.Output) *derived {
	need, key := make([]bool, len(all)), "grad"
	for i, x := range all {
		if need[i] = carries(x.DType()); need[i] {
			key += fmt.Sprintf(" %d", i)
		}
	}
	kept, err := f.Attach(key, func() (tf.Attachment, error) { return derive(s, f, need) })
	if err != nil {
		s.SetErr(err)
		return nil
	}
	return kept.(*derived)
}

// recall is the gradient of o, a call of f, by all its results: it calls f again.
func recall(s *tf.Scope, o tf.Op, f *tf.Function, dy []tf.Output) []tf.Output {
	if t := onceOnly(f); t != "" {
		return again(s, o, t, "in "+f.Name())
	}
	d := derivedOf(s, f, o.Inputs())
	if d == nil {
		return nil
	}
	return d.pullback(s, o.Inputs(), d.forward.Apply(s, o.Inputs()...), dy)
}

func anyOf(outs []tf.Output) bool {
	for _, o := range outs {
		if !o.IsNil() {
			return true
		}
	}
	return false
}
