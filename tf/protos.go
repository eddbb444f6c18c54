package tf

import (
	"encoding/binary"
	"iter"
	"math"
	"unsafe"

	"github.com/gotf/gotf/internal/ctf"
	attr "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	tensorshape "github.com/wamuir/graft/tensorflow/core/framework/tensor_shape_go_proto"
	types "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
	"google.golang.org/protobuf/proto"
)

// ShapeOf reads the message form of a shape; a nil message is a nil Shape.
func ShapeOf(p *tensorshape.TensorShapeProto) Shape {
	if p == nil || p.UnknownRank {
		return nil
	}
	s := make(Shape, len(p.Dim))
	for i, d := range p.Dim {
		s[i] = d.Size
	}
	return s
}

// Proto is the message form of s.
func (s Shape) Proto() *tensorshape.TensorShapeProto {
	if s == nil {
		return &tensorshape.TensorShapeProto{UnknownRank: true}
	}
	p := &tensorshape.TensorShapeProto{}
	for _, d := range s {
		p.Dim = append(p.Dim, &tensorshape.TensorShapeProto_Dim{Size: d})
	}
	return p
}

func protoType(d DType) types.DataType { return types.DataType(d) }

func tensorAddress(t *ctf.Tensor) uint64 { return uint64(uintptr(unsafe.Pointer(t))) }

// findAttr decodes one attribute of a builder's buffer, or gives nil.
func findAttr(b []byte, name string) *attr.AttrValue {
	for len(b) > 0 {
		r := attrReader{b[1:]}
		key := r.cstring()
		v := r.value(b[0])
		if v == nil {
			return nil
		}
		if key == name {
			return v
		}
		b = b[len(b)-len(r.b):]
	}
	return nil
}

// attrNames yields the names in a builder's buffer.
func attrNames(b []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		for len(b) > 0 {
			r := attrReader{b[1:]}
			name := r.cstring()
			if r.value(b[0]) == nil || !yield(name) {
				return
			}
			b = b[len(b)-len(r.b):]
		}
	}
}

// attrReader reads what OpBuilder's attribute methods wrote.
type attrReader struct{ b []byte }

func (r *attrReader) cstring() string {
	i := 0
	for r.b[i] != 0 {
		i++
	}
	s := string(r.b[:i])
	r.b = r.b[i+1:]
	return s
}

func (r *attrReader) u32() uint32 {
	v := binary.LittleEndian.Uint32(r.b)
	r.b = r.b[4:]
	return v
}

func (r *attrReader) u64() uint64 {
	v := binary.LittleEndian.Uint64(r.b)
	r.b = r.b[8:]
	return v
}

func (r *attrReader) bool() bool {
	v := r.b[0] != 0
	r.b = r.b[1:]
	return v
}

func (r *attrReader) bytes() []byte {
	n := r.u32()
	v := r.b[:n:n]
	r.b = r.b[n:]
	return v
}

func (r *attrReader) shape() *tensorshape.TensorShapeProto {
	n := int32(r.u32())
	if n < 0 {
		return Shape(nil).Proto()
	}
	s := make(Shape, n)
	for i := range s {
		s[i] = int64(r.u64())
	}
	return s.Proto()
}

func (r *attrReader) value(kind byte) *attr.AttrValue {
	switch kind {
	case kindInt:
		return &attr.AttrValue{Value: &attr.AttrValue_I{I: int64(r.u64())}}
	case kindFloat:
		return &attr.AttrValue{Value: &attr.AttrValue_F{F: math.Float32frombits(r.u32())}}
	case kindBool:
		return &attr.AttrValue{Value: &attr.AttrValue_B{B: r.bool()}}
	case kindType:
		return typeAttr(DType(r.u32()))
	case kindString:
		return &attr.AttrValue{Value: &attr.AttrValue_S{S: r.bytes()}}
	case kindShape:
		return &attr.AttrValue{Value: &attr.AttrValue_Shape{Shape: r.shape()}}
	case kindTensor: // the tensor may be gone
		r.u64()
		return &attr.AttrValue{}
	case kindFunc:
		return &attr.AttrValue{Value: &attr.AttrValue_Func{Func: &attr.NameAttrList{Name: string(r.bytes())}}}
	case kindProto:
		v := &attr.AttrValue{}
		if proto.Unmarshal(r.bytes(), v) != nil {
			return nil
		}
		return v
	}
	return r.list(kind)
}

func (r *attrReader) list(kind byte) *attr.AttrValue {
	l := &attr.AttrValue_ListValue{}
	for range r.u32() {
		switch kind {
		case kindInts:
			l.I = append(l.I, int64(r.u64()))
		case kindFloats:
			l.F = append(l.F, math.Float32frombits(r.u32()))
		case kindBools:
			l.B = append(l.B, r.bool())
		case kindTypes:
			l.Type = append(l.Type, types.DataType(r.u32()))
		case kindStrs:
			l.S = append(l.S, r.bytes())
		case kindShapes:
			l.Shape = append(l.Shape, r.shape())
		}
	}
	return &attr.AttrValue{Value: &attr.AttrValue_List{List: l}}
}
