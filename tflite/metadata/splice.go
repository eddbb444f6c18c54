package metadata

import (
	"encoding/binary"
	"fmt"

	"github.com/gotf/gotf/tflite/internal/schema"
	"github.com/gotf/gotf/tflite/internal/verify"
)

// A model with metadata is its old flatbuffer, the body, behind a new head: a
// root table that refers to the body's parts, a longer list of buffers, and the
// metadata. Offsets inside the body stay right, and so do its alignments,
// because the head's length is a multiple of headUnit. The head says how long
// it is, so that it can be replaced, and removed to the last byte.
const (
	headMark = "gotfmeta"
	headUnit = 64
	markAt   = 8 // after the root's offset and the identifier
	headWord = 16
)

// The fields of the table Model, by their place in the vtable.
const (
	fieldVersion  = 0
	fieldBuffers  = 4
	fieldMetadata = 6
	modelFields   = 10
)

var order = binary.LittleEndian

// splice returns the network with raw as its metadata, or without any if raw
// is nil.
func (m *model) splice(raw []byte) ([]byte, error) {
	body := m.body()
	root := schema.GetRootAsModel(body, 0)
	old := entry(root)
	if raw == nil && old < 0 {
		return body, nil
	}
	h := &head{body: body, root: root}
	if err := h.build(old, raw); err != nil {
		return nil, err
	}
	out := append(h.out, body...)
	moveBuffers(out[len(h.out):], len(h.out))
	if old >= 0 {
		var e schema.Metadata
		root.Metadata(&e, old)
		if !shared(root, e.Buffer(), old) {
			clear(bufferBytes(out[len(h.out):], schema.GetRootAsModel(out[len(h.out):], 0), int(e.Buffer())))
		}
	}
	if _, err := verify.Model(out); err != nil {
		return nil, fmt.Errorf("the model with its metadata would be broken: %w", err)
	}
	return out, nil
}

// body is the network without the head that splice has put before it.
func (m *model) body() []byte {
	if len(m.data) < headWord+4 || string(m.data[markAt:markAt+len(headMark)]) != headMark {
		return m.data
	}
	n := int(order.Uint32(m.data[headWord:]))
	if n < headUnit || n%headUnit != 0 || n > len(m.data)-8 {
		return m.data
	}
	body := append([]byte(nil), m.data[n:]...)
	if !moveBuffersChecked(body, -n) || !sameParts(m.data, body, n) {
		return m.data // the mark is no mark
	}
	return body
}

// sameParts reports whether the roots of a file and of its body refer to the
// same parts, but for those that the head replaces.
func sameParts(data, body []byte, n int) bool {
	for i := range modelFields {
		a, b := target(data, i), target(body, i)
		switch {
		case i == fieldVersion || i == fieldBuffers || i == fieldMetadata:
		case a == 0 && b == 0:
		case a != b+n:
			return false
		}
	}
	return true
}

// target is where field i of the root table points, 0 if it is not there.
func target(data []byte, i int) int {
	at := rootField(data, i)
	if at == 0 {
		return 0
	}
	return at + int(order.Uint32(data[at:]))
}

// rootField is where field i of the root table is, 0 if it is not there.
func rootField(data []byte, i int) int {
	root := int(order.Uint32(data))
	v := root - int(int32(order.Uint32(data[root:])))
	if 4+2*i >= int(order.Uint16(data[v:])) {
		return 0
	}
	if off := int(order.Uint16(data[v+4+2*i:])); off != 0 {
		return root + off
	}
	return 0
}

// moveBuffers corrects the places of buffers that lie behind the flatbuffer:
// they count from the start of the file.
func moveBuffers(body []byte, by int) {
	root := schema.GetRootAsModel(body, 0)
	var b schema.Buffer
	for i := range root.BuffersLength() {
		if root.Buffers(&b, i); b.Offset() > 1 {
			b.MutateOffset(uint64(int64(b.Offset()) + int64(by)))
		}
	}
}

// moveBuffersChecked is moveBuffers for a body that may be none.
func moveBuffersChecked(body []byte, by int) bool {
	if len(body) < 8 || string(body[4:8]) != schema.ModelIdentifier {
		return false
	}
	if !bodyStands(body, -by) {
		return false
	}
	moveBuffers(body, by)
	_, err := verify.Model(body)
	return err == nil
}

// bodyStands reports whether a body whose buffers count from n bytes before it
// is sound.
func bodyStands(body []byte, n int) bool {
	padded := make([]byte, n, n+len(body))
	padded = append(padded, body...)
	copy(padded, body[:8])
	order.PutUint32(padded, order.Uint32(body)+uint32(n))
	_, err := verify.Model(padded)
	return err == nil
}

// head writes what stands before the body.
type head struct {
	body []byte
	root *schema.Model
	out  []byte
	refs []ref // offsets into the body, which wait for the head's length
}

type ref struct{ at, to int }

func (h *head) build(old int, raw []byte) error {
	if err := h.checkRoot(); err != nil {
		return err
	}
	h.out = make([]byte, headWord+8, 1024+len(raw))
	copy(h.out[4:], schema.ModelIdentifier)
	copy(h.out[markAt:], headMark)
	buffer := h.root.BuffersLength()
	if old >= 0 {
		var e schema.Metadata
		if h.root.Metadata(&e, old); !shared(h.root, e.Buffer(), old) {
			buffer = int(e.Buffer())
		}
	}
	root := h.table()
	h.buffers(root+4+4*fieldBuffers, buffer, raw)
	h.entries(root+4+4*fieldMetadata, old, buffer, raw)
	for len(h.out)%headUnit != 0 {
		h.out = append(h.out, 0)
	}
	order.PutUint32(h.out, uint32(root))
	order.PutUint32(h.out[headWord:], uint32(len(h.out)))
	for _, r := range h.refs {
		order.PutUint32(h.out[r.at:], uint32(len(h.out)+r.to-r.at))
	}
	return nil
}

