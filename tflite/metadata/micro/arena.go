package micro

import (
	"slices"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/internal/schema"
)

// Arena is the memory that TFLM takes for a model, in bytes, on a 64-bit machine
// with the reference kernels.
//
// Planned is computed with TFLM's own method. Persistent adds up what the
// interpreter, its kernels and the tensors keep; the sizes of kernels are
// measured ones. On a 32-bit microcontroller pointers are half as wide and
// Persistent is smaller; optimised kernels (CMSIS-NN, ESP-NN) take more scratch
// memory. The last word has TFLM's own MicroInterpreter::arena_used_bytes.
type Arena struct {
	Planned    int // inputs, outputs, what operators exchange, scratch memory
	Persistent int // structures, and what kernels compute once
	Total      int // both: what TFLM's RecordingMicroAllocator calls the total

	// Reserve is the size to give to the interpreter: Total, or the room that
	// planning takes where that is more, with some bytes for alignment.
	Reserve int

	// Guessed are operators whose kernels were not measured: those that TFLM has
	// not, and custom ones. The room counted for them is more than that of any
	// kernel known.
	Guessed []string

	// Refused are operators that TFLM lacks or refuses, a line for each kind:
	// the model does not run as it is. [Check] has more about them.
	Refused []string
}

// Sizes of TFLM's structures on a 64-bit machine.
const (
	alignment      = 16
	interpreterFix = 472 // allocators, planner and what they keep
	perSubgraph    = 16
	perTensor      = 24 // TfLiteEvalTensor
	perOperator    = 64 // NodeAndRegistration
	perPort        = 64 // TfLiteTensor
	perQuantized   = 24 // TfLiteAffineQuantization
	perScratch     = 8  // ScratchBufferHandle
	pointer        = 8
	perResources   = 40 // MicroResourceVariables
	perResource    = 72 // of one variable
	planTensor     = 32 // AllocationInfo, while planning
	planBuffer     = 40 // of the greedy planner
	requestBlock   = 192
	slack          = 128 // for what alignment costs on the way
)

// What Estimate takes: subgraphs that call each other can have very many steps.
const (
	maxSteps   = 1 << 20
	maxBuffers = 1 << 15
)

// Estimate computes the arena of a .tflite file.
func Estimate(data []byte) (*Arena, error) {
	graphs, err := readGraphs(data)
	if err != nil {
		return nil, tf.Errorf("estimate arena", tf.DataLoss, "%v", err)
	}
	for _, g := range graphs {
		for _, t := range g.tensors {
			if elementBytes[t.dtype] == 0 && !t.constant {
				return nil, tf.Errorf("estimate arena", tf.InvalidArgument, "tensor %q is of type %v, which TFLM does not have", t.name, t.dtype)
			}
		}
	}
	a := &Arena{}
	support := check(data, graphs)
	for _, o := range slices.Concat(support.Missing, support.Refused) {
		a.Refused = append(a.Refused, o.String())
	}
	e := &estimate{a: a, graphs: graphs, life: make([][]buffer, len(graphs))}
	e.lifetimes()
	buffers := e.buffers()
	if e.step > maxSteps || len(buffers) > maxBuffers {
		return nil, tf.Errorf("estimate arena", tf.InvalidArgument, "the model has more than %d steps or %d buffers: it is not for a microcontroller", maxSteps, maxBuffers)
	}
	a.Planned = plan(buffers)
	a.Persistent = e.persistent()
	a.Total = a.Planned + a.Persistent
	planning := planTensor*(e.tensors()+len(e.scratch)) + planBuffer*len(buffers) + pointer*len(graphs) + alignment*4
	a.Reserve = max(a.Total, a.Persistent+max(planning, e.preparing())) + slack
	return a, nil
}

// estimate is the work of Estimate.
type estimate struct {
	a       *Arena
	graphs  []*graph
	life    [][]buffer // of each tensor
	scratch []buffer
	step    int
}

func (e *estimate) tensors() (n int) {
	for _, g := range e.graphs {
		n += len(g.tensors)
	}
	return n
}

// lifetimes walks through the operators as TFLM does.
func (e *estimate) lifetimes() {
	for i, g := range e.graphs {
		e.life[i] = make([]buffer, len(g.tensors))
		for k := range e.life[i] {
			e.life[i][k] = buffer{first: -1, last: -1}
		}
	}
	e.walk(0)
}

