package convert

import (
	"math"
	"reflect"
	"unsafe"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/gotf/gotf/tflite/internal/schema"
)

// identifier marks a .tflite file.
var (
	identifierText = "TFL3"
	identifier     = []byte(identifierText)
)

// unpack makes structs of a model that package verify, or the converter, vouches
// for. They share memory with data.
func unpack(data []byte) *schema.ModelT {
	root := schema.GetRootAsModel(data, 0)
	m := root.UnPack()
	omit(root.Table(), reflect.ValueOf(m).Elem())
	return m
}

// pack is the inverse of unpack.
func pack(m *schema.ModelT) []byte {
	size := 0
	for _, b := range m.Buffers {
		size += len(b.Data) + 64
	}
	return build(size, m.Pack)
}

// build makes a file of about size bytes, which write writes. Of a model that no
// file can hold it panics with builderFull, of which [recovered] makes an error.
func build(size int, write func(*flatbuffers.Builder) flatbuffers.UOffsetT) []byte {
	b := flatbuffers.NewBuilder(room(size))
	b.FinishWithFileIdentifier(write(b), identifier)
	return b.FinishedBytes()
}

// room is where a file of about size bytes surely fits, as a builder of 1 GiB or
// more does not grow: the offsets in a file reach no further than 2 GiB.
func room(size int) int { return min(size+size/16+64<<10, math.MaxInt32) }

// builderFull is what package flatbuffers panics with then.
const builderFull = "cannot grow buffer beyond 2 gigabytes"

// omit makes nil what the table t leaves out and UnPack made empty: a vector
// without elements is written, one that is nil is not.
func omit(t flatbuffers.Table, v reflect.Value) {
	slot := vtableEntry(0)
	for i := range v.NumField() {
		field := v.Field(i)
		slot += 2 * flatbuffers.VOffsetT(retired[v.Type()][i])
		union := isUnion(field.Type())
		if union {
			slot += 2 // its type comes before it
		}
		at := flatbuffers.UOffsetT(t.Offset(slot))
		slot += 2
		switch {
		case at == 0:
			if field.Kind() == reflect.Slice {
				field.SetZero()
			}
		case field.Kind() == reflect.String:
			if field.Len() == 0 {
				field.SetString(heldEmpty)
			}
		case union:
			if !field.IsNil() {
				omit(tableAt(t, at+t.Pos), unionValue(field))
			}
		case field.Kind() == reflect.Pointer:
			omit(tableAt(t, at+t.Pos), field.Elem())
		case field.Kind() == reflect.Slice && field.Type().Elem().Kind() == reflect.Pointer:
			start := t.Vector(at)
			for j := range field.Len() {
				omit(tableAt(t, start+4*flatbuffers.UOffsetT(j)), field.Index(j).Elem())
			}
		}
	}
}

// heldEmpty is an empty string that a table holds, as others hold none: told by
// where it lies.
var heldEmpty = identifierText[:0]

func isHeldEmpty(s string) bool {
	return len(s) == 0 && unsafe.StringData(s) == unsafe.StringData(heldEmpty)
}

// isUnion tells the struct of a type and a value that stands for one of several
// tables.
func isUnion(t reflect.Type) bool {
	return t.Kind() == reflect.Pointer && t.Elem().NumField() == 2 && t.Elem().Field(1).Name == "Value"
}

// unionValue is the struct of the table that a union holds.
func unionValue(v reflect.Value) reflect.Value { return v.Elem().Field(1).Elem().Elem() }

// tableAt is the table that the offset at position at leads to.
func tableAt(t flatbuffers.Table, at flatbuffers.UOffsetT) flatbuffers.Table {
	return flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(at)}
}
