package tflite

import (
	"cmp"
	"maps"
	"slices"

	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/internal/plainfile"
	"github.com/gotf/gotf/tf"
)

// Structure is what a .tflite file holds. It is read in Go alone; the
// constants' bytes are those of the file, not copies.
type Structure struct {
	Version     int    // of the format, 3
	Description string // the converter's words
	Size        int64  // of the file, bytes
	Subgraphs   []Subgraph
	Signatures  []SignatureDef
	Metadata    []MetadataEntry
}

// Subgraph is one function of the model; the first is the main one.
type Subgraph struct {
	Name            string
	Tensors         []TensorDef
	Inputs, Outputs []int // indices of Tensors
	Operators       []Operator
}

// TensorDef describes a tensor as the file has it.
type TensorDef struct {
	Name  string
	DType tf.DType

	// Shape is the shape to allocate, ShapeSignature the same with -1 for
	// dimensions that may be resized.
	Shape, ShapeSignature tf.Shape

	Quantization Quantization
	Variable     bool // keeps its value between invocations
	Sparse       bool // the constant is stored without its zeros

	Buffer int    // index of the buffer; 0 is the empty one
	Data   []byte // the constant, little-endian; nil for a computed tensor

	sparsity sparsity
}

// Operator is one step of a subgraph.
type Operator struct {
	Name    string // "CONV_2D", or a custom operator's own
	Custom  bool
	Version int

	Inputs, Outputs []int // indices of the subgraph's Tensors; -1 is an optional one left out
	Options         []Option
	CustomOptions   []byte // of a custom operator, as they stand
	Calls           []int  // subgraphs: branches, loop bodies
}

// Option is an attribute of an operator, named as in the format's schema. The
// value is a bool, int64, float64 or string (also the name of an enumeration's
// member), or a slice of one of them.
type Option struct {
	Name  string
	Value any
}

// SignatureDef names a subgraph and its inputs and outputs.
type SignatureDef struct {
	Key             string
	Subgraph        int
	Inputs, Outputs []NamedTensor
}

// NamedTensor is an input or output of a signature: a name for one of its
// subgraph's tensors.
type NamedTensor struct {
	Name   string
	Tensor int
}

// MetadataEntry is a named buffer beside the graph.
type MetadataEntry struct {
	Name string
	Data []byte
}

// OperatorCount says how often an operator occurs.
type OperatorCount struct {
	Name   string
	Custom bool
	Count  int
}

// InspectFile is [Inspect] for a file.
func InspectFile(path string) (*Structure, error) {
	op := "inspect " + path
	data, err := plainfile.Read(path, plainfile.Message)
	if err != nil {
		return nil, errorf(op, tf.FileCode(err), "%v", atomicfile.Cause(err))
	}
	return inspect(op, data)
}

// Inspect reads the structure of a .tflite file. It needs no library. Damage
// is an InvalidArgument error. The Structure keeps data, which must not change.
func Inspect(data []byte) (*Structure, error) { return inspect("inspect", data) }

// OperatorCounts lists the operators of all subgraphs, the most frequent first.
func (s *Structure) OperatorCounts() []OperatorCount {
	counts := map[OperatorCount]int{}
	for _, g := range s.Subgraphs {
		for _, o := range g.Operators {
			counts[OperatorCount{Name: o.Name, Custom: o.Custom}]++
		}
	}
	var out []OperatorCount
	for o, n := range counts {
		o.Count = n
		out = append(out, o)
	}
	slices.SortFunc(out, func(a, b OperatorCount) int {
		return cmp.Or(b.Count-a.Count, cmp.Compare(a.Name, b.Name))
	})
	return out
}

// Weights is the number of values and of bytes in the constants, each buffer
// counted once.
func (s *Structure) Weights() (values, bytes int64) {
	type size struct{ values, bytes int64 }
	buffers := map[int]size{}
	for _, g := range s.Subgraphs {
		for _, t := range g.Tensors {
			if t.Data != nil {
				buffers[t.Buffer] = size{t.Shape.NumElements(), int64(len(t.Data))}
			}
		}
	}
	for b := range maps.Values(buffers) {
		values, bytes = values+max(b.values, 0), bytes+b.bytes
	}
	return values, bytes
}
