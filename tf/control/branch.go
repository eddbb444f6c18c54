package control

import (
	"fmt"
	"slices"

	"github.com/gotf/gotf/tf"
)

// If runs then where pred, a bool scalar, holds, and otherwise where it does
// not. Both return as many values, of the same types, and If those of the one
// that ran. Where they return none the result is, in a graph, one Output without a
// value, for targets and [tf.Scope.After].
//
// https://www.tensorflow.org/api_docs/python/tf/cond
func If(s *tf.Scope, pred tf.Output, then, otherwise func(s *tf.Scope) []tf.Output) []tf.Output {
	c := &choice{s: s, what: "If", branches: []branch{{"then", then}, {"otherwise", otherwise}}}
	if !c.check() || !isBool(s, "If", "pred must be", pred) {
		return c.none()
	}
	if s.Eager() {
		yes, err := scalar[bool](pred)
		s.SetErr(err)
		if yes {
			return c.call(0)
		}
		return c.call(1)
	}
	return c.graph(pred)
}

// Case runs the branch whose number is index, an int32 scalar; the last one if
// there is no such branch. The branches return as many values each, of the same
// types. For the results see [If].
//
// https://www.tensorflow.org/api_docs/python/tf/switch_case
func Case(s *tf.Scope, index tf.Output, branches ...func(s *tf.Scope) []tf.Output) []tf.Output {
	c := &choice{s: s, what: "Case"}
	for i, b := range branches {
		c.branches = append(c.branches, branch{fmt.Sprintf("branch %d", i), b})
	}
	if !c.check() || !isScalar(s, "Case", "index must be", tf.Int32, index) {
		return c.none()
	}
	if s.Eager() {
		i, err := scalar[int32](index)
		if s.SetErr(err); i < 0 || int(i) >= len(branches) {
			i = int32(len(branches) - 1)
		}
		return c.call(int(i))
	}
	return c.graph(index)
}

type choice struct {
	s        *tf.Scope
	what     string
	branches []branch
	results  []result // of the first branch, and what is true of the others too
}

type branch struct {
	name string
	f    func(s *tf.Scope) []tf.Output
}

type result struct {
	dtype tf.DType
	shape tf.Shape
}

func (c *choice) check() bool {
	if len(c.branches) == 0 {
		fail(c.s, c.what, "there are no branches")
	}
	for _, b := range c.branches {
		if b.f == nil {
			fail(c.s, c.what, "%s is nil", b.name)
		}
	}
	return c.s.Err() == nil
}

// none is what a failed scope gives: as many Outputs as a branch.
func (c *choice) none() []tf.Output {
	if len(c.branches) == 0 || c.branches[0].f == nil {
		return nil
	}
	return make([]tf.Output, len(c.branches[0].f(c.s)))
}

// call runs a branch on an eager scope.
func (c *choice) call(i int) []tf.Output {
	out := c.branches[i].f(c.s)
	if !c.values(c.s, c.branches[i].name, out) {
		return make([]tf.Output, len(out))
	}
	return out
}

// values checks that a branch returned values.
func (c *choice) values(s *tf.Scope, name string, out []tf.Output) bool {
	for i, o := range out {
		if s.Err() == nil && o.DType() == 0 {
			fail(s, c.what, "%s returned no value for result %d", name, i)
		}
	}
	return s.Err() == nil
}

func (c *choice) graph(selector tf.Output) []tf.Output {
	fs, captured, err := c.trace()
	defer func() {
		for _, f := range fs {
			f.Close()
		}
	}()
	if err != nil {
		c.s.SetErr(err)
		return make([]tf.Output, len(c.results))
	}
	var types []tf.DType
	var shapes []tf.Shape
	for _, r := range c.results {
		types, shapes = append(types, r.dtype), append(shapes, r.shape)
	}
	typ := unlessStateful("Stateless"+c.what, c.what, fs...)
	b := c.s.Begin(typ).In(selector).InList(captured).Types("Tout", types).Shapes("output_shapes", shapes).Bool(Lower, !c.s.JIT())
	if c.what == "If" {
		b.Func("then_branch", fs[0]).Func("else_branch", fs[1])
	} else {
		b.Funcs("branches", fs)
	}
	n := b.Node()
	switch {
	case n.IsNil():
		return make([]tf.Output, len(types))
	case len(types) == 0:
		return []tf.Output{n}
	}
	return n.Op().Outputs()
}

// trace makes functions of the branches, all of the values that any of them
// captures. Also on failure, what it made is the caller's.
func (c *choice) trace() (fs []*tf.Function, captured []tf.Output, err error) {
	for i, b := range c.branches {
		f, err := trace(c.s, branchName, nil, func(s *tf.Scope, _ []tf.Output) []tf.Output {
			out := b.f(s)
			if i == 0 {
				c.results = make([]result, len(out))
			}
			if c.values(s, b.name, out) {
				c.join(s, i, out)
			}
			return out
		})
		if err != nil {
			return fs, nil, err
		}
		fs = append(fs, f)
		for _, o := range f.Captures() {
			if !slices.Contains(captured, o) {
				captured = append(captured, o)
			}
		}
	}
	for i, f := range fs {
		wide, err := widen(c.s, branchName, f, captured)
		if err != nil {
			return fs, nil, err
		}
		if wide != f {
			f.Close()
			fs[i] = wide
		}
	}
	return fs, captured, nil
}

const branchName = "branch"

// join compares the results of branch i with those of the first.
func (c *choice) join(s *tf.Scope, i int, out []tf.Output) {
	if i == 0 {
		for k, o := range out {
			c.results[k] = result{o.DType(), o.Shape()}
		}
		return
	}
	first, name := c.branches[0].name, c.branches[i].name
	if len(out) != len(c.results) {
		fail(s, c.what, "%s returned %d values, want %d as %s did", name, len(out), len(c.results), first)
		return
	}
	for k, o := range out {
		r := &c.results[k]
		if o.DType() != r.dtype {
			fail(s, c.what, "%s returned %v for result %d, want %v as %s did", name, o.DType(), k, r.dtype, first)
			return
		}
		r.shape = common(r.shape, o.Shape())
	}
}