// checkRoot refuses a root table with parts that only a newer schema has: they
// could not be carried over.
func (h *head) checkRoot() error {
	root := int(order.Uint32(h.body))
	v := root - int(int32(order.Uint32(h.body[root:])))
	for i := modelFields; 4+2*i < int(order.Uint16(h.body[v:])); i++ {
		if order.Uint16(h.body[v+4+2*i:]) != 0 {
			return fmt.Errorf("the model has a field number %d, of a newer schema, which would be lost", i)
		}
	}
	return nil
}

// table writes the root table and its vtable; the lists of buffers and of
// metadata come later.
func (h *head) table() int {
	vtable := len(h.out)
	h.u16(4+2*modelFields, 4+4*modelFields)
	root := vtable + 4 + 2*modelFields
	at := root + 4
	for i := range modelFields {
		if i != fieldBuffers && rootField(h.body, i) == 0 {
			h.u16(0)
		} else {
			h.u16(uint16(at + 4*i - root))
		}
	}
	h.u32(uint32(root - vtable))
	for i := range modelFields {
		switch pos := rootField(h.body, i); {
		case i == fieldBuffers || i == fieldMetadata || pos == 0:
			h.u32(0)
		case i == fieldVersion:
			h.u32(order.Uint32(h.body[pos:]))
		default:
			h.refs = append(h.refs, ref{len(h.out), target(h.body, i)})
			h.u32(0)
		}
	}
	return root
}

// buffers writes the list of buffers with raw as one of them; field is where
// the root refers to it.
func (h *head) buffers(field, buffer int, raw []byte) {
	n := h.root.BuffersLength()
	count := n
	if raw != nil {
		count = max(n, buffer+1)
	}
	order.PutUint32(h.out[field:], uint32(len(h.out)-field))
	h.u32(uint32(count))
	own := -1
	for i := range count {
		if i == buffer {
			own = len(h.out)
			h.u32(0)
			continue
		}
		h.element(fieldBuffers, i)
	}
	if own >= 0 {
		h.buffer(own, raw)
	}
}

// element refers to element i of one of the body's lists.
func (h *head) element(field, i int) {
	at := target(h.body, field) + 4 + 4*i
	h.refs = append(h.refs, ref{len(h.out), at + int(order.Uint32(h.body[at:]))})
	h.u32(0)
}

// buffer writes a table Buffer, empty if raw is nil.
func (h *head) buffer(field int, raw []byte) {
	vtable := len(h.out)
	h.u16(6, 8, 4, 0) // the last is padding
	if raw == nil {
		order.PutUint16(h.out[vtable:], 4)
		order.PutUint16(h.out[vtable+2:], 4)
	}
	table := len(h.out)
	order.PutUint32(h.out[field:], uint32(table-field))
	h.u32(uint32(table - vtable))
	if raw == nil {
		return
	}
	for (len(h.out)+8)%16 != 0 { // the bytes come after the offset and the length
		h.out = append(h.out, 0)
	}
	// The offset may stand apart from its table only where the vtable says so.
	order.PutUint16(h.out[vtable+2:], uint16(len(h.out)+4-table))
	order.PutUint16(h.out[vtable+4:], uint16(len(h.out)-table))
	h.u32(4, uint32(len(raw)))
	h.out = append(h.out, raw...)
	for len(h.out)%4 != 0 {
		h.out = append(h.out, 0)
	}
}

// entries writes the list of metadata entries; field is where the root refers
// to it.
func (h *head) entries(field, old, buffer int, raw []byte) {
	var keep []int
	var e schema.Metadata
	for i := range h.root.MetadataLength() {
		if h.root.Metadata(&e, i); string(e.Name()) != entryName {
			keep = append(keep, i)
		}
	}
	if raw == nil && len(keep) == 0 {
		h.forget(fieldMetadata)
		return
	}
	h.remember(fieldMetadata)
	order.PutUint32(h.out[field:], uint32(len(h.out)-field))
	count := len(keep)
	if raw != nil {
		count++
	}
	h.u32(uint32(count))
	for _, i := range keep {
		h.element(fieldMetadata, i)
	}
	if raw != nil {
		own := len(h.out)
		h.u32(0)
		h.entry(own, buffer)
	}
}

// entry writes the table of the format's own metadata entry.
func (h *head) entry(field, buffer int) {
	vtable := len(h.out)
	h.u16(8, 12, 4, 8)
	table := len(h.out)
	order.PutUint32(h.out[field:], uint32(table-field))
	h.u32(uint32(table-vtable), 8, uint32(buffer)) // the name follows
	h.u32(uint32(len(entryName)))
	h.out = append(h.out, entryName...)
	h.out = append(h.out, 0)
}

// remember and forget set whether the root table has a field that table left open.
func (h *head) remember(i int) { order.PutUint16(h.out[headWord+8+4+2*i:], uint16(4+4*i)) }

func (h *head) forget(i int) { order.PutUint16(h.out[headWord+8+4+2*i:], 0) }

func (h *head) u16(values ...uint16) {
	for _, v := range values {
		h.out = order.AppendUint16(h.out, v)
	}
}

func (h *head) u32(values ...uint32) {
	for _, v := range values {
		h.out = order.AppendUint32(h.out, v)
	}
}
