//go:build linux && amd64 && cgo

package ctflite

// #include "shim.h"
import "C"

import "unsafe"

// Graph is what can be run: the main graph of an interpreter, or the subgraph
// of a runner. Its tensors are numbered, inputs before outputs.
type Graph = C.ctflite_graph

// NewGraph is about the main graph if r is nil.
func NewGraph(i *Interpreter, r *Runner) *Graph { return C.ctflite_graph_new(i, r) }

// DeleteGraph deletes neither interpreter nor runner.
func DeleteGraph(g *Graph) { C.ctflite_graph_delete(g) }

func NumInputs(g *Graph) int { return int(g.inputs) }

func NumOutputs(g *Graph) int { return int(g.outputs) }

// GraphName is the name that a runner has for tensor k; "" in a main graph.
func GraphName(g *Graph, k int) string {
	return C.GoString(unsafe.Slice(g.names, g.inputs+g.outputs)[k])
}

// GraphTensor is tensor k. It may move when tensors are allocated.
func GraphTensor(g *Graph, k int) *Tensor { return C.ctflite_graph_tensor(g, C.int(k)) }

func Resize(g *Graph, input int, dims []int32) int {
	return int(C.ctflite_graph_resize(g, C.int(input), (*C.int)(unsafe.SliceData(dims)), C.int(len(dims))))
}

func Allocate(g *Graph) int { return int(C.ctflite_graph_allocate(g)) }

func Invoke(g *Graph) int { return int(C.ctflite_graph_invoke(g)) }

// Cancel ends an invocation in flight; it does not affect later ones.
func Cancel(g *Graph) int { return int(C.ctflite_graph_cancel(g)) }

// Views lends where the tensors' values are, as of the last Allocate or
// Invoke.
func Views(g *Graph) []View {
	return unsafe.Slice((*View)(unsafe.Pointer(g.views)), g.inputs+g.outputs)
}

// Look is needed before Views when another graph of the interpreter, or
// Realloc, may have moved tensors.
func Look(g *Graph) { C.ctflite_graph_look(g) }
