package convert

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
	"github.com/gotf/gotf/tflite/internal/schema"
)

// place is a tensor of a model.
type place struct{ graph, tensor int32 }

// A watched model tells what its tensors hold while it runs, in all subgraphs:
// operators of its own, the observers, stand between the others and read.
type watched struct {
	m           *schema.ModelT
	types       []schema.TensorType // of the tensors that are observed
	observers   [][]place           // what each one reads
	tracers     []lstm              // what each one follows
	model       *tflite.Model
	interpreter *tflite.Interpreter
	facts       *tflite.Structure

	see func(place, []float32) error // of the run at work
	err error                        // of see
}

// The types that calibration and the search for errors look at.
var (
	floatValues     = []schema.TensorType{schema.TensorTypeFLOAT32}
	quantizedValues = []schema.TensorType{schema.TensorTypeFLOAT32, schema.TensorTypeINT8}
)

// The names of the operators that observe, and of those that follow an LSTM for
// what it does not show.
const (
	observer = "gotf.observe"
	tracer   = "gotf.trace"
)

// watchThreads lets TFLite take its kernels for several threads, as Python's
// calibrator does, whose sums have other last bits than those for one. It is the
// same number everywhere, so that ranges are.
const watchThreads = 4

// watch prepares a copy of m with observers of the tensors of these types; custom
// are kernels that it needs. It uses TFLite's own kernels, not XNNPACK's, as
// Python's calibrator does.
func watch(m *schema.ModelT, types []schema.TensorType, custom []tflite.CustomOp) (*watched, error) {
	w := &watched{m: m, types: types}
	open := *m
	open.OperatorCodes = append(slices.Clip(m.OperatorCodes), customCode(observer), customCode(tracer))
	open.Subgraphs = nil
	for i, g := range m.Subgraphs {
		copied := *g
		copied.Operators = w.between(int32(i), g, uint32(len(m.OperatorCodes)))
		open.Subgraphs = append(open.Subgraphs, &copied)
	}
	data := pack(&open)
	var err error
	if w.facts, err = tflite.Inspect(data); err != nil {
		return nil, err
	}
	if w.model, err = tflite.NewModel(data); err != nil {
		return nil, err
	}
	ready := func(*tflite.Node) error { return nil }
	ops := append(slices.Clip(custom),
		tflite.CustomOp{Name: observer, Init: w.placesOf, Prepare: ready, Invoke: w.observe},
		tflite.CustomOp{Name: tracer, Init: w.lstmOf, Prepare: ready, Invoke: w.trace})
	if w.interpreter, err = tflite.NewInterpreter(w.model, &tflite.Options{NoXNNPACK: true, Threads: watchThreads, Ops: ops}); err != nil {
		w.model.Close()
		return nil, err
	}
	return w, nil
}

func customCode(name string) *schema.OperatorCodeT {
	return &schema.OperatorCodeT{BuiltinCode: schema.BuiltinOperatorCUSTOM, DeprecatedBuiltinCode: int8(schema.BuiltinOperatorCUSTOM), CustomCode: name, Version: 1}
}

func (w *watched) name(at place) string { return w.m.Subgraphs[at.graph].Tensors[at.tensor].Name }

func (w *watched) close() {
	w.interpreter.Close()
	w.model.Close()
}

// between are g's operators with observers between them. A tensor is observed
// when it is made, an input of g before its first use, and a variable before and
// after each use. What only TensorFlow's kernels touch is not, as in Python.
func (w *watched) between(graph int32, g *schema.SubGraphT, code uint32) (list []*schema.OperatorT) {
	seen := map[int32]bool{}
	add := func(tensors []int32) {
		var places []place
		var inputs []int32
		for _, t := range tensors {
			if w.observable(g, t) && (!seen[t] || g.Tensors[t].IsVariable) {
				seen[t] = true
				places, inputs = append(places, place{graph, t}), append(inputs, t)
			}
		}
		if len(places) == 0 {
			return
		}
		list = append(list, reader(code, inputs, len(w.observers)))
		w.observers = append(w.observers, places)
	}
	for _, o := range g.Operators {
		if isFlex(w.m.OperatorCodes[o.OpcodeIndex].CustomCode) {
			list = append(list, o)
			continue
		}
		add(o.Inputs)
		if l := (lstm{graph, o}); fusedLSTM(w.m, o) && l.traced(g) {
			list = append(list, reader(code+1, o.Inputs, len(w.tracers)))
			w.tracers = append(w.tracers, l)
		}
		list = append(list, o)
		add(slices.Concat(o.Inputs, o.Outputs))
	}
	return list
}

