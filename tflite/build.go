package tflite

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"

	"github.com/gotf/gotf/internal/ctflite"
	"github.com/gotf/gotf/internal/handle"
	"github.com/gotf/gotf/tf"
)

// native is what an interpreter owns in C.
type native struct {
	turn        chan struct{} // holds a token while a call is at work
	interpreter *ctflite.Interpreter
	parts       ctflite.Parts
	graphs      []*ctflite.Graph
	runners     []*ctflite.Runner
	reporter    *ctflite.Reporter
	model       *handle.Handle[*nativeModel] // lent until free
	source      *nativeModel                 // of model
	options     Options
	xnnpack     bool
	onlyXNNPACK []string // operations of the model
	flex        string   // the TensorFlow library that lends its operations
	resized     int      // counts resizes, after which every graph allocates anew
	last        *Signature
	failures    failures
	ctx         context.Context // of the invocation at work, for operations in Go
}

// newNative prepares a model, which it takes over as lent, to run with XNNPACK
// if it can.
func newNative(lent *native, profile bool) (*native, error) {
	n := lent.like(lent.options)
	if profile {
		n.parts.Profiler = ctflite.NewProfiler()
	}
	if err := n.make(); err != nil {
		n.free()
		return nil, err
	}
	return n, nil
}

// like is an unmade interpreter of the same model, which it takes over as lent.
func (n *native) like(o Options) *native {
	return &native{
		turn: make(chan struct{}, 1), model: n.model, source: n.source, options: o, reporter: ctflite.NewReporter(),
		parts: ctflite.Parts{Threads: o.Threads, Cancellable: ctflite.Has("TfLiteInterpreterCancel")},
	}
}

const newInterpreter = "new interpreter"

func (n *native) make() (err error) {
	if n.flex, err = n.findOps(); err != nil {
		return err
	}
	if err := n.addOperators(); err != nil {
		return err
	}
	if len(n.onlyXNNPACK) > 0 {
		return n.makeXNNPACK()
	}
	try := !n.options.NoXNNPACK && !n.source.facts.Dead
	if !try {
		return n.create(false, nil, "")
	}
	if !n.source.proven.Load() && len(n.options.Delegates) == 0 {
		if err := n.create(false, nil, ""); err != nil {
			return err
		}
		n.source.proven.Store(true)
		n.drop()
	}
	err = n.createXNNPACK()
	if err == nil || errors.As(err, new(*fs.PathError)) || errors.As(err, new(*os.LinkError)) {
		return err
	}
	return n.create(false, nil, "") // the runtime goes on without it, too
}

// makeXNNPACK makes an interpreter of a model that needs XNNPACK's operations.
func (n *native) makeXNNPACK() error {
	if n.source.facts.Dead {
		return errorf(newInterpreter, tf.Unimplemented, "the model needs XNNPACK for the custom %s, and has operations whose results nothing uses, which XNNPACK does not take", operations(n.onlyXNNPACK))
	}
	if err := n.createXNNPACK(); err != nil {
		return errorf(newInterpreter, tf.Unimplemented, "XNNPACK does not take the custom %s as the model has it: %w", operations(n.onlyXNNPACK), err)
	}
	return nil
}

// create makes the C interpreter and allocates its tensors. When that fails it
// leaves none. The cache or the file keep XNNPACK's weights, or are nil and "".
func (n *native) create(xnnpack bool, cache *ctflite.WeightsCache, file string) error {
	n.xnnpack = xnnpack
	err := n.addDelegates(cache, file)
	if err == nil {
		n.interpreter = ctflite.NewInterpreter(n.source.model, n.parts, n.reporter)
		err = n.allocateFirst()
	}
	if err != nil {
		n.drop()
		return err
	}
	ctflite.TakeReports(n.reporter) // of what was no failure
	n.failures.take()
	return nil
}

func (n *native) allocateFirst() error {
	if n.interpreter == nil {
		return errorf(newInterpreter, tf.InvalidArgument, "%w", n.reason())
	}
	g := ctflite.NewGraph(n.interpreter, nil)
	n.graphs = append(n.graphs, g)
	if ctflite.Allocate(g) != ctflite.OK && !dynamicInputs(g) {
		return errorf(newInterpreter, tf.InvalidArgument, "%w", n.reason())
	}
	return nil
}

// dynamicInputs reports whether the inputs' shapes are still to be set, so
// that a failed allocation is not the last word.
func dynamicInputs(g *ctflite.Graph) bool {
	for k := range ctflite.NumInputs(g) {
		info := ctflite.Describe(ctflite.GraphTensor(g, k))
		if slices.Contains(info.Signature, -1) || slices.Contains(info.Dims, 0) {
			return true
		}
	}
	return false
}

// addDelegates makes the delegates, which belong to one interpreter.
func (n *native) addDelegates(cache *ctflite.WeightsCache, file string) error {
	add := func(d *ctflite.Delegate) { n.parts.Delegates = append(n.parts.Delegates, d) }
	for _, d := range n.options.Delegates {
		keys := slices.Sorted(maps.Keys(d.Options))
		values := make([]string, len(keys))
		for i, k := range keys {
			values[i] = d.Options[k]
		}
		made, err := ctflite.NewPlugin(d.Path, keys, values, n.reporter)
		switch {
		case err != nil:
			return errorf(step{"delegate", d.Path}, tf.FailedPrecondition, "%w", err)
		case made == nil:
			return errorf(step{"delegate", d.Path}, tf.FailedPrecondition, "it made no delegate: %s", reports(n.reporter))
		}
		add(made)
	}
	if n.flex != "" {
		add(ctflite.NewFlex(n.flex))
	}
	if n.xnnpack {
		on, off := n.options.XNNPACK.flags()
		d := ctflite.NewXNNPack(n.options.Threads, on, off, cache, file)
		if d == nil {
			return errorf(newInterpreter, tf.Unimplemented, "the library has no XNNPACK")
		}
		add(d)
	}
	return nil
}

func (n *native) addOperators() error {
	for i := range n.options.Ops {
		op := &n.options.Ops[i]
		made := ctflite.NewOperator(op.Name, max(1, op.Version), &goOp{n, op})
		if made == nil {
			return errorf(newInterpreter, tf.Unimplemented, "custom op %s: %w", op.Name, errNoLibrary("custom operations"))
		}
		n.parts.Operators = append(n.parts.Operators, made)
	}
	return nil
}

// drop deletes the interpreter and its delegates, in this order.
func (n *native) drop() {
	for _, g := range n.graphs {
		ctflite.DeleteGraph(g)
	}
	for _, r := range n.runners {
		ctflite.DeleteRunner(r)
	}
	if n.interpreter != nil {
		ctflite.DeleteInterpreter(n.interpreter)
	}
	for _, d := range n.parts.Delegates {
		ctflite.DeleteDelegate(d)
	}
	n.graphs, n.runners, n.interpreter, n.parts.Delegates = nil, nil, nil, nil
}

func (n *native) free() {
	n.drop()
	for _, op := range n.parts.Operators {
		ctflite.DeleteOperator(op)
	}
	if n.parts.Profiler != nil {
		ctflite.DeleteProfiler(n.parts.Profiler)
	}
	ctflite.DeleteReporter(n.reporter)
	n.model.Release()
}
