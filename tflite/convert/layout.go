package convert

import (
	"reflect"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/gotf/gotf/tflite/internal/schema"
)

// finish writes a model in the very bytes that Python's flatbuffers write.
// Go's builder lets tables share a description of their fields (a vtable) where
// Python's also wants tables of the same size, and the types of package schema
// align constants to 16 bytes, so the tables are written anew.
func finish(m *schema.ModelT) []byte {
	data := pack(m)
	root := schema.GetRootAsModel(data, 0).Table()
	return build(len(data), func(b *flatbuffers.Builder) flatbuffers.UOffsetT {
		w := &writer{b, map[string]flatbuffers.UOffsetT{}}
		return w.table(root, reflect.ValueOf(m).Elem())
	})
}

// writer copies tables; the structs that they were packed from tell what is in
// them.
type writer struct {
	b       *flatbuffers.Builder
	vtables map[string]flatbuffers.UOffsetT
}

// slot is a field that a table holds: an offset to what was written for it, or a
// number.
type slot struct {
	at   flatbuffers.UOffsetT // of the child; 0 for a number
	raw  []byte
	held bool
}

// table copies the table that was packed from v.
func (w *writer) table(from flatbuffers.Table, v reflect.Value) flatbuffers.UOffsetT {
	var slots []slot
	hold := func(s slot) { slots = append(slots, s) }
	for i := range v.NumField() {
		field := v.Field(i)
		for range retired[v.Type()][i] {
			hold(slot{})
		}
		if isUnion(field.Type()) {
			hold(number(from, len(slots), 1)) // which it is
		}
		at := flatbuffers.UOffsetT(from.Offset(vtableEntry(len(slots))))
		switch {
		case field.Kind() != reflect.Pointer && field.Kind() != reflect.Slice && field.Kind() != reflect.String:
			hold(number(from, len(slots), int(field.Type().Size())))
		case at == 0 && field.Kind() == reflect.String && isHeldEmpty(field.String()):
			hold(slot{at: w.b.CreateByteString(nil), held: true}) // Pack leaves it out
		case at == 0:
			hold(slot{})
		case isUnion(field.Type()):
			hold(slot{at: w.table(tableAt(from, at+from.Pos), unionValue(field)), held: true})
		case field.Kind() == reflect.Pointer:
			hold(slot{at: w.table(tableAt(from, at+from.Pos), field.Elem()), held: true})
		case field.Kind() == reflect.String:
			hold(slot{at: w.b.CreateByteString(from.ByteVector(at + from.Pos)), held: true})
		default:
			hold(slot{at: w.vector(from, at, field), held: true})
		}
	}
	return w.object(slots)
}

// retired counts the fields that the format once had before the i-th of a table,
// whose places stay empty.
var retired = map[reflect.Type]map[int]int{
	reflect.TypeFor[schema.ResizeBilinearOptionsT](): {0: 2},
	reflect.TypeFor[schema.SignatureDefT]():          {3: 1},
}

func vtableEntry(slot int) flatbuffers.VOffsetT { return flatbuffers.VOffsetT(4 + 2*slot) }

// number reads a field of that many bytes.
func number(from flatbuffers.Table, index, size int) slot {
	at := flatbuffers.UOffsetT(from.Offset(vtableEntry(index)))
	if at == 0 {
		return slot{}
	}
	at += from.Pos
	return slot{raw: from.Bytes[at : int(at)+size], held: true}
}

// vector copies a vector of numbers or tables.
func (w *writer) vector(from flatbuffers.Table, at flatbuffers.UOffsetT, v reflect.Value) flatbuffers.UOffsetT {
	start, n := from.Vector(at), from.VectorLen(at)
	if v.Type().Elem().Kind() == reflect.Pointer {
		tables := make([]flatbuffers.UOffsetT, n)
		for i := range tables {
			tables[i] = w.table(tableAt(from, start+4*flatbuffers.UOffsetT(i)), v.Index(i).Elem())
		}
		w.b.StartVector(4, n, 4)
		for i := n - 1; i >= 0; i-- {
			w.b.PrependUOffsetT(tables[i])
		}
		return w.b.EndVector(n)
	}
	size := int(v.Type().Elem().Size())
	raw := from.Bytes[start : int(start)+n*size]
	if size == 1 {
		return w.b.CreateByteVector(raw)
	}
	w.b.StartVector(size, n, size)
	for i := n - 1; i >= 0; i-- {
		w.place(raw[i*size : (i+1)*size])
	}
	return w.b.EndVector(n)
}

// place prepends a little-endian number.
func (w *writer) place(raw []byte) {
	w.b.Prep(len(raw), 0)
	for i := len(raw) - 1; i >= 0; i-- {
		w.b.PlaceByte(raw[i])
	}
}

// object writes the fields, and where they are, unless a table of the same kind
// and size has said so.
func (w *writer) object(slots []slot) flatbuffers.UOffsetT {
	end := w.b.Offset()
	at := make([]flatbuffers.UOffsetT, len(slots))
	last := 0
	for i, s := range slots {
		if !s.held {
			continue
		}
		if s.at != 0 {
			w.b.PrependUOffsetT(s.at)
		} else {
			w.place(s.raw)
		}
		at[i], last = w.b.Offset(), i+1
	}
	w.b.PrependInt32(0) // becomes the distance to the vtable
	object := w.b.Offset()
	vtable := []byte{}
	entry := func(v flatbuffers.UOffsetT) { vtable = append(vtable, byte(v), byte(v>>8)) }
	entry(flatbuffers.UOffsetT(2 * (last + 2)))
	entry(object - end)
	for _, a := range at[:last] {
		if a != 0 {
			a = object - a
		}
		entry(a)
	}
	there, ok := w.vtables[string(vtable)]
	if !ok {
		for i := len(vtable) - 2; i >= 0; i -= 2 {
			w.place(vtable[i : i+2])
		}
		there = w.b.Offset()
		w.vtables[string(vtable)] = there
	}
	flatbuffers.WriteInt32(w.b.Bytes[len(w.b.Bytes)-int(object):], int32(there)-int32(object))
	return object
}
