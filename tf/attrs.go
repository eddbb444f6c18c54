package tf

import (
	"encoding/binary"
	"math"
	"strings"

	attr "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	"google.golang.org/protobuf/proto"
)

// The kinds of the attribute buffer that internal/ctf reads: kind (1 byte),
// name, NUL, payload, little-endian.
const (
	kindInt    = 1
	kindFloat  = 2
	kindBool   = 3
	kindType   = 4
	kindString = 5
	kindShape  = 6
	kindTensor = 7
	kindFunc   = 8
	kindInts   = 9
	kindFloats = 10
	kindBools  = 11
	kindTypes  = 12
	kindStrs   = 13
	kindShapes = 14
	kindProto  = 16
)

func (b *OpBuilder) key(kind byte, name string) {
	if strings.IndexByte(name, 0) >= 0 {
		b.s.fail(b.opType(), Errorf("", InvalidArgument, "attribute name %q contains NUL", name))
		return
	}
	b.at = append(b.at, kind)
	b.at = append(b.at, name...)
	b.at = append(b.at, 0)
}

func (b *OpBuilder) u32(v uint32) { b.at = binary.LittleEndian.AppendUint32(b.at, v) }
func (b *OpBuilder) u64(v uint64) { b.at = binary.LittleEndian.AppendUint64(b.at, v) }

func (b *OpBuilder) bytes(v string) {
	b.u32(uint32(len(v)))
	b.at = append(b.at, v...)
}

func (b *OpBuilder) bool(v bool) {
	if v {
		b.at = append(b.at, 1)
	} else {
		b.at = append(b.at, 0)
	}
}

func (b *OpBuilder) shape(name string, v Shape) {
	if err := v.check(); err != nil {
		b.s.fail(b.opType(), Errorf("", InvalidArgument, "attribute %s: %v", name, err))
		v = nil
	}
	if v == nil {
		b.u32(math.MaxUint32)
		return
	}
	b.u32(uint32(len(v)))
	for _, d := range v {
		b.u64(uint64(d))
	}
}

// Int sets an attribute of type int.
//
//go:noinline
func (b *OpBuilder) Int(name string, v int64) *OpBuilder {
	b.key(kindInt, name)
	b.u64(uint64(v))
	return b
}

// Float sets an attribute of type float.
//
//go:noinline
func (b *OpBuilder) Float(name string, v float32) *OpBuilder {
	b.key(kindFloat, name)
	b.u32(math.Float32bits(v))
	return b
}

// Bool sets an attribute of type bool.
//
//go:noinline
func (b *OpBuilder) Bool(name string, v bool) *OpBuilder {
	b.key(kindBool, name)
	b.bool(v)
	return b
}

// Type sets an attribute of type type.
//
//go:noinline
func (b *OpBuilder) Type(name string, v DType) *OpBuilder {
	b.key(kindType, name)
	b.u32(uint32(v))
	return b
}

// Str sets an attribute of type string.
//
//go:noinline
func (b *OpBuilder) Str(name, v string) *OpBuilder {
	b.key(kindString, name)
	b.bytes(v)
	return b
}

// Shape sets an attribute of type shape.
//
//go:noinline
func (b *OpBuilder) Shape(name string, v Shape) *OpBuilder {
	b.key(kindShape, name)
	b.shape(name, v)
	return b
}

// Tensor sets an attribute of type tensor.
//
//go:noinline
func (b *OpBuilder) Tensor(name string, t *Tensor) *OpBuilder {
	if t == nil {
		b.s.fail(b.opType(), Errorf("", InvalidArgument, "attribute %s is nil", name))
		return b
	}
	m, err := t.h.Acquire()
	if err != nil {
		b.s.fail(b.opType(), Errorf("", FailedPrecondition, "attribute %s: the tensor is closed", name))
		return b
	}
	b.held = append(b.held, t.h)
	b.key(kindTensor, name)
	b.u64(tensorAddress(m.p))
	return b
}

