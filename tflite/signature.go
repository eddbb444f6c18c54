package tflite

import (
	"context"
	"slices"
	"time"

	"github.com/gotf/gotf/internal/ctflite"
	"github.com/gotf/gotf/tf"
)

// Signature is one function of a model, with named inputs and outputs. It is
// open as long as its Interpreter.
type Signature struct {
	Key string // "" for the main graph

	it              *Interpreter
	runner          *ctflite.Runner // nil for the main graph
	inputs, outputs []TensorInfo    // as made; shapes change
	allocated       int             // native.resized as of the last allocation, -1 before
	invoked         bool            // since the last allocation
	unproven        bool            // shapes were set that XNNPACK may wrongly accept
}

func newSignature(it *Interpreter, n *native, key string, r *ctflite.Runner) *Signature {
	s := &Signature{Key: key, it: it, runner: r, allocated: -1}
	if r == nil {
		s.inputs = make([]TensorInfo, ctflite.NumInputs(n.interpreter))
		s.outputs = make([]TensorInfo, ctflite.NumOutputs(n.interpreter))
	} else {
		for _, name := range ctflite.RunnerInputNames(r) {
			s.inputs = append(s.inputs, TensorInfo{Name: name})
		}
		for _, name := range ctflite.RunnerOutputNames(r) {
			s.outputs = append(s.outputs, TensorInfo{Name: name})
		}
	}
	for k := range s.inputs {
		s.inputs[k] = describe(s.inputs[k].Name, s.input(n, k))
	}
	for k := range s.outputs {
		s.outputs[k] = describe(s.outputs[k].Name, s.output(n, k))
	}
	return s
}

// begin lends the C interpreter to one call, which ends with end.
func (s *Signature) begin(op string) (*native, error) {
	n, err := s.it.h.Acquire()
	if err != nil {
		return nil, errorf(op, tf.FailedPrecondition, "%v", errClosed)
	}
	n.mu.Lock()
	return n, nil
}

func (s *Signature) end(n *native) {
	n.mu.Unlock()
	s.it.h.Release()
}

func (s *Signature) input(n *native, k int) *ctflite.Tensor {
	if s.runner == nil {
		return ctflite.Input(n.interpreter, k)
	}
	return ctflite.RunnerInput(s.runner, k)
}

func (s *Signature) output(n *native, k int) *ctflite.Tensor {
	if s.runner == nil {
		return ctflite.Output(n.interpreter, k)
	}
	return ctflite.RunnerOutput(s.runner, k)
}

// Inputs describes the inputs, with their shapes as they are now.
func (s *Signature) Inputs() []TensorInfo { return s.infos(s.inputs, s.input) }

// Outputs describes the outputs. A shape that depends on the inputs' values is
// right after Invoke.
func (s *Signature) Outputs() []TensorInfo { return s.infos(s.outputs, s.output) }

func (s *Signature) infos(made []TensorInfo, tensor func(*native, int) *ctflite.Tensor) []TensorInfo {
	out := slices.Clone(made)
	n, err := s.begin("describe")
	if err != nil {
		return out
	}
	defer s.end(n)
	if s.allocate(n, "describe") != nil {
		return out
	}
	for k := range out {
		out[k].Shape = toShape(ctflite.Dims(tensor(n, k)))
	}
	return out
}

// Invoke computes the outputs from the inputs. When ctx ends, the invocation
// stops after the operation at work and the error matches ctx's; libraries
// that cannot cancel finish it.
func (s *Signature) Invoke(ctx context.Context) error {
	n, err := s.begin("invoke")
	if err != nil {
		return err
	}
	defer s.end(n)
	return s.invoke(ctx, n)
}

func (s *Signature) invoke(ctx context.Context, n *native) error {
	if err := ctx.Err(); err != nil {
		return errorf("invoke", codeOf(err), "%v", context.Cause(ctx))
	}
	if err := s.allocate(n, "invoke"); err != nil {
		return err
	}
	stop := s.watch(ctx, n)
	status := s.invokeAll(n)
	stop()
	s.invoked = status == ctflite.OK
	switch err := ctx.Err(); {
	case s.invoked:
		return nil
	case err != nil:
		reports(n.reporter) // of the cancellation
		return errorf("invoke", codeOf(err), "%v", context.Cause(ctx))
	}
	return errorf("invoke", tf.Internal, "%s", reports(n.reporter))
}

func (s *Signature) invokeAll(n *native) int {
	if s.runner == nil {
		return ctflite.Invoke(n.interpreter)
	}
	return ctflite.RunnerInvoke(s.runner)
}

// watch cancels the invocation when ctx ends. A cancel before the runtime has
// begun is lost, so it is repeated until stop.
func (s *Signature) watch(ctx context.Context, n *native) (stop func()) {
	if ctx.Done() == nil || !n.cancellable {
		return func() {}
	}
	over, left := make(chan struct{}), make(chan struct{})
	unwatch := context.AfterFunc(ctx, func() {
		defer close(left)
		for {
			if s.runner == nil {
				ctflite.Cancel(n.interpreter)
			} else {
				ctflite.RunnerCancel(s.runner)
			}
			select {
			case <-over:
				return
			case <-time.After(time.Millisecond):
			}
		}
	})
	return func() {
		close(over)
		if !unwatch() {
			<-left
		}
	}
}

func codeOf(err error) tf.Code {
	if err == context.DeadlineExceeded {
		return tf.DeadlineExceeded
	}
	return tf.Cancelled
}

// find is the index of the named input or output.
func (s *Signature) find(op, kind, name string, in []TensorInfo) (int, error) {
	for k := range in {
		if in[k].Name == name {
			return k, nil
		}
	}
	names := make([]string, len(in))
	for k := range in {
		names[k] = in[k].Name
	}
	return 0, errorf(op, tf.InvalidArgument, "%s", unknown(kind, name, names))
}
