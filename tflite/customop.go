package tflite

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/gotf/gotf/internal/ctflite"
	"github.com/gotf/gotf/tf"
)

// CustomOp is an operation written in Go, for models with custom operations.
// Its functions may be called by several interpreters at a time. An error or a
// panic of theirs is the error of NewInterpreter, Resize, Invoke or Run, with
// the operation's name.
type CustomOp struct {
	Name    string // as the model has it
	Version int    // 0 means 1

	// Init makes the state of one node from the options that the file has for
	// it, which are lent. Nil: there is none. An interpreter may be made more
	// than once before the first invocation.
	Init func(options []byte) (state any, err error)

	// Prepare looks at the inputs' types and shapes and gives the outputs their
	// shapes. It is called again when those of the inputs change. Nil gives
	// every output the shape of the first input.
	Prepare func(n *Node) error

	// Invoke computes the outputs. The ctx is that of Invoke or Run.
	Invoke func(ctx context.Context, n *Node) error
}

func (op *CustomOp) check() error {
	switch {
	case op.Name == "":
		return errors.New("the custom operation has no name")
	case op.Invoke == nil:
		return fmt.Errorf("the custom operation %s has no Invoke", op.Name)
	case op.Version < 0:
		return fmt.Errorf("the custom operation %s has version %d", op.Name, op.Version)
	}
	return nil
}

// goOp is a CustomOp of one interpreter.
type goOp struct {
	n  *native
	op *CustomOp
}

func (g *goOp) Init(options []byte) (node ctflite.Node) {
	made := &goNode{goOp: g}
	made.failed = g.guard(func() (err error) {
		if g.op.Init != nil {
			made.state, err = g.op.Init(options)
		}
		return err
	})
	return made
}

// guard names the operation in the error of f, and makes one of a panic.
func (g *goOp) guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("custom operation %s: panic: %v (%s)", g.op.Name, p, panicked(debug.Stack()))
		}
	}()
	if err := f(); err != nil {
		return fmt.Errorf("custom operation %s: %w", g.op.Name, err)
	}
	return nil
}

// goNode is a CustomOp at one place in a graph.
type goNode struct {
	*goOp
	state  any
	failed error // of Init
}

func (g *goNode) Free() {}

func (g *goNode) Prepare(c ctflite.Call) bool {
	return g.call(c, func(n *Node) error {
		if g.failed != nil {
			return g.failed
		}
		return g.guard(func() error {
			if g.op.Prepare != nil {
				return g.op.Prepare(n)
			}
			return n.likeFirst()
		})
	})
}

func (g *goNode) Invoke(c ctflite.Call) bool {
	ctx := g.n.ctx
	if ctx == nil {
		ctx = context.Background()
	}
	return g.call(c, func(n *Node) error {
		return g.guard(func() error { return g.op.Invoke(ctx, n) })
	})
}

func (g *goNode) call(c ctflite.Call, f func(*Node) error) bool {
	n := &Node{State: g.state, call: &c}
	err := f(n)
	n.call = nil // lent no more
	g.state = n.State
	if err != nil {
		g.n.failures.add(err)
	}
	return err == nil
}

// Node is a custom operation at one place in a model. It and its tensors are
// lent to Prepare and Invoke; afterwards the methods fail.
type Node struct {
	State any // from Init; may be changed

	call *ctflite.Call
}

// NumInputs is the number of inputs.
func (n *Node) NumInputs() int {
	if n.call == nil {
		return 0
	}
	return ctflite.CallInputs(*n.call)
}

// NumOutputs is the number of outputs.
func (n *Node) NumOutputs() int {
	if n.call == nil {
		return 0
	}
	return ctflite.CallOutputs(*n.call)
}

// Input is the i-th input; see [NodeTensor.Present].
func (n *Node) Input(i int) NodeTensor {
	if n.call == nil || i < 0 || i >= n.NumInputs() {
		return NodeTensor{}
	}
	return NodeTensor{n, ctflite.CallInput(*n.call, i)}
}

// Output is the i-th output.
func (n *Node) Output(i int) NodeTensor {
	if n.call == nil || i < 0 || i >= n.NumOutputs() {
		return NodeTensor{}
	}
	return NodeTensor{n, ctflite.CallOutput(*n.call, i)}
}

// Resize gives an output its shape: in Prepare or, for one made dynamic there,
// in Invoke.
func (n *Node) Resize(output int, shape tf.Shape) error {
	t := n.Output(output)
	if !t.Present() {
		return fmt.Errorf("%w: output %d of %d", tf.InvalidArgument, output, n.NumOutputs())
	}
	dims, ok := toDims(shape)
	if !ok {
		return fmt.Errorf("%w: shape %v is unknown or too large", tf.InvalidArgument, shape)
	}
	if ctflite.CallResize(*n.call, t.t, dims) != ctflite.OK {
		return fmt.Errorf("%w: output %d cannot have shape %v", tf.Internal, output, shape)
	}
	return nil
}

// SetDynamic says, in Prepare, that only Invoke knows the shape of an output.
func (n *Node) SetDynamic(output int) error {
	t := n.Output(output)
	if !t.Present() {
		return fmt.Errorf("%w: output %d of %d", tf.InvalidArgument, output, n.NumOutputs())
	}
	ctflite.SetDynamic(t.t)
	return nil
}

func (n *Node) likeFirst() error {
	if n.NumInputs() == 0 {
		return errors.New("it has no input whose shape the outputs could take: set Prepare")
	}
	for i := range n.NumOutputs() {
		if err := n.Resize(i, n.Input(0).Shape()); err != nil {
			return err
		}
	}
	return nil
}
