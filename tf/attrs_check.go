package tf

import (
	"regexp"
	"slices"
	"strings"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/internal/suggest"
	opdef "github.com/wamuir/graft/tensorflow/core/framework/op_def_go_proto"
	types "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
)

// checkAttrNames fails the scope if an attribute that was set is none of the
// operation's, which TensorFlow ignores. Names with an underscore in front are
// free.
func (b *OpBuilder) checkAttrNames() {
	if len(b.at) == 0 || b.function != nil || b.s.root.err != nil {
		return
	}
	def := opDef(b.opType())
	if def == nil {
		return // the runtime says so
	}
	for name := range attrNames(b.at) {
		is := func(a *opdef.OpDef_AttrDef) bool { return a.Name == name }
		if strings.HasPrefix(name, "_") || slices.ContainsFunc(def.Attr, is) {
			continue
		}
		var all []string
		for _, a := range def.Attr {
			all = append(all, a.Name)
		}
		has := "; it has none"
		if len(all) > 0 {
			has = "; it has " + strings.Join(all, ", ")
		}
		if near := suggest.DidYouMean(name, all); near != "" {
			has = near
		}
		b.s.fail(b.opType(), Errorf("", InvalidArgument, "the operation has no attribute %q%s", name, has))
		return
	}
}

// What the runtime says of inputs that a graph's operation does not take, before
// it lists the operation's definition.
var (
	conflictingAttr = regexp.MustCompile(`^Inconsistent values for attr '(\w+)' DT_(\w+) vs\. DT_(\w+) while building`)
	wrongInput      = regexp.MustCompile(`^Input '(\w+)' passed (\w+) expected (\w+) while building`)
	inputCount      = regexp.MustCompile(`^(\d+) inputs specified of (\d+) inputs in Op while building`)
	missingAttr     = regexp.MustCompile(`^NodeDef missing attr '(\w+)' from Op<`)
	definitionDump  = regexp.MustCompile(` while building NodeDef '[^']*' using Op<.*$`)
)

// refused is the error of an operation that a graph does not take, in short.
func (b *OpBuilder) refused(st ctf.Status) error {
	bad := func(format string, args ...any) error { return Errorf("", Code(st.Code), format, args...) }
	if m := inputCount.FindStringSubmatch(st.Message); m != nil {
		return bad("the operation has %s inputs, got %s", m[2], m[1])
	}
	if m := wrongInput.FindStringSubmatch(st.Message); m != nil {
		return bad("input %q takes %v, got %v", m[1], typeNamed(m[3]), typeNamed(m[2]))
	}
	if m := conflictingAttr.FindStringSubmatch(st.Message); m != nil {
		ins := b.inputsOf(m[1])
		for _, i := range ins {
			if first := ins[0]; b.outs[i].DType() != b.outs[first].DType() {
				return bad("inputs %d and %d are %v and %v; both are of type %s", first, i, b.outs[first].DType(), b.outs[i].DType(), m[1])
			}
		}
		if len(ins) > 0 {
			set := findAttr(b.at, m[1]).GetType()
			return bad("input %d is %v; its type, attribute %s, is set to %v", ins[0], b.outs[ins[0]].DType(), m[1], DType(set))
		}
		return bad("attribute %s is set to both %v and %v", m[1], typeNamed(m[2]), typeNamed(m[3]))
	}
	if m := missingAttr.FindStringSubmatch(st.Message); m != nil {
		return bad("attribute %s is missing", m[1])
	}
	st.Message = definitionDump.ReplaceAllString(oneLine(st.Message), "")
	return check("", st)
}

// inputsOf are the numbers of the inputs whose type is an attribute.
func (b *OpBuilder) inputsOf(attr string) (ins []int) {
	at := 0
	for i, arg := range opDef(b.opType()).GetInputArg() {
		if i >= len(b.counts) {
			break
		}
		n := int(max(b.counts[i], 0))
		if b.counts[i] < 0 {
			n = 1
		}
		for k := range n {
			if arg.TypeAttr == attr {
				ins = append(ins, at+k)
			}
		}
		at += n
	}
	return ins
}

// typeNamed is the type that TensorFlow calls name, such as "double".
func typeNamed(name string) DType {
	return DType(types.DataType_value["DT_"+strings.ToUpper(name)])
}
