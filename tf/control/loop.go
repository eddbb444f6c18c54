package control

import (
	"slices"

	"github.com/gotf/gotf/tf"
)

// loop is a While operation of a graph.
type loop struct {
	s        *tf.Scope
	what     string // for errors
	specs    []tf.TensorSpec
	hidden   int // variables in front that the caller does not know of
	cond     func(s *tf.Scope, vars []tf.Output) tf.Output
	parallel int64
	most     int64 // turns; 0: not known

	// body returns what follows the variables, and what follows values from
	// outside that it replaces, by the arguments that stand for them.
	body func(s *tf.Scope, vars []tf.Output) ([]tf.Output, map[tf.Output]tf.Output)
}

// run adds the loop and returns the last values of its variables.
func (l *loop) run(init []tf.Output) []tf.Output {
	out, _ := l.add(init)
	return out[:min(len(out), len(init))]
}

// add is run. Its results go on with what follows the values from outside, which
// captured lists.
func (l *loop) add(init []tf.Output) (out, captured []tf.Output) {
	cond, body, err := l.trace()
	if err != nil {
		l.s.SetErr(err)
		return nil, nil
	}
	defer cond.Close()
	defer body.Close()
	captured = body.Captures()
	return l.node(slices.Concat(init, captured), cond, body), captured
}

// trace makes both functions, which take the variables and the same values from
// outside.
func (l *loop) trace() (cond, body *tf.Function, err error) {
	narrow, err := trace(l.s, condName, l.specs, func(s *tf.Scope, vars []tf.Output) []tf.Output {
		more := l.cond(s, vars)
		isBool(s, l.what, "cond must give", more)
		return []tf.Output{more}
	})
	if err != nil {
		return nil, nil, err
	}
	if body, err = l.traceBody(narrow.Captures()); err == nil {
		cond, err = widen(l.s, condName, narrow, body.Captures())
	}
	if cond != narrow {
		narrow.Close()
	}
	if err != nil {
		body.Close()
		return nil, nil, err
	}
	return cond, body, nil
}

const condName = "while_cond"

func (l *loop) node(in []tf.Output, cond, body *tf.Function) []tf.Output {
	types, shapes := make([]tf.DType, len(in)), make([]tf.Shape, len(in))
	for i, o := range in {
		types[i], shapes[i] = o.DType(), o.Shape()
		if i < len(l.specs) {
			shapes[i] = l.specs[i].Shape
		}
	}
	parallel := l.parallel
	if parallel == 0 {
		parallel = 10
	}
	typ := unlessStateful("StatelessWhile", "While", cond, body)
	b := l.s.Begin(typ)
	if l.most > 0 {
		b.Int(MostTurns, l.most)
	}
	return b.InList(in).Types("T", types).Func("cond", cond).Func("body", body).Shapes("output_shapes", shapes).
		Int("parallel_iterations", parallel).Bool(Lower, !l.s.JIT()).Outs()
}

// traceBody makes the function that gives what follows the variables, what cond
// captures, and what the body itself does.
func (l *loop) traceBody(known []tf.Output) (*tf.Function, error) {
	n := 0
	body, err := trace(l.s, "while_body", l.specs, func(s *tf.Scope, vars []tf.Output) []tf.Output {
		for _, o := range known {
			s.Local(o)
		}
		out, replaced := l.body(s, slices.Clone(vars))
		if !same(s, l.what, "body", "variable", vars[l.hidden:], out[min(l.hidden, len(out)):]) || !l.keepsShapes(s, out) {
			return nil
		}
		holders := captures(s, vars)
		n = len(holders)
		for _, h := range holders {
			if next, ok := replaced[h]; ok {
				h = next
			}
			out = append(out, h)
		}
		return out
	})
	if err == nil && len(body.Captures()) != n {
		body.Close()
		return nil, tf.Errorf(l.what, tf.InvalidArgument, "body may not make placeholders")
	}
	return body, err
}

// keepsShapes checks that the shapes stay what the first turn was traced with.
func (l *loop) keepsShapes(s *tf.Scope, out []tf.Output) bool {
	for i, o := range out {
		want, got := l.specs[i].Shape, o.Shape()
		if d := o.DType(); d == tf.Resource || d == tf.Variant || keeps(want, got) {
			continue
		}
		if l.what == "While" {
			fail(s, l.what, "the shape of variable %d changed from %v to %v; say what stays of it in ShapeInvariants", i-l.hidden, want, got)
		} else {
			fail(s, l.what, "the shape of state %d changed from %v to %v", i-l.hidden, want, got)
		}
	}
	return s.Err() == nil
}
