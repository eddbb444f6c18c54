package tflite

import (
	"strings"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/internal/schema"
	"github.com/gotf/gotf/tflite/internal/verify"
)

func inspect(op string, data []byte) (*Structure, error) {
	if _, err := verify.Model(data); err != nil {
		return nil, errorf(op, tf.InvalidArgument, "%v", err)
	}
	r := &structureReader{data: data, model: schema.GetRootAsModel(data, 0), left: 8*len(data) + 1<<16}
	s := r.read()
	if r.left < 0 {
		return nil, errorf(op, tf.InvalidArgument, "damaged .tflite file: its parts are used over and over")
	}
	return s, nil
}

// structureReader reads a verified file. Tables may be shared in one, so that a
// small file could stand for an enormous model: what is read is counted.
type structureReader struct {
	data  []byte
	model *schema.Model
	left  int // bytes that may still be read; negative when too many were
}

// take counts n bytes and reports whether they may be read.
func (r *structureReader) take(n int) bool {
	r.left -= n
	return r.left >= 0
}

func (r *structureReader) text(b []byte) string {
	if !r.take(len(b)) {
		return ""
	}
	return strings.ToValidUTF8(string(b), "\uFFFD")
}

func (r *structureReader) ints(n int, at func(int) int32) []int {
	if !r.take(4 * n) {
		return nil
	}
	out := make([]int, n)
	for i := range out {
		out[i] = int(at(i))
	}
	return out
}

func (r *structureReader) shape(n int, at func(int) int32) tf.Shape {
	if !r.take(4 * n) {
		return tf.Shape{}
	}
	out := make(tf.Shape, n)
	for i := range out {
		out[i] = int64(at(i))
	}
	return out
}

// tables reads n tables of T, each with read, until the count is spent.
func tables[T, R any](r *structureReader, n int, at func(*T, int) bool, read func(*T) R) []R {
	var out []R
	for i := 0; i < n && r.take(8); i++ {
		var t T
		at(&t, i)
		out = append(out, read(&t))
	}
	return out
}

func (r *structureReader) read() *Structure {
	m := r.model
	s := &Structure{Version: int(m.Version()), Description: r.text(m.Description()), Size: int64(len(r.data))}
	s.Subgraphs = tables(r, m.SubgraphsLength(), m.Subgraphs, r.subgraph)
	s.Signatures = tables(r, m.SignatureDefsLength(), m.SignatureDefs, r.signature)
	s.Metadata = tables(r, m.MetadataLength(), m.Metadata, func(t *schema.Metadata) MetadataEntry {
		return MetadataEntry{r.text(t.Name()), r.buffer(int(t.Buffer()))}
	})
	return s
}

func (r *structureReader) subgraph(g *schema.SubGraph) Subgraph {
	return Subgraph{
		Name:      r.text(g.Name()),
		Tensors:   tables(r, g.TensorsLength(), g.Tensors, r.tensor),
		Inputs:    r.ints(g.InputsLength(), g.Inputs),
		Outputs:   r.ints(g.OutputsLength(), g.Outputs),
		Operators: tables(r, g.OperatorsLength(), g.Operators, r.operator),
	}
}

func (r *structureReader) signature(d *schema.SignatureDef) SignatureDef {
	named := func(t *schema.TensorMap) NamedTensor {
		return NamedTensor{r.text(t.Name()), int(t.TensorIndex())}
	}
	return SignatureDef{
		Key:      r.text(d.SignatureKey()),
		Subgraph: int(d.SubgraphIndex()),
		Inputs:   tables(r, d.InputsLength(), d.Inputs, named),
		Outputs:  tables(r, d.OutputsLength(), d.Outputs, named),
	}
}

// fileDTypes maps the format's TensorType, which is the index.
var fileDTypes = [...]tf.DType{
	tf.Float32, tf.Float16, tf.Int32, tf.Uint8, tf.Int64, tf.String, tf.Bool, tf.Int16, tf.Complex64, tf.Int8, tf.Float64,
	tf.Complex128, tf.Uint64, tf.Resource, tf.Variant, tf.Uint32, tf.Uint16, tf.Int4, tf.BFloat16, tf.Int2, tf.Uint4,
}

func (r *structureReader) tensor(t *schema.Tensor) TensorDef {
	d := TensorDef{
		Name: r.text(t.Name()), DType: fileDTypes[t.Type()], Variable: t.IsVariable(), Buffer: int(t.Buffer()),
		Shape: r.shape(t.ShapeLength(), t.Shape), Data: r.buffer(int(t.Buffer())),
	}
	d.ShapeSignature = d.Shape
	if n := t.ShapeSignatureLength(); n > 0 {
		d.ShapeSignature = r.shape(n, t.ShapeSignature)
	}
	if q := t.Quantization(nil); q != nil {
		d.Quantization = r.quantization(q)
	}
	if s := t.Sparsity(nil); s != nil && d.Data != nil {
		d.Sparse, d.sparsity = true, r.sparsity(s)
	}
	return d
}

func (r *structureReader) quantization(q *schema.QuantizationParameters) Quantization {
	n := q.ScaleLength()
	if n == 0 || !r.take(12*n) {
		return Quantization{}
	}
	out := Quantization{make([]float32, n), make([]int32, n), int(q.QuantizedDimension())}
	zeros := q.ZeroPointLength()
	for i := range n {
		out.Scales[i] = q.Scale(i)
		if zeros > 0 {
			out.ZeroPoints[i] = int32(q.ZeroPoint(min(i, zeros-1)))
		}
	}
	return out
}

// buffer is the content of a buffer: inside the flatbuffer or, in files above 2
// GB, after it.
func (r *structureReader) buffer(i int) []byte {
	var b schema.Buffer
	if i <= 0 || i >= r.model.BuffersLength() || !r.model.Buffers(&b, i) {
		return nil
	}
	data := b.DataBytes()
	if offset := b.Offset(); offset > 1 { // 1 stands for "none" too
		data = r.data[offset : offset+b.Size()]
	}
	if len(data) == 0 {
		return nil
	}
	return data
}

func (r *structureReader) operator(o *schema.Operator) Operator {
	var code schema.OperatorCode
	r.model.OperatorCodes(&code, int(o.OpcodeIndex()))
	op := Operator{
		Version: int(code.Version()),
		Inputs:  r.ints(o.InputsLength(), o.Inputs),
		Outputs: r.ints(o.OutputsLength(), o.Outputs),
	}
	builtin := max(code.BuiltinCode(), schema.BuiltinOperator(code.DeprecatedBuiltinCode()))
	if op.Name = builtin.String(); builtin == schema.BuiltinOperatorCUSTOM {
		op.Name, op.Custom, op.CustomOptions = r.text(code.CustomCode()), true, o.CustomOptionsBytes()
		size, at, n := uint64(len(r.data)), o.LargeCustomOptionsOffset(), o.LargeCustomOptionsSize()
		if at > 1 && at <= size && n <= size-at { // after the flatbuffer, as buffers may be
			op.CustomOptions = r.data[at : at+n]
		}
	}
	var t flatbuffers.Table
	if o.BuiltinOptions(&t) {
		op.Options = r.options(o.BuiltinOptionsType().UnPack(t))
	}
	if o.BuiltinOptions2(&t) {
		op.Options = append(op.Options, r.options(o.BuiltinOptions2Type().UnPack(t))...)
	}
	op.Calls = calls(op.Options, r.model.SubgraphsLength())
	return op
}
