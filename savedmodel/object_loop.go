package savedmodel

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gotf/gotf/tf"
	attrpb "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	functionpb "github.com/wamuir/graft/tensorflow/core/framework/function_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	opdefpb "github.com/wamuir/graft/tensorflow/core/framework/op_def_go_proto"
	tensorpb "github.com/wamuir/graft/tensorflow/core/framework/tensor_go_proto"
	shapepb "github.com/wamuir/graft/tensorflow/core/framework/tensor_shape_go_proto"
	typespb "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
	"google.golang.org/protobuf/proto"
)

// loopForm gives loops the form in which Python can differentiate them: the
// first two variables are the number of turns so far and the most there may be,
// -1 for no limit. It works on functions of the object graph and makes copies of
// the functions they call; the graph itself keeps its loops.
type loopForm struct {
	g     *objectGraph
	names map[string]string // function -> the copy with loops in that form, or itself
}

// pythonLoop is on every loop that Python made.
const pythonLoop = "_num_original_outputs"

func isLoop(n *nodepb.NodeDef) bool {
	return (n.Op == "While" || n.Op == "StatelessWhile") && n.Attr[pythonLoop] == nil
}

// rewrite gives the loops of def, and of what it calls, that form.
func (l *loopForm) rewrite(def *functionpb.FunctionDef) {
	taken := map[string]bool{}
	for _, a := range def.Signature.InputArg {
		taken[a.Name] = true
	}
	for _, n := range def.NodeDef {
		taken[n.Name] = true
	}
	for _, n := range slices.Clone(def.NodeDef) {
		loop := isLoop(n)
		for _, name := range sortedKeys(n.Attr) {
			counted := loop && (name == "cond" || name == "body")
			eachCallee(n.Attr[name], func(f *attrpb.NameAttrList) { f.Name = l.copy(f.Name, counted, name == "body") })
		}
		if loop {
			l.count(def, n, taken)
		}
	}
}

// eachCallee calls f with the functions that an attribute names.
func eachCallee(a *attrpb.AttrValue, f func(*attrpb.NameAttrList)) {
	if one := a.GetFunc(); one != nil {
		f(one)
	}
	for _, one := range a.GetList().GetFunc() {
		f(one)
	}
}

// copy is the name of the copy of a function with its loops in that form; of a
// loop's own functions, with two more arguments.
func (l *loopForm) copy(name string, counted, body bool) string {
	key := name + "\x00" + strconv.FormatBool(counted) + strconv.FormatBool(body)
	if to, ok := l.names[key]; ok {
		return to
	}
	l.names[key] = name // ends recursion
	f := l.g.p.libraryFunction(name)
	if f == nil || !counted && !l.loops(f, map[string]bool{}) {
		return name
	}
	c := proto.Clone(f).(*functionpb.FunctionDef)
	c.Signature.Name = l.g.functionName(name)
	l.names[key] = c.Signature.Name
	if counted {
		countTurns(c, body)
	}
	l.rewrite(c)
	l.g.addFunction(c)
	return c.Signature.Name
}

// loops reports whether f, or what it calls, has loops to rewrite.
func (l *loopForm) loops(f *functionpb.FunctionDef, seen map[string]bool) bool {
	if seen[f.Signature.Name] {
		return false
	}
	seen[f.Signature.Name] = true
	found := false
	for _, n := range f.NodeDef {
		found = found || isLoop(n)
		for _, a := range n.Attr {
			eachCallee(a, func(callee *attrpb.NameAttrList) {
				if c := l.g.p.libraryFunction(callee.Name); c != nil && !found {
					found = l.loops(c, seen)
				}
			})
		}
	}
	return found
}

// count gives a loop in def its two more variables.
func (l *loopForm) count(def *functionpb.FunctionDef, n *nodepb.NodeDef, taken map[string]bool) {
	turn := intConstant(numbered(n.Name+"/loop_counter", taken), 0)
	most := intConstant(numbered(n.Name+"/maximum_iterations", taken), -1)
	def.NodeDef = append(def.NodeDef, turn, most)
	n.Input = append([]string{turn.Name + ":output:0", most.Name + ":output:0"}, n.Input...)
	t := n.Attr["T"].GetList()
	t.Type = append([]typespb.DataType{typespb.DataType_DT_INT32, typespb.DataType_DT_INT32}, t.Type...)
	if s := n.Attr["output_shapes"].GetList(); len(s.GetShape()) > 0 {
		s.Shape = append([]*shapepb.TensorShapeProto{tf.Shape{}.Proto(), tf.Shape{}.Proto()}, s.Shape...)
	}
	n.Attr[pythonLoop] = &attrpb.AttrValue{Value: &attrpb.AttrValue_I{I: int64(len(t.Type))}}
	shift := func(value string) string {
		node, rest, _ := strings.Cut(value, ":")
		if node != n.Name || strings.HasPrefix(value, "^") {
			return value
		}
		_, index, _ := strings.Cut(rest, ":")
		if i, err := strconv.Atoi(index); err == nil {
			return node + ":output:" + strconv.Itoa(i+2)
		}
		return value
	}
	for _, user := range def.NodeDef {
		for i, in := range user.Input {
			user.Input[i] = shift(in)
		}
	}
	for name, value := range def.Ret {
		def.Ret[name] = shift(value)
	}
}

func intConstant(name string, v int32) *nodepb.NodeDef {
	return &nodepb.NodeDef{Name: name, Op: "Const", Attr: constantAttrs(&tensorpb.TensorProto{
		Dtype: typespb.DataType_DT_INT32, TensorShape: tf.Shape{}.Proto(), IntVal: []int32{v},
	})}
}

// countTurns puts the two more arguments before those of a loop's condition or
// body, and before the results of a body.
func countTurns(f *functionpb.FunctionDef, body bool) {
	taken := map[string]bool{}
	for _, a := range slices.Concat(f.Signature.InputArg, f.Signature.OutputArg) {
		taken[a.Name] = true
	}
	for _, n := range f.NodeDef {
		taken[n.Name] = true
	}
	int32Arg := func(name string) *opdefpb.OpDef_ArgDef {
		return &opdefpb.OpDef_ArgDef{Name: numbered(name, taken), Type: typespb.DataType_DT_INT32}
	}
	turn, most := int32Arg("loop_counter"), int32Arg("maximum_iterations")
	f.Signature.InputArg = append([]*opdefpb.OpDef_ArgDef{turn, most}, f.Signature.InputArg...)
	attrs := map[uint32]*functionpb.FunctionDef_ArgAttrs{}
	for i, a := range f.ArgAttr {
		attrs[i+2] = a
	}
	f.ArgAttr = attrs
	delete(f.Attr, "_input_shapes")
	if !body {
		return
	}
	one := intConstant(numbered("one", taken), 1)
	next := &nodepb.NodeDef{Name: numbered("next_turn", taken), Op: "AddV2", Input: []string{turn.Name, one.Name + ":output:0"},
		Attr: map[string]*attrpb.AttrValue{"T": typeAttr(tf.Int32)}}
	f.NodeDef = append(f.NodeDef, one, next)
	nextTurn, same := int32Arg("turn"), int32Arg("turns")
	f.Ret[nextTurn.Name], f.Ret[same.Name] = next.Name+":z:0", most.Name
	f.Signature.OutputArg = append([]*opdefpb.OpDef_ArgDef{nextTurn, same}, f.Signature.OutputArg...)
}
