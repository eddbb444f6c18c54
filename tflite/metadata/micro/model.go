package micro

import (
	"github.com/gotf/gotf/tflite/internal/schema"
	"github.com/gotf/gotf/tflite/internal/verify"
)

// tensor is what memory depends on.
type tensor struct {
	name     string
	dtype    schema.TensorType
	shape    []int
	constant bool
	variable bool
	scales   int     // 0: not quantized, 1: by scale and zero, more: by channel
	scale    float32 // the first
	zero     int64
}

var elementBytes = map[schema.TensorType]int{
	schema.TensorTypeFLOAT32: 4, schema.TensorTypeFLOAT16: 2, schema.TensorTypeINT32: 4, schema.TensorTypeUINT8: 1,
	schema.TensorTypeINT64: 8, schema.TensorTypeBOOL: 1, schema.TensorTypeINT16: 2, schema.TensorTypeINT8: 1,
	schema.TensorTypeFLOAT64: 8, schema.TensorTypeUINT32: 4, schema.TensorTypeUINT64: 8, schema.TensorTypeUINT16: 2,
	schema.TensorTypeCOMPLEX64: 8, schema.TensorTypeCOMPLEX128: 16, schema.TensorTypeRESOURCE: 4, schema.TensorTypeINT4: 1,
	schema.TensorTypeBFLOAT16: 2,
}

func (t tensor) elements() int {
	n := 1
	for _, d := range t.shape {
		n *= d
	}
	return n
}

func (t tensor) bytes() int { return t.elements() * elementBytes[t.dtype] }

func (t tensor) first() int {
	if len(t.shape) == 0 {
		return 1
	}
	return t.shape[0]
}

// integer reports whether kernels compute with integers.
func (t tensor) integer() bool {
	return t.dtype == schema.TensorTypeINT8 || t.dtype == schema.TensorTypeINT16 || t.dtype == schema.TensorTypeUINT8
}

type operator struct {
	code            schema.BuiltinOperator
	name            string
	inputs, outputs []int
	calls           []int   // subgraphs
	adjoint         [2]bool // which sides of a BATCH_MATMUL are transposed
	resource        string  // the name of a VAR_HANDLE's variable
	g               *graph
}

func (o operator) at(list []int, i int) tensor {
	if i >= len(list) || list[i] < 0 {
		return tensor{}
	}
	return o.g.tensors[list[i]]
}

func (o operator) input(i int) tensor  { return o.at(o.inputs, i) }
func (o operator) output(i int) tensor { return o.at(o.outputs, i) }

type graph struct {
	tensors         []tensor
	operators       []operator
	inputs, outputs []int
}

// readGraphs reads the subgraphs of a checked model.
func readGraphs(data []byte) ([]*graph, error) {
	if _, err := verify.Model(data); err != nil {
		return nil, err
	}
	m := schema.GetRootAsModel(data, 0)
	var graphs []*graph
	var s schema.SubGraph
	for i := range m.SubgraphsLength() {
		m.Subgraphs(&s, i)
		graphs = append(graphs, readGraph(m, &s))
	}
	return graphs, nil
}

func readGraph(m *schema.Model, s *schema.SubGraph) *graph {
	g := &graph{}
	var t schema.Tensor
	for i := range s.TensorsLength() {
		s.Tensors(&t, i)
		g.tensors = append(g.tensors, readTensor(m, &t))
	}
	g.inputs = ints(s.InputsLength(), s.Inputs)
	g.outputs = ints(s.OutputsLength(), s.Outputs)
	var o schema.Operator
	var c schema.OperatorCode
	for i := range s.OperatorsLength() {
		s.Operators(&o, i)
		m.OperatorCodes(&c, int(o.OpcodeIndex()))
		code := max(c.BuiltinCode(), schema.BuiltinOperator(c.DeprecatedBuiltinCode()))
		op := operator{
			code: code, name: code.String(), g: g,
			inputs: ints(o.InputsLength(), o.Inputs), outputs: ints(o.OutputsLength(), o.Outputs),
		}
		if code == schema.BuiltinOperatorCUSTOM {
			op.name = string(c.CustomCode())
		}
		op.readOptions(&o)
		g.operators = append(g.operators, op)
	}
	return g
}

func ints(n int, at func(int) int32) (out []int) {
	for i := range n {
		out = append(out, int(at(i)))
	}
	return out
}

func readTensor(m *schema.Model, t *schema.Tensor) tensor {
	out := tensor{name: string(t.Name()), dtype: t.Type(), shape: ints(t.ShapeLength(), t.Shape), variable: t.IsVariable()}
	var b schema.Buffer
	if t.Buffer() > 0 && m.Buffers(&b, int(t.Buffer())) {
		out.constant = b.DataLength() > 0 || b.Offset() > 1
	}
	if q := t.Quantization(nil); q != nil && q.ScaleLength() > 0 && q.ZeroPointLength() > 0 {
		out.scales, out.scale, out.zero = q.ScaleLength(), q.Scale(0), q.ZeroPoint(0)
	}
	return out
}

// readOptions reads what memory depends on: subgraphs, in the order they are
// planned, and forms of matrices.
func (op *operator) readOptions(o *schema.Operator) {
	switch op.code {
	case schema.BuiltinOperatorIF, schema.BuiltinOperatorWHILE, schema.BuiltinOperatorCALL_ONCE,
		schema.BuiltinOperatorBATCH_MATMUL, schema.BuiltinOperatorVAR_HANDLE:
	default:
		return
	}
	options := o.UnPack().BuiltinOptions
	if options == nil {
		return
	}
	switch v := options.Value.(type) {
	case *schema.IfOptionsT:
		op.calls = []int{int(v.ThenSubgraphIndex), int(v.ElseSubgraphIndex)}
	case *schema.WhileOptionsT:
		op.calls = []int{int(v.CondSubgraphIndex), int(v.BodySubgraphIndex)}
	case *schema.CallOnceOptionsT:
		op.calls = []int{int(v.InitSubgraphIndex)}
	case *schema.BatchMatMulOptionsT:
		op.adjoint = [2]bool{v.AdjX, v.AdjY}
	case *schema.VarHandleOptionsT:
		op.resource = v.Container + "/" + v.SharedName
	}
}
