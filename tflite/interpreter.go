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

// NewInterpreter prepares m to run. A model that XNNPACK cannot take runs
// without it. Operations that neither the library nor the options have are an
// Unimplemented error that names each.
func NewInterpreter(m *Model, o *Options) (*Interpreter, error) {
	options, err := o.checked()
	if err != nil {
		return nil, errorf(newInterpreter, tf.InvalidArgument, "%w", err)
	}
	if m == nil {
		return nil, errorf(newInterpreter, tf.InvalidArgument, "the model is nil")
	}
	nm, err := m.h.Acquire()
	if err != nil {
		return nil, errorf(newInterpreter, tf.FailedPrecondition, "model: %w", err)
	}
	return interpreterOf(&native{model: m.h, source: nm, options: options}, false)
}

// interpreterOf takes over the model of lent, and has its options.
func interpreterOf(lent *native, profile bool) (*Interpreter, error) {
	n, err := newNative(lent, profile)
	if err != nil {
		return nil, err
	}
	it := &Interpreter{sigs: map[string]*Signature{}, keys: ctflite.SignatureKeys(n.interpreter)}
	it.h = handle.New(n, (*native).free)
	it.main = newSignature(it, n.graphs[0], "")
	return it, nil
}

// Close frees the interpreter now, or when the call in flight ends.
func (it *Interpreter) Close() error {
	if it == nil {
		return nil
	}
	return it.h.Close()
}

// Inputs describes the inputs of the main graph in the model's order.
func (it *Interpreter) Inputs() []TensorInfo { return it.graph().Inputs() }

// Outputs describes the outputs of the main graph in the model's order.
func (it *Interpreter) Outputs() []TensorInfo { return it.graph().Outputs() }

// Resize is [Signature.Resize] on the main graph.
func (it *Interpreter) Resize(input string, shape tf.Shape) error {
	return it.graph().Resize(input, shape)
}

// SetTensor is [Signature.SetTensor] on the main graph.
func (it *Interpreter) SetTensor(input string, t *tf.Tensor) error {
	return it.graph().SetTensor(input, t)
}

// Tensor is [Signature.Tensor] on the main graph.
func (it *Interpreter) Tensor(name string) (*tf.Tensor, error) { return it.graph().Tensor(name) }

// Invoke is [Signature.Invoke] on the main graph.
func (it *Interpreter) Invoke(ctx context.Context) error { return it.graph().Invoke(ctx) }

// Profile is [Signature.Profile] on the main graph.
func (it *Interpreter) Profile(ctx context.Context, runs int) ([]OpTime, error) {
	return it.graph().Profile(ctx, runs)
}

// ResetVariables sets the variables of recurrent layers, which keep their
// values from one invocation to the next, to zero. Resource variables and hash
// tables belong to the Interpreter: a new one starts anew.
func (it *Interpreter) ResetVariables() error {
	n, err := it.graph().begin("reset variables")
	if err != nil {
		return err
	}
	defer it.main.end(n)
	if !ctflite.Has("TfLiteInterpreterResetVariableTensors") {
		return errorf("reset variables", tf.Unimplemented, "the library lacks TfLiteInterpreterResetVariableTensors")
	}
	if ctflite.ResetVariables(n.interpreter) != ctflite.OK {
		return errorf("reset variables", tf.Internal, "%w", n.reason())
	}
	return nil
}

// Signatures lists the keys of the model's signatures.
func (it *Interpreter) Signatures() []string {
	if it == nil {
		return nil
	}
	return slices.Clone(it.keys)
}

// Signature finds a signature by its key; "" is the main graph. An unknown key
// is a NotFound error.
func (it *Interpreter) Signature(key string) (*Signature, error) {
	op := step{"signature", key}
	if it.graph() == nil {
		return nil, errorf(op, tf.InvalidArgument, "%w", errNoGraph)
	}
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
	n, err := it.main.begin(op)
	if err != nil {
		return nil, err
	}
	defer it.main.end(n)
	g := n.runnerGraph(key)
	if g == nil {
		return nil, errorf(op, tf.Internal, "%w", n.reason())
	}
	it.sigs[key] = newSignature(it, g, key)
	return it.sigs[key], nil
}

// runnerGraph is the graph of a signature, or nil.
func (n *native) runnerGraph(key string) *ctflite.Graph {
	r := ctflite.NewRunner(n.interpreter, key)
	if r == nil {
		return nil
	}
	g := ctflite.NewGraph(n.interpreter, r)
	n.runners, n.graphs = append(n.runners, r), append(n.graphs, g)
	return g
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