func (e *estimate) walk(i int) {
	g, life := e.graphs[i], e.life[i]
	if e.step > maxSteps {
		return
	}
	for _, t := range slices.Concat(g.inputs, g.outputs) {
		life[t].first, life[t].last = e.step, e.step
	}
	for _, o := range g.operators {
		e.step++
		start := e.step
		for _, t := range o.outputs {
			if t >= 0 {
				life[t].first, life[t].last = e.step, e.step
			}
		}
		for _, c := range o.calls {
			e.step++
			e.walk(c)
		}
		for _, t := range slices.Concat(o.inputs, o.outputs) {
			if t >= 0 {
				life[t].last = e.step
			}
		}
		_, scratch := o.extra()
		for _, size := range scratch {
			e.scratch = append(e.scratch, buffer{align(size, alignment), start, e.step})
		}
	}
	for _, t := range g.outputs {
		life[t].last = e.step
	}
}

// buffers are what the planner has to place.
func (e *estimate) buffers() (out []buffer) {
	for i, g := range e.graphs {
		for k, t := range g.tensors {
			if t.constant || t.variable || t.dtype == schema.TensorTypeRESOURCE || t.bytes() == 0 {
				continue
			}
			b := e.life[i][k]
			b.size = align(t.bytes(), alignment)
			out = append(out, b)
		}
	}
	return append(out, e.scratch...)
}

// persistent adds up the allocations in the order TFLM makes them, so that
// alignment comes out right.
func (e *estimate) persistent() int {
	s := stack(interpreterFix + perSubgraph*len(e.graphs))
	for _, g := range e.graphs {
		s.take(perOperator*len(g.operators), pointer)
		s.take(perTensor*len(g.tensors), pointer)
	}
	var data, later []int
	for _, g := range e.graphs {
		for _, o := range g.operators {
			k := e.kernel(o)
			s.take(k.params, 4)
			data = append(data, k.data)
			blocks, _ := o.extra()
			later = append(later, blocks...)
		}
		for _, t := range g.tensors {
			if t.variable {
				later = append(later, t.bytes())
			}
		}
	}
	for _, size := range slices.Concat(data, later, e.resources()) {
		s.take(size, alignment)
	}
	s.take(perScratch*len(e.scratch), pointer)
	main := e.graphs[0]
	s.take(pointer*len(main.inputs), alignment)
	s.take(pointer*len(main.outputs), alignment)
	for _, i := range slices.Concat(main.inputs, main.outputs) {
		s.take(perPort, pointer)
		if n := main.tensors[i].scales; n > 0 {
			s.take(perQuantized, pointer)
			s.take(4+4*n, 4)
		}
	}
	return align(int(s), alignment)
}

// preparing is the temporary room that the most demanding kernel takes while it
// looks at its tensors, beside its requests for scratch memory.
func (e *estimate) preparing() (most int) {
	for _, g := range e.graphs {
		for _, o := range g.operators {
			room := 0
			for _, i := range slices.Concat(o.inputs, o.outputs) {
				if i < 0 {
					continue
				}
				room += perPort
				if n := g.tensors[i].scales; n > 0 {
					room += align(perQuantized+4+4*n, pointer)
				}
			}
			most = max(most, room)
		}
	}
	return most + requestBlock + perScratch*len(e.scratch)*2
}

// resources are the variables that all subgraphs share, and the list of them.
func (e *estimate) resources() (blocks []int) {
	bytes := map[string]int{}
	for _, g := range e.graphs {
		names := map[int]string{} // by the tensor that stands for a variable
		for _, o := range g.operators {
			switch o.code {
			case schema.BuiltinOperatorVAR_HANDLE:
				names[o.outputs[0]] = o.resource
				bytes[o.resource] = max(bytes[o.resource], 0)
			case schema.BuiltinOperatorREAD_VARIABLE:
				name := names[o.inputs[0]]
				bytes[name] = max(bytes[name], o.output(0).bytes())
			case schema.BuiltinOperatorASSIGN_VARIABLE:
				name := names[o.inputs[0]]
				bytes[name] = max(bytes[name], o.input(1).bytes())
			}
		}
	}
	if len(bytes) == 0 {
		return nil
	}
	for _, n := range bytes {
		blocks = append(blocks, n)
	}
	return append(blocks, perResources+perResource*len(bytes))
}

// kernel is the size of an operator's kernel.
func (e *estimate) kernel(o operator) kernel {
	k, known := kernels()[o.name]
	if known {
		if o.name == "LOG_SOFTMAX" && !o.input(0).integer() {
			k.data = 0
		}
		return k
	}
	if list := &e.a.Guessed; !slices.Contains(*list, o.name) {
		*list = append(*list, o.name)
	}
	return guess
}

// stack is the part of the arena that grows from its end.
type stack int

func (s *stack) take(size, to int) {
	if size > 0 {
		*s = stack(align(int(*s)+size, to))
	}
}

func align(n, to int) int { return (n + to - 1) / to * to }