// observes says that a tensor of a subgraph is watched.
func (w *watched) observes(graph int32) bool {
	return slices.ContainsFunc(w.observers, func(places []place) bool { return places[0].graph == graph })
}

// reader is an operator that only reads, the n-th of its kind.
func reader(code uint32, inputs []int32, n int) *schema.OperatorT {
	return &schema.OperatorT{OpcodeIndex: code, Inputs: inputs, Outputs: []int32{}, CustomOptions: binary.LittleEndian.AppendUint32(nil, uint32(n))}
}

// observable says that a tensor has one of the types and is computed.
func (w *watched) observable(g *schema.SubGraphT, i int32) bool {
	if i < 0 || !slices.Contains(w.types, g.Tensors[i].Type) || len(w.m.Buffers[g.Tensors[i].Buffer].Data) > 0 {
		return false
	}
	q := g.Tensors[i].Quantization
	return g.Tensors[i].Type != schema.TensorTypeINT8 || q != nil && len(q.Scale) == 1 && len(q.ZeroPoint) == 1
}

// placesOf makes the state of an observer of its options.
func (w *watched) placesOf(options []byte) (any, error) {
	return w.observers[binary.LittleEndian.Uint32(options)], nil
}

// lstmOf makes the state of a tracer.
func (w *watched) lstmOf(options []byte) (any, error) {
	return w.tracers[binary.LittleEndian.Uint32(options)], nil
}

// trace gives what an LSTM does not show to see.
func (w *watched) trace(_ context.Context, n *tflite.Node) error {
	if w.err == nil {
		w.err = n.State.(lstm).trace(n, w.see)
	}
	return nil
}

// observe gives what an observer reads to see. Tensors that have no memory, as
// some that a loop hands on, hold nothing.
func (w *watched) observe(_ context.Context, n *tflite.Node) error {
	for i, at := range n.State.([]place) {
		if w.err != nil || n.Input(i).Bytes() == nil {
			continue
		}
		values, err := w.read(n.Input(i), at)
		if err != nil {
			return err
		}
		w.err = w.see(at, values)
	}
	return nil
}

// read returns what a tensor holds, or stands for.
func (w *watched) read(from tflite.NodeTensor, at place) ([]float32, error) {
	t := w.m.Subgraphs[at.graph].Tensors[at.tensor]
	if t.Type == schema.TensorTypeFLOAT32 {
		return tflite.View[float32](from)
	}
	values, err := tflite.View[int8](from)
	if err != nil {
		return nil, err
	}
	return dequantize(values, t.Quantization.Scale[0], int32(t.Quantization.ZeroPoint[0])), nil
}

// reset forgets what layers kept of the last run.
func (w *watched) reset() error {
	if !stateful(w.facts) {
		return nil
	}
	return w.interpreter.ResetVariables()
}

// run gives the values of every watched tensor to see, for as long as it takes
// no error, in the order in which they are computed: several times for those
// inside of loops. They are lent.
func (w *watched) run(ctx context.Context, sample Sample, see func(place, []float32) error) error {
	if writes := w.facts.FileWrites(sample.Signature); len(writes) > 0 {
		return errorf("calibrate", tf.PermissionDenied, "signature %q is not run: it writes files, by %s", sample.Signature, writes[0])
	}
	s, err := w.interpreter.Signature(sample.Signature)
	if err != nil {
		return err
	}
	if err := feed(s, sample.Inputs); err != nil {
		return err
	}
	w.see, w.err = see, nil
	if err := s.Invoke(ctx); err != nil {
		return err
	}
	return w.err
}
