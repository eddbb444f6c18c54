package tf

import opdef "github.com/wamuir/graft/tensorflow/core/framework/op_def_go_proto"

// inferAttrs compares the inputs of an eager operation with its definition: the
// runtime does not, and a surplus input or an empty list ends the process. Where
// there are lists it also sets the attributes that the inputs imply, because the
// runtime mistakes which inputs belong to a second list. It returns how to pass
// the inputs.
func (b *OpBuilder) inferAttrs() (counts []int32, err error) {
	if b.function != nil {
		return b.counts, nil
	}
	def := opDef(b.opType())
	if def == nil {
		return b.counts, nil // the runtime says so
	}
	if len(b.counts) != len(def.InputArg) {
		return nil, Errorf("", InvalidArgument, "the operation has %d inputs, got %d", len(def.InputArg), len(b.counts))
	}
	lists := false
	for i, arg := range def.InputArg {
		list := isList(arg)
		lists = lists || list
		switch {
		case list && b.counts[i] < 0:
			return nil, Errorf("", InvalidArgument, "input %s is a list, got a single value", arg.Name)
		case !list && b.counts[i] >= 0:
			return nil, Errorf("", InvalidArgument, "input %s is a single value, got a list", arg.Name)
		}
	}
	if !lists {
		return b.counts, nil
	}
	b.setInferred(def)
	b.flat = b.flat[:0]
	for range b.ins {
		b.flat = append(b.flat, -1)
	}
	return b.flat, nil
}

func isList(arg *opdef.OpDef_ArgDef) bool { return arg.NumberAttr != "" || arg.TypeListAttr != "" }

// setInferred sets what the inputs imply. An attribute that is set already
// stays as it is.
func (b *OpBuilder) setInferred(def *opdef.OpDef) {
	ins := b.outs
	for i, arg := range def.InputArg {
		n := 1
		if isList(arg) {
			n = int(b.counts[i])
		}
		if arg.NumberAttr != "" {
			b.Int(arg.NumberAttr, int64(n))
		}
		if arg.TypeAttr != "" && n > 0 {
			b.Type(arg.TypeAttr, ins[0].DType())
		}
		if arg.TypeListAttr != "" {
			types := make([]DType, n)
			for k, in := range ins[:n] {
				types[k] = in.DType()
			}
			b.Types(arg.TypeListAttr, types)
		}
		ins = ins[n:]
	}
}
