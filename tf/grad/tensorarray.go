package grad

import (
	"strings"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// tensorArrayRules are the gradients of TensorArrays, which graphs of TensorFlow
// 1 have in place of lists. An array's gradient is a second array, which
// TensorArrayGrad finds by a name. What the
// rules give for a flow, a number that puts reads behind writes, is a flow of
// that second array.
func tensorArrayRules() map[string]rule {
	rules := map[string]rule{}
	for _, version := range []string{"", "V2", "V3"} {
		rules["TensorArray"+version] = nil
		rules["TensorArrayGrad"+version] = nil
		rules["TensorArraySize"+version] = nil
		rules["TensorArrayClose"+version] = nil
		reads := map[string]func(a gradArray, dy tf.Output) tf.Output{
			"Read":   func(a gradArray, dy tf.Output) tf.Output { return a.op("Write", a.o.Input(1), dy, a.flow) },
			"Gather": func(a gradArray, dy tf.Output) tf.Output { return a.op("Scatter", a.o.Input(1), dy, a.flow) },
			"Concat": func(a gradArray, dy tf.Output) tf.Output {
				return a.op("Split", dy, op.StopGradient(a.s, a.o.Output(1)), a.flow)
			},
		}
		for kind, add := range reads {
			rules["TensorArray"+kind+version] = arrayReadRule(version, add)
		}
		rules["TensorArrayWrite"+version] = arrayWriteRule(version, 2, func(a gradArray) tf.Output { return a.op("Read", a.o.Input(1), a.flow) })
		rules["TensorArrayScatter"+version] = arrayWriteRule(version, 2, func(a gradArray) tf.Output { return a.op("Gather", a.o.Input(1), a.flow) })
		rules["TensorArraySplit"+version] = arrayWriteRule(version, 1, func(a gradArray) tf.Output { return a.op("Concat", a.flow) })
	}
	rules["TensorArrayGradWithShape"] = nil
	return rules
}

// gradArray is the gradient of the array that o reads or writes.
type gradArray struct {
	s            *tf.Scope
	version      string // of the operations: "", "V2" or "V3"
	o            tf.Op
	handle, flow tf.Output
}

// arraySource names the array of gradients of an array. It is one for the whole graph,
// and the functions of its loops.
const arraySource = "gradients"

// openArray finds the gradient of o's array, after what flow stands for and, if
// o writes, after o.
func openArray(s *tf.Scope, version string, o tf.Op, flow tf.Output, writes bool) (gradArray, bool) {
	bad := func(format string, args ...any) (gradArray, bool) {
		fail(s, o, tf.Unimplemented, format, args...)
		return gradArray{}, false
	}
	if s.Eager() {
		return bad("TensorArrays have gradients in graphs only; use a TensorList")
	}
	if strings.HasPrefix(o.Input(0).Op().Type(), "TensorArrayGrad") {
		return bad("TensorFlow has no gradients of a TensorArray's gradient; a TensorList has them")
	}
	// Gradients taken twice would add up in one array. The name tells.
	name := arraySource + "/" + o.Name() + "_grad/flow"
	if _, err := s.Graph().Op(name); err == nil {
		return bad("the graph has a gradient of this TensorArray already; take the gradients by all xs at once")
	}
	root := s.Graph().Scope().Named(name)
	if writes {
		root = root.After(o.Output(0))
	}
	flow = op.Identity(root, flow)
	s.SetErr(root.Err())
	out := s.Begin("TensorArrayGrad"+version).In(o.Input(0)).In(flow).Str("source", arraySource).Outs()
	if out == nil {
		return gradArray{}, false
	}
	return gradArray{s, version, o, out[0], flow}, true
}

// op adds an operation on the array, and returns its first result.
func (a gradArray) op(kind string, in ...tf.Output) tf.Output {
	b := a.s.Begin("TensorArray" + kind + a.version).In(a.handle)
	for _, x := range in {
		b.In(x)
	}
	if kind == "Read" || kind == "Gather" || kind == "Concat" {
		b.Type("dtype", a.o.AttrType("T"))
	}
	out := b.Outs()
	if out == nil {
		return tf.Output{}
	}
	return out[0]
}

// arrayReadRule adds what was read's gradient to the array.
func arrayReadRule(version string, add func(a gradArray, dy tf.Output) tf.Output) rule {
	return func(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
		n := o.NumInputs()
		if dy[0].IsNil() {
			return nil
		}
		a, ok := openArray(s, version, o, o.Input(n-1), false)
		if !ok {
			return nil
		}
		return append(make([]tf.Output, n-1), add(a, dy[0]))
	}
}

// arrayWriteRule takes the gradient of what was written, input number value,
// out of the array, once all is written and all gradients are there.
func arrayWriteRule(version string, value int, take func(a gradArray) tf.Output) rule {
	return func(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
		dx := make([]tf.Output, o.NumInputs())
		a, ok := openArray(s, version, o, dy[0], true)
		if !ok {
			return nil
		}
		if need[value] {
			dx[value] = take(a)
		}
		dx[len(dx)-1] = a.flow
		return dx
	}
}
