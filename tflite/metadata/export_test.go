package metadata

import (
	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/gotf/gotf/tflite/internal/schema"
)

// Entries are the names of a model's metadata entries.
func Entries(data []byte) (names []string) {
	root := schema.GetRootAsModel(data, 0)
	var e schema.Metadata
	for i := range root.MetadataLength() {
		root.Metadata(&e, i)
		names = append(names, string(e.Name()))
	}
	return names
}

// WithNewerField puts metadata with an unknown field into a model.
func WithNewerField(data []byte) []byte {
	m, err := openModel(data)
	if err != nil {
		panic(err)
	}
	md, err := decode(m.raw())
	if err != nil {
		panic(err)
	}
	b := flatbuffers.NewBuilder(0)
	future := b.CreateString("of the future")
	name := b.CreateString(md.Name)
	sub := list(md.Subgraphs, encodeSubgraph)[0].Pack(b)
	b.StartVector(4, 1, 4)
	b.PrependUOffsetT(sub)
	subs := b.EndVector(1)
	b.StartObject(9)
	b.PrependUOffsetTSlot(0, name, 0)
	b.PrependUOffsetTSlot(3, subs, 0)
	b.PrependUOffsetTSlot(8, future, 0)
	b.FinishWithFileIdentifier(b.EndObject(), []byte("M001"))
	out, err := m.splice(b.FinishedBytes())
	if err != nil {
		panic(err)
	}
	return out
}

// WithOuterBuffer moves a model's largest constant behind the flatbuffer, as
// models above 2 GB have it, and returns its index.
func WithOuterBuffer(data []byte) ([]byte, int) {
	t := schema.GetRootAsModel(data, 0).UnPack()
	most := 0
	for i, b := range t.Buffers {
		if len(b.Data) > len(t.Buffers[most].Data) {
			most = i
		}
	}
	constant := t.Buffers[most].Data
	t.Buffers[most] = &schema.BufferT{Offset: 1 << 20, Size: uint64(len(constant))}
	b := flatbuffers.NewBuilder(0)
	schema.FinishModelBuffer(b, t.Pack(b))
	out := append([]byte(nil), b.FinishedBytes()...)
	for len(out)%64 != 0 {
		out = append(out, 0)
	}
	var buffer schema.Buffer
	schema.GetRootAsModel(out, 0).Buffers(&buffer, most)
	buffer.MutateOffset(uint64(len(out)))
	return append(out, constant...), most
}

// BufferAt is the content of a buffer.
func BufferAt(data []byte, i int) []byte { return bufferBytes(data, schema.GetRootAsModel(data, 0), i) }