// Func sets an attribute of type func and takes the function's definition
// along.
//
//go:noinline
func (b *OpBuilder) Func(name string, f *Function) *OpBuilder {
	if !b.attach(name, f) {
		return b
	}
	b.key(kindFunc, name)
	b.bytes(f.name)
	return b
}

// attach makes f known where the operation will be, and holds it until then.
func (b *OpBuilder) attach(name string, f *Function) bool {
	if f == nil {
		b.s.fail(b.opType(), Errorf("", InvalidArgument, "attribute %s is nil", name))
		return false
	}
	if _, err := b.hold(f); err != nil {
		b.s.fail(b.opType(), err)
		return false
	}
	b.funcs = append(b.funcs, f)
	return true
}

func (b *OpBuilder) hold(f *Function) (*definition, error) {
	d, err := f.h.Acquire()
	if err != nil {
		return nil, Errorf("", FailedPrecondition, "function %s is closed", f.name)
	}
	b.held = append(b.held, f.h)
	switch s := b.s; {
	case s.root.err != nil:
		return d, nil
	case s.g != nil:
		return d, s.g.addFunction(d)
	default:
		return d, s.e.addFunction(d)
	}
}

// Ints sets an attribute of type list(int).
//
//go:noinline
func (b *OpBuilder) Ints(name string, v []int64) *OpBuilder {
	b.key(kindInts, name)
	b.u32(uint32(len(v)))
	for _, x := range v {
		b.u64(uint64(x))
	}
	return b
}

// Floats sets an attribute of type list(float).
//
//go:noinline
func (b *OpBuilder) Floats(name string, v []float32) *OpBuilder {
	b.key(kindFloats, name)
	b.u32(uint32(len(v)))
	for _, x := range v {
		b.u32(math.Float32bits(x))
	}
	return b
}

// Bools sets an attribute of type list(bool).
//
//go:noinline
func (b *OpBuilder) Bools(name string, v []bool) *OpBuilder {
	b.key(kindBools, name)
	b.u32(uint32(len(v)))
	for _, x := range v {
		b.bool(x)
	}
	return b
}

// Types sets an attribute of type list(type).
//
//go:noinline
func (b *OpBuilder) Types(name string, v []DType) *OpBuilder {
	b.key(kindTypes, name)
	b.u32(uint32(len(v)))
	for _, x := range v {
		b.u32(uint32(x))
	}
	return b
}

// Strs sets an attribute of type list(string).
//
//go:noinline
func (b *OpBuilder) Strs(name string, v []string) *OpBuilder {
	b.key(kindStrs, name)
	b.u32(uint32(len(v)))
	for _, x := range v {
		b.bytes(x)
	}
	return b
}

// Shapes sets an attribute of type list(shape).
//
//go:noinline
func (b *OpBuilder) Shapes(name string, v []Shape) *OpBuilder {
	b.key(kindShapes, name)
	b.u32(uint32(len(v)))
	for _, x := range v {
		b.shape(name, x)
	}
	return b
}

// Funcs sets an attribute of type list(func).
//
//go:noinline
func (b *OpBuilder) Funcs(name string, v []*Function) *OpBuilder {
	list := &attr.AttrValue_ListValue{}
	for _, f := range v {
		if !b.attach(name, f) {
			return b
		}
		list.Func = append(list.Func, &attr.NameAttrList{Name: f.name})
	}
	return b.Proto(name, &attr.AttrValue{Value: &attr.AttrValue_List{List: list}})
}

// Proto sets an attribute of any type.
//
//go:noinline
func (b *OpBuilder) Proto(name string, v *attr.AttrValue) *OpBuilder {
	raw, err := proto.Marshal(v)
	if err != nil {
		b.s.fail(b.opType(), Errorf("", InvalidArgument, "attribute %s: %v", name, err))
		return b
	}
	b.key(kindProto, name)
	b.bytes(string(raw))
	return b
}
