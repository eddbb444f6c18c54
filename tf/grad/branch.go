package grad

import (
	"fmt"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/control"
)

// branchRule is the gradient of If and Case: one of the same kind, whose branches
// repeat those of o and differentiate them.
func branchRule(attrs ...string) rule {
	return func(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
		b := &branches{s: s, o: o, attrs: attrs, dy: dy, need: need[1:]}
		defer b.close()
		return b.gradient()
	}
}

type branches struct {
	s     *tf.Scope
	o     tf.Op
	attrs []string
	dy    []tf.Output
	need  []bool // of the branches' arguments
	made  []*branch
}

// branch is the gradient of one branch while it is built.
type branch struct {
	b         *tf.FunctionBuilder
	args, dxs []tf.Output
}

func (b *branches) close() {
	for _, g := range b.made {
		g.b.Close()
	}
}

func (b *branches) gradient() []tf.Output {
	for _, a := range b.attrs {
		fs, err := b.o.Funcs(a)
		if err != nil {
			b.s.SetErr(err)
			return nil
		}
		for _, f := range fs {
			b.differentiate(f)
			f.Close()
		}
	}
	if b.s.Err() != nil {
		return nil
	}
	functions, which, types := b.functions()
	defer closeAll(functions)
	dxs := make([]tf.Output, b.o.NumInputs())
	if b.s.Err() != nil || len(which) == 0 {
		return dxs
	}
	call := b.s.Begin(b.o.Type()).In(b.o.Input(0)).InList(b.operands()).Types("Tout", types).Bool(control.Lower, !b.s.JIT())
	if len(b.attrs) == 1 {
		call.Funcs(b.attrs[0], functions)
	} else {
		for i, a := range b.attrs {
			call.Func(a, functions[i])
		}
	}
	for k, dx := range call.Outs() {
		dxs[1+which[k]] = dx
	}
	return dxs
}

// operands are the arguments of the forward branches, and the gradients of the
// results.
func (b *branches) operands() []tf.Output {
	all := append([]tf.Output(nil), b.o.Inputs()[1:]...)
	for _, g := range b.dy {
		if !g.IsNil() {
			all = append(all, g)
		}
	}
	return all
}

// differentiate starts the gradient of branch f.
func (b *branches) differentiate(f *tf.Function) {
	if b.s.Err() != nil {
		return
	}
	if n := len(f.OutputTypes()); n != len(b.dy) {
		fail(b.s, b.o, tf.InvalidArgument, "branch %s gives %d results, want %d", f.Name(), n, len(b.dy))
		return
	}
	if overwritten(b.s, b.o, f) {
		return
	}
	fb, err := tf.BuildFunction(b.s)
	if err != nil {
		b.s.SetErr(err)
		return
	}
	g := &branch{b: fb}
	b.made = append(b.made, g)
	n := b.o.NumInputs() - 1
	for _, x := range b.operands() {
		g.args = append(g.args, fb.Arg(tf.TensorSpec{DType: x.DType(), Shape: x.Shape()}))
	}
	given := g.args[n:]
	outs := f.Inline(fb.Scope(), g.args[:n]...)
	if b.s.SetErr(fb.Scope().Err()); b.s.Err() != nil {
		return
	}
	dy := make([]tf.Output, len(outs))
	for i := range dy {
		if !b.dy[i].IsNil() {
			dy[i], given = given[0], given[1:]
		}
	}
	ops := upstream(some(outs, dy), nil)
	if bad := impure(ops, nil); !bad.IsNil() {
		again(b.s, b.o, bad.Type(), fmt.Sprintf("%q", bad.Name()))
		return
	}
	g.dxs = through(fb.Scope(), ops, outs, g.args[:n], dy, b.need)
	b.s.SetErr(fb.Scope().Err())
}

// functions ends the branches: all give the gradients that any of them has.
func (b *branches) functions() (fs []*tf.Function, which []int, types []tf.DType) {
	for i := range b.need {
		for _, g := range b.made {
			if d := g.dxs[i]; !d.IsNil() {
				which, types = append(which, i), append(types, d.DType())
				break
			}
		}
	}
	for _, g := range b.made {
		var results []tf.Output
		for k, i := range which {
			d := g.dxs[i]
			if d.IsNil() {
				d = zerosOf(g.b.Scope(), g.args[i], types[k])
			}
			results = append(results, d)
		}
		f, err := g.b.Function("gradient_branch", results)
		if err != nil {
			b.s.SetErr(err)
			return fs, which, types
		}
		fs = append(fs, f)
	}
	return fs, which, types
}
