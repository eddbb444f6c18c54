// Package damage makes damaged copies of models and other files, for tests.
package damage

import (
	"math/rand"
	"slices"
	"strings"

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
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		panic(err)
	}
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

// collect lists the places in m, in an order that depends on m only.
func collect(m protoreflect.Message, all *[]place) {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		if !m.Has(f) {
			continue
		}
		switch p := (place{kind: f.Kind(), name: f.FullName()}); {
		case f.IsMap():
			p.kind = f.MapValue().Kind()
			collectMap(m.Get(f).Map(), p, all)
		case f.IsList():
			l := m.Get(f).List()
			for i := range l.Len() {
				p.get, p.set = func() protoreflect.Value { return l.Get(i) }, func(x protoreflect.Value) { l.Set(i, x) }
				p.drop = func() { l.Truncate(min(i, l.Len())) }
				add(p, all)
			}
		default:
			p.get, p.set = func() protoreflect.Value { return m.Get(f) }, func(x protoreflect.Value) { m.Set(f, x) }
			p.drop = func() { m.Clear(f) }
			add(p, all)
		}
	}
}

func collectMap(m protoreflect.Map, p place, all *[]place) {
	var keys []protoreflect.MapKey
	m.Range(func(k protoreflect.MapKey, _ protoreflect.Value) bool {
		keys = append(keys, k)
		return true
	})
	slices.SortFunc(keys, func(a, b protoreflect.MapKey) int { return strings.Compare(a.String(), b.String()) })
	for _, k := range keys {
		p.get, p.set = func() protoreflect.Value { return m.Get(k) }, func(x protoreflect.Value) { m.Set(k, x) }
		p.drop = func() { m.Clear(k) }
		add(p, all)
	}
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
