// Package damage makes damaged copies of SavedModels, for tests.
package damage

import (
	"math/rand"

	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Bytes changes a copy of b in one to three places.
func Bytes(rng *rand.Rand, b []byte) []byte {
	b = append([]byte(nil), b...)
	for range 1 + rng.Intn(3) {
		at := rng.Intn(len(b))
		switch rng.Intn(6) {
		case 0, 1:
			b[at] ^= 1 << rng.Intn(8)
		case 2, 3:
			b[at] = byte(rng.Intn(256))
		case 4:
			if rng.Intn(4) == 0 {
				b = b[:max(at, 1)]
			} else {
				b[at] = 0xff
			}
		case 5:
			n := rng.Intn(min(16, len(b)-at) + 1)
			copy(b[at:], b[rng.Intn(len(b)-n):][:n])
		}
	}
	return b
}

// Message changes one to three fields of the SavedModel in b, which stays a
// message that parses: fields are cleared, copied from others of the same kind,
// or given unlikely values.
func Message(rng *rand.Rand, b []byte) []byte {
	m := &pb.SavedModel{}
	if proto.Unmarshal(b, m) != nil {
		return b
	}
	for range 1 + rng.Intn(3) {
		var all []place
		collect(m.ProtoReflect(), &all)
		all[rng.Intn(len(all))].change(rng, all)
	}
	b, _ = proto.Marshal(m)
	return b
}

// place is a field of a message, or an element of a list or map in it.
type place struct {
	kind protoreflect.Kind
	name protoreflect.FullName
	get  func() protoreflect.Value
	set  func(protoreflect.Value)
	drop func()
}

func collect(m protoreflect.Message, all *[]place) {
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		p := place{kind: f.Kind(), name: f.FullName(), drop: func() { m.Clear(f) }}
		switch {
		case f.IsMap():
			v.Map().Range(func(k protoreflect.MapKey, v2 protoreflect.Value) bool {
				q := place{kind: f.MapValue().Kind(), name: f.FullName(), drop: func() { v.Map().Clear(k) }}
				q.get, q.set = func() protoreflect.Value { return v2 }, func(x protoreflect.Value) { v.Map().Set(k, x) }
				add(q, all)
				return true
			})
			return true
		case f.IsList():
			l := v.List()
			for i := range l.Len() {
				q := p
				q.get, q.set = func() protoreflect.Value { return l.Get(i) }, func(x protoreflect.Value) { l.Set(i, x) }
				q.drop = func() { l.Truncate(i) }
				add(q, all)
			}
			return true
		}
		p.get, p.set = func() protoreflect.Value { return v }, func(x protoreflect.Value) { m.Set(f, x) }
		add(p, all)
		return true
	})
}

func add(p place, all *[]place) {
	*all = append(*all, p)
	if p.kind == protoreflect.MessageKind {
		collect(p.get().Message(), all)
	}
}

func (p place) change(rng *rand.Rand, all []place) {
	if rng.Intn(4) == 0 {
		p.drop()
		return
	}
	if rng.Intn(2) == 0 { // another's value
		var same []place
		for _, q := range all {
			if q.kind == p.kind && (p.kind == protoreflect.StringKind || q.name == p.name) {
				same = append(same, q)
			}
		}
		v := same[rng.Intn(len(same))].get()
		if p.kind == protoreflect.MessageKind {
			v = protoreflect.ValueOfMessage(proto.Clone(v.Message().Interface()).ProtoReflect())
		}
		p.set(v)
		return
	}
	number := []int64{-1, 0, 1, 2, 7, 19, 1 << 20, 1<<31 - 1, -1 << 31}[rng.Intn(9)]
	switch p.kind {
	case protoreflect.StringKind:
		p.set(protoreflect.ValueOfString([]string{"", "x", "^x", ":0", "a:b:c", "x:99"}[rng.Intn(6)]))
	case protoreflect.BytesKind:
		p.set(protoreflect.ValueOfBytes([]byte("x")))
	case protoreflect.Int64Kind:
		p.set(protoreflect.ValueOfInt64(number << (rng.Intn(2) * 31)))
	case protoreflect.Int32Kind:
		p.set(protoreflect.ValueOfInt32(int32(number)))
	case protoreflect.EnumKind:
		p.set(protoreflect.ValueOfEnum(protoreflect.EnumNumber(rng.Intn(130))))
	case protoreflect.BoolKind:
		p.set(protoreflect.ValueOfBool(rng.Intn(2) == 0))
	default:
		p.drop()
	}
}
