package tflite

import (
	"context"
	"slices"
	"sync"

	"github.com/gotf/gotf/internal/ctflite"
	"github.com/gotf/gotf/internal/handle"
	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/tf"
)

// Interpreter runs a model. Its own methods work on the model's main graph,
// whose inputs and outputs go by the names of their tensors.
type Interpreter struct {
	h    *handle.Handle[*native]
	main *Signature
	keys []string

	mu   sync.Mutex // guards sigs
	sigs map[string]*Signature
}

// native is what an interpreter owns in C.
type native struct {
	mu          sync.Mutex // one call at a time
	interpreter *ctflite.Interpreter
	xnnpack     *ctflite.Delegate
	reporter    *ctflite.Reporter
	runners     []*ctflite.Runner
	model       *handle.Handle[*nativeModel] // lent until free
	source      *ctflite.Model               // of model
	cancellable bool
	resized     int // counts resizes, after which every graph allocates anew
}

// NewInterpreter prepares m to run. A model that XNNPACK cannot take runs
// without it.
func NewInterpreter(m *Model, o *Options) (*Interpreter, error) {
	const op = "new interpreter"
	threads, err := o.threads()
	if err != nil {
		return nil, errorf(op, tf.InvalidArgument, "%v", err)
	}
	if m == nil {
		return nil, errorf(op, tf.InvalidArgument, "the model is nil")
	}
	nm, err := m.h.Acquire()
	if err != nil {
		return nil, errorf(op, tf.FailedPrecondition, "model: %v", err)
	}
	n := &native{model: m.h, source: nm.model, reporter: ctflite.NewReporter(), cancellable: ctflite.Has("TfLiteInterpreterCancel")}
	// XNNPACK checks a model less than the kernels that it replaces do: whether
	// they accept it is tried first, once for each model.
	nm.try.Do(func() { nm.tried = n.create(nm, threads) })
	why := nm.tried
	if why == "" && !nm.noXNNPACK && (o == nil || !o.NoXNNPACK) {
		n.drop()
		n.xnnpack = ctflite.NewXNNPack(threads)
		why = n.create(nm, threads)
	}
	if n.interpreter == nil && nm.tried == "" {
		n.drop()
		why = n.create(nm, threads)
	}
	if why != "" {
		n.free()
		return nil, errorf(op, tf.InvalidArgument, "%s", why)
	}
	it := &Interpreter{sigs: map[string]*Signature{}, keys: ctflite.SignatureKeys(n.interpreter)}
	it.h = handle.New(n, (*native).free)
	it.main = newSignature(it, n, "", nil)
	return it, nil
}

// create makes the C interpreter and allocates its tensors. It returns why
// that failed, and then leaves none.
func (n *native) create(m *nativeModel, threads int) string {
	n.interpreter = ctflite.NewInterpreter(m.model, threads, n.cancellable, n.xnnpack, n.reporter)
	if n.interpreter == nil {
		return reports(n.reporter)
	}
	if ctflite.Allocate(n.interpreter) != ctflite.OK && !n.dynamicInputs() {
		ctflite.DeleteInterpreter(n.interpreter)
		n.interpreter = nil
		return reports(n.reporter)
	}
	ctflite.TakeReports(n.reporter) // of what was no failure
	return ""
}

// dynamicInputs reports whether the inputs' shapes are still to be set, so
// that a failed allocation is not the last word.
func (n *native) dynamicInputs() bool {
	for k := range ctflite.NumInputs(n.interpreter) {
		info := ctflite.Describe(ctflite.Input(n.interpreter, k))
		if slices.Contains(info.Signature, -1) || slices.Contains(info.Dims, 0) {
			return true
		}
	}
	return false
}

// drop deletes the interpreter and its delegate, in this order.
func (n *native) drop() {
	if n.interpreter != nil {
		ctflite.DeleteInterpreter(n.interpreter)
		n.interpreter = nil
	}
	if n.xnnpack != nil {
		ctflite.DeleteXNNPack(n.xnnpack)
		n.xnnpack = nil
	}
}

func (n *native) free() {
	for _, r := range n.runners {
		ctflite.DeleteRunner(r)
	}
	n.drop()
	ctflite.DeleteReporter(n.reporter)
	n.model.Release()
}

// Close frees the interpreter now, or when the call in flight ends.
func (it *Interpreter) Close() error {
	if it == nil {
		return nil
	}
	return it.h.Close()
}

// Inputs describes the inputs of the main graph in the model's order.
func (it *Interpreter) Inputs() []TensorInfo { return it.main.Inputs() }

// Outputs describes the outputs of the main graph in the model's order.
func (it *Interpreter) Outputs() []TensorInfo { return it.main.Outputs() }

// Resize is [Signature.Resize] on the main graph.
func (it *Interpreter) Resize(input string, shape tf.Shape) error {
	return it.main.Resize(input, shape)
}

// SetTensor is [Signature.SetTensor] on the main graph.
func (it *Interpreter) SetTensor(input string, t *tf.Tensor) error {
	return it.main.SetTensor(input, t)
}

// Tensor is [Signature.Tensor] on the main graph.
func (it *Interpreter) Tensor(name string) (*tf.Tensor, error) { return it.main.Tensor(name) }

// Invoke is [Signature.Invoke] on the main graph.
func (it *Interpreter) Invoke(ctx context.Context) error { return it.main.Invoke(ctx) }

// Signatures lists the keys of the model's signatures.
func (it *Interpreter) Signatures() []string { return slices.Clone(it.keys) }

// Signature finds a signature by its key; "" is the main graph. An unknown key
// is a NotFound error.
func (it *Interpreter) Signature(key string) (*Signature, error) {
	op := "signature " + key
	if key == "" {
		return it.main, nil
	}
	if !slices.Contains(it.keys, key) {
		return nil, errorf(op, tf.NotFound, "%s", unknown("signature", key, it.keys))
	}
	it.mu.Lock()
	defer it.mu.Unlock()
	if s := it.sigs[key]; s != nil {
		return s, nil
	}
	n, err := it.h.Acquire()
	if err != nil {
		return nil, errorf(op, tf.FailedPrecondition, "%v", errClosed)
	}
	defer it.h.Release()
	n.mu.Lock()
	defer n.mu.Unlock()
	r := ctflite.NewRunner(n.interpreter, key)
	if r == nil {
		return nil, errorf(op, tf.Internal, "%s", reports(n.reporter))
	}
	n.runners = append(n.runners, r)
	it.sigs[key] = newSignature(it, n, key, r)
	return it.sigs[key], nil
}

// Run is [Signature.Run] of the named signature; "" is the main graph.
func (it *Interpreter) Run(ctx context.Context, signature string, inputs map[string]*tf.Tensor) (map[string]*tf.Tensor, error) {
	s, err := it.Signature(signature)
	if err != nil {
		return nil, err
	}
	return s.Run(ctx, inputs)
}

// unknown says that there is no such thing, what may have been meant, and
// what there is.
func unknown(kind, name string, names []string) string {
	if len(names) == 0 {
		return "no " + kind + " " + quote(name) + ": the model has none"
	}
	return "no " + kind + " " + quote(name) + suggest.DidYouMean(name, names) + " (there is " + list(names) + ")"
}
