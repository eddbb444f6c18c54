package tflite

import (
	"context"
	"time"

	"github.com/gotf/gotf/internal/ctflite"
	"github.com/gotf/gotf/tf"
)

// OpTime says how long an operation of the model took in one invocation.
type OpTime struct {
	// Subgraph and Index are the operation's place in the file. Both are -1 for
	// the part of a graph that XNNPACK runs; its steps have Subgraph -1 and are
	// numbered by Index.
	Subgraph, Index int

	Op      string   // "CONV_2D", a custom operation's name, "XNNPACK", "Convolution (NHWC, F32) IGEMM"
	Name    string   // of the first output, "" for XNNPACK
	Outputs []string // names of all outputs
	Ops     int      // operations of the file in XNNPACK's part, 0 if that is not known
	Depth   int      // 0, or more for what runs inside another: a loop's body, a delegate's step

	Calls          int           // in one invocation
	Mean, Min, Max time.Duration // of all calls of one invocation together; of XNNPACK's steps in whole microseconds
	Share          float64       // of Mean in that of the whole invocation, 0 to 1
}

// Profile invokes the graph some times (0 means 10), after one time to warm up,
// and says how long each operation took, in the order of their first runs. It
// works with an interpreter of its own, with the options of this one and the
// values that the inputs have now, so this one is not slowed down and its
// variables stay as they are. What XNNPACK runs is one operation, followed by
// its steps at the next Depth; the option NoXNNPACK gives TFLite's own kernels
// one by one.
func (s *Signature) Profile(ctx context.Context, runs int) ([]OpTime, error) {
	const op = "profile"
	switch {
	case runs < 0:
		return nil, errorf(op, tf.InvalidArgument, "the number of runs must not be negative, got %d", runs)
	case runs == 0:
		runs = 10
	}
	if !ctflite.Has("TfLiteInterpreterOptionsSetTelemetryProfiler") {
		return nil, errorf(op, tf.Unimplemented, "the library lacks TfLiteInterpreterOptionsSetTelemetryProfiler")
	}
	twin, err := s.twin()
	if err != nil {
		return nil, err
	}
	defer twin.it.Close()
	n, err := twin.begin(op)
	if err != nil {
		return nil, err
	}
	left := false
	defer func() {
		if !left {
			twin.end(n)
		}
	}()
	p := profile{rows: map[string]*row{}}
	for i := range 1 + runs {
		ctflite.StartProfile(n.parts.Profiler)
		start := time.Now()
		if left, err = twin.invoke(ctx, n); err != nil {
			return nil, err
		}
		if took := time.Since(start); i > 0 {
			p.add(ctflite.Events(n.parts.Profiler), took)
		}
	}
	return p.times(n.source), nil
}

// twin is s in a new interpreter that is profiled, with the same inputs.
func (s *Signature) twin() (*Signature, error) {
	n, err := s.begin("profile")
	if err != nil {
		return nil, err
	}
	defer s.end(n)
	if err := s.allocate(n, "profile"); err != nil {
		return nil, err
	}
	n.model.Retain()
	it, err := interpreterOf(n, true)
	if err != nil {
		return nil, err
	}
	t, err := it.Signature(s.Key)
	if err == nil {
		err = s.copyTo(t)
	}
	if err != nil {
		it.Close()
		return nil, err
	}
	return t, nil
}

// copyTo gives t the shapes and values of s's inputs.
func (s *Signature) copyTo(t *Signature) error {
	n, err := t.begin("profile")
	if err != nil {
		return err
	}
	defer t.end(n)
	for k, info := range s.inputs {
		shape := toShape(ctflite.Dims(s.input(k)))
		if shape.Equal(toShape(ctflite.Dims(t.input(k)))) {
			continue
		}
		if err := t.resize(n, step{"profile", info.Name}, k, shape); err != nil {
			return err
		}
	}
	if err := t.allocate(n, "profile"); err != nil {
		return err
	}
	for k, info := range s.inputs {
		raw := s.data(k)
		if info.DType == tf.String {
			if ctflite.Realloc(t.input(k), len(raw)) != ctflite.OK {
				return errorf("profile", tf.ResourceExhausted, "%w", n.reason())
			}
			ctflite.Look(t.g)
		}
		if err := t.writeBytes(step{"profile", info.Name}, k, raw); err != nil {
			return err
		}
	}
	return nil
}
