//go:build linux && amd64 && cgo

package ctf

// #include "shim.h"
import "C"

import "unsafe"

func NewGraph() *Graph     { return C.TF_NewGraph() }
func DeleteGraph(g *Graph) { C.TF_DeleteGraph(g) }

// GraphDef is TF_GraphToGraphDef.
func GraphDef(g *Graph) ([]byte, Status) {
	return buffer(func(b *C.TF_Buffer, s *C.TF_Status) { C.TF_GraphToGraphDef(g, b, s) })
}

// OpDef is TF_GraphGetOpDef: the definition of an op type.
func OpDef(g *Graph, typ string) (def []byte, s Status) {
	withString(typ, func(name *C.char) {
		def, s = buffer(func(b *C.TF_Buffer, s *C.TF_Status) { C.TF_GraphGetOpDef(g, name, b, s) })
	})
	return def, s
}

// AllOps is TF_GetAllOpList.
func AllOps() []byte {
	b := C.TF_GetAllOpList()
	defer C.TF_DeleteBuffer(b)
	return goBytes(b)
}

// LookupOp finds an operation by name, or nil.
func LookupOp(g *Graph, name string) (op *Operation) {
	withString(name, func(n *C.char) { op = C.TF_GraphOperationByName(g, n) })
	return op
}

// NextOp steps through the operations of g; pos starts at 0.
func NextOp(g *Graph, pos *uint64) *Operation {
	p := C.size_t(*pos)
	op := C.TF_GraphNextOperation(g, &p)
	*pos = uint64(p)
	return op
}

func OpName(op *Operation) string   { return C.GoString(C.TF_OperationName(op)) }
func OpType(op *Operation) string   { return C.GoString(C.TF_OperationOpType(op)) }
func OpDevice(op *Operation) string { return C.GoString(C.TF_OperationDevice(op)) }

// OpOutputs lists the types of op's outputs.
func OpOutputs(op *Operation) []int32 {
	out := make([]int32, int(C.TF_OperationNumOutputs(op)))
	for i := range out {
		out[i] = int32(C.TF_OperationOutputType(C.TF_Output{oper: op, index: C.int(i)}))
	}
	return out
}

// OpInputs lists op's data inputs.
func OpInputs(op *Operation) []In {
	out := make([]In, int(C.TF_OperationNumInputs(op)))
	if len(out) > 0 {
		C.TF_OperationAllInputs(op, outputs(out), C.int(len(out)))
	}
	return out
}

// OpControlInputs lists op's control inputs.
func OpControlInputs(op *Operation) []*Operation {
	out := make([]*Operation, int(C.TF_OperationNumControlInputs(op)))
	if len(out) > 0 {
		C.TF_OperationGetControlInputs(op, (**C.TF_Operation)(unsafe.SliceData(out)), C.int(len(out)))
	}
	return out
}

// AddControlInput makes op run after input.
func AddControlInput(g *Graph, op, input *Operation) { C.TF_AddOperationControlInput(g, op, input) }

// OpAttr is TF_OperationGetAttrValueProto.
func OpAttr(op *Operation, name string) (value []byte, s Status) {
	withString(name, func(n *C.char) {
		value, s = buffer(func(b *C.TF_Buffer, s *C.TF_Status) { C.TF_OperationGetAttrValueProto(op, n, b, s) })
	})
	return value, s
}

// OutputShape is what shape inference knows: nil for an unknown rank, -1 for an
// unknown dimension.
func OutputShape(g *Graph, op *Operation, i int) (shape []int64, s Status) {
	out := C.TF_Output{oper: op, index: C.int(i)}
	s = try(func(s *C.TF_Status) {
		n := C.TF_GraphGetTensorNumDims(g, out, s)
		if C.TF_GetCode(s) != 0 || n < 0 {
			return
		}
		shape = make([]int64, n)
		if n > 0 {
			C.TF_GraphGetTensorShape(g, out, dims(shape), n, s)
		}
	})
	return shape, s
}

// SetOutputShape is TF_GraphSetTensorShape.
func SetOutputShape(g *Graph, op *Operation, i int, shape []int64) Status {
	return try(func(s *C.TF_Status) {
		C.TF_GraphSetTensorShape(g, C.TF_Output{oper: op, index: C.int(i)}, dims(shape), C.int(len(shape)), s)
	})
}

// InputMapping redirects an input of an imported graph.
type InputMapping struct {
	Name  string
	Index int
	To    In
}

// Import adds a GraphDef to g and returns the named outputs. A returned index
// belongs to the name of the same position.
func Import(g *Graph, def []byte, prefix string, maps []InputMapping, names []string, index []int, control []*Operation) (out []In, s Status) {
	o := C.TF_NewImportGraphDefOptions()
	defer C.TF_DeleteImportGraphDefOptions(o)
	withString(prefix, func(p *C.char) { C.TF_ImportGraphDefOptionsSetPrefix(o, p) })
	for _, m := range maps {
		withString(m.Name, func(n *C.char) {
			C.TF_ImportGraphDefOptionsAddInputMapping(o, n, C.int(m.Index), C.TF_Output{oper: (*Operation)(m.To.P), index: C.int(m.To.I)})
		})
	}
	for i, name := range names {
		withString(name, func(n *C.char) { C.TF_ImportGraphDefOptionsAddReturnOutput(o, n, C.int(index[i])) })
	}
	for _, c := range control {
		C.TF_ImportGraphDefOptionsAddControlDependency(o, c)
	}
	var r *C.TF_ImportGraphDefResults // WithReturnOutputs would crash where it fails
	withBuffer(def, func(b *C.TF_Buffer) {
		s = try(func(s *C.TF_Status) { r = C.TF_GraphImportGraphDefWithResults(g, b, o, s) })
	})
	if s.Code != 0 {
		return nil, s
	}
	defer C.TF_DeleteImportGraphDefResults(r)
	var n C.int
	var p *C.TF_Output
	C.TF_ImportGraphDefResultsReturnOutputs(r, &n, &p)
	for _, o := range unsafe.Slice(p, int(n)) {
		out = append(out, In{P: unsafe.Pointer(o.oper), I: int32(o.index)})
	}
	return out, s
}
