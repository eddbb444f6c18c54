package control

import (
	"slices"

	"github.com/gotf/gotf/tf"
)

// Lower is the attribute that has a session replace a construct by Switch and
// Merge operations, so that it optimises the whole graph as one.
const Lower = "_lower_using_switch_merge"

// MostTurns is the attribute of a loop that tells how often it goes round at the
// most, where that is known.
const MostTurns = "_most_turns"

// trace makes a function of a graph of f. In it, operations on the same resource
// keep the order in which f makes them.
func trace(s *tf.Scope, name string, in []tf.TensorSpec, f func(s *tf.Scope, in []tf.Output) []tf.Output) (*tf.Function, error) {
	return tf.Trace(name, f, nil).Concrete(s, make([]tf.Output, len(in)), in...)
}

// captures are the arguments that stand for values from outside in the body that
// s builds, in their order. The body's declared arguments are in.
func captures(s *tf.Scope, in []tf.Output) (out []tf.Output) {
	for _, o := range s.Graph().Ops() {
		if o.Type() == "Placeholder" && !slices.Contains(in, o.Output(0)) {
			out = append(out, o.Output(0))
		}
	}
	return out
}

// widen is f with arguments for all of captured, which holds what f captures:
// functions that one operation calls must take the same. It may be f itself.
func widen(s *tf.Scope, name string, f *tf.Function, captured []tf.Output) (*tf.Function, error) {
	if slices.Equal(f.Captures(), captured) {
		return f, nil
	}
	b, err := tf.BuildFunction(s)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	var in []tf.Output
	for _, spec := range f.Inputs() {
		in = append(in, b.Arg(spec))
	}
	args := map[tf.Output]tf.Output{}
	for _, c := range captured {
		args[c] = b.Arg(tf.TensorSpec{DType: c.DType(), Shape: c.Shape()})
	}
	for _, c := range f.Captures() {
		in = append(in, args[c])
	}
	return b.Function(name, f.Inline(b.Scope(), in...))
}

// unlessStateful is the first type, or the second if a function that the
// operation calls does more than compute.
func unlessStateful(stateless, stateful string, fs ...*tf.Function) string {
	for _, f := range fs {
		if len(f.StatefulOps()) > 0 {
			return stateful
		}
	}
	return stateless
}
