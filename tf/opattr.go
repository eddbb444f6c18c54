package tf

import (
	"strings"
	"sync"

	"github.com/gotf/gotf/internal/ctf"
	attr "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	opdef "github.com/wamuir/graft/tensorflow/core/framework/op_def_go_proto"
	types "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
	"google.golang.org/protobuf/proto"
)

// Attr is an attribute of any type, with the operation's default where it was
// not set, or nil where the operation has no such attribute. Of an eager
// operation it knows what was set or inferred only if a Recorder noted it.
func (o Op) Attr(name string) (v *attr.AttrValue) {
	switch {
	case o.n == nil || strings.IndexByte(name, 0) >= 0:
	case o.n.g == nil:
		v = o.eagerAttr(name)
	default:
		o.n.use(func() { v = opAttr(o.n.op, name) })
	}
	return v
}

// opAttr is an attribute of a graph's operation, or nil.
func opAttr(op *ctf.Operation, name string) *attr.AttrValue {
	raw, s := ctf.OpAttr(op, name)
	v := &attr.AttrValue{}
	if s.Code != 0 || proto.Unmarshal(raw, v) != nil {
		return nil
	}
	return v
}

// eagerAttr finds an attribute as it was set, else as the inputs imply it, else
// the default.
func (o Op) eagerAttr(name string) *attr.AttrValue {
	if v := findAttr(o.n.attrs, name); v != nil {
		return v
	}
	def := opDef(o.Type())
	ins := o.n.ins
	for i, arg := range def.GetInputArg() {
		if i >= len(o.n.counts) {
			break
		}
		n := max(int(o.n.counts[i]), 0)
		if o.n.counts[i] < 0 {
			n = 1
		}
		switch {
		case arg.TypeAttr == name && n > 0:
			return typeAttr(ins[0].DType())
		case arg.NumberAttr == name:
			return &attr.AttrValue{Value: &attr.AttrValue_I{I: int64(n)}}
		case arg.TypeListAttr == name:
			return typesAttr(ins[:n])
		}
		ins = ins[n:]
	}
	for _, a := range def.GetAttr() {
		if a.Name == name {
			return a.DefaultValue
		}
	}
	return nil
}

func typeAttr(d DType) *attr.AttrValue {
	return &attr.AttrValue{Value: &attr.AttrValue_Type{Type: protoType(d)}}
}

func typesAttr(outs []Output) *attr.AttrValue {
	l := &attr.AttrValue_ListValue{Type: make([]types.DataType, len(outs))}
	for i, o := range outs {
		l.Type[i] = protoType(o.DType())
	}
	return &attr.AttrValue{Value: &attr.AttrValue_List{List: l}}
}

var opDefs sync.Map // type -> *opdef.OpDef

// opDef is the definition of an op type, or nil.
func opDef(typ string) *opdef.OpDef {
	if d, ok := opDefs.Load(typ); ok {
		return d.(*opdef.OpDef)
	}
	g := ctf.NewGraph()
	defer ctf.DeleteGraph(g)
	raw, s := ctf.OpDef(g, typ)
	def := &opdef.OpDef{}
	if s.Code != 0 || proto.Unmarshal(raw, def) != nil {
		return nil
	}
	opDefs.Store(typ, def)
	return def
}
