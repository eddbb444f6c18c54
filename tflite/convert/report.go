package convert

import (
	"context"
	"errors"

	"github.com/gotf/gotf/internal/plainfile"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

// A Report tells what a conversion kept and what it cost. Its differences are in
// the outputs' own units.
type Report struct {
	SavedModel string          `json:"saved_model"`                   // the folder
	SizeBefore int64           `json:"size_before"`                   // bytes of its graph and variables
	SizeAfter  int64           `json:"size_after"`                    // bytes of the .tflite file
	Operators  []OperatorCount `json:"operators"`                     // most frequent first
	Float      []string        `json:"float,omitempty"`               // what an integer model computes in float
	Samples    int             `json:"samples"`                       // on which both ran
	Calibrated int             `json:"calibration_samples,omitempty"` // that int8 was calibrated with, if the caller says so
	Random     bool            `json:"random"`                        // the samples were random numbers
	Skipped    string          `json:"skipped,omitempty"`             // why they could not be compared
	Fails      string          `json:"fails,omitempty"`               // why TFLite does not run the new model, which then is of no use
	Inputs     []InputRange    `json:"inputs,omitempty"`              // of those samples, unless they were random
	Outputs    []Difference    `json:"outputs"`                       //
	Tensors    []TensorError   `json:"tensors,omitempty"`             // worst first; see [TensorErrors]
	Warnings   []string        `json:"warnings,omitempty"`            // where an output is far from the SavedModel's, and what the caller adds
}

// OperatorCount says how often an operator occurs.
type OperatorCount struct {
	Name   string `json:"name"`
	Custom bool   `json:"custom,omitempty"`
	Count  int    `json:"count"`
}

func counts(s *tflite.Structure) []OperatorCount {
	list := []OperatorCount{}
	for _, c := range s.OperatorCounts() {
		list = append(list, OperatorCount{c.Name, c.Custom, c.Count})
	}
	return list
}

// CheckOptions say how to compare. Nil and the zero value are seeded random
// samples.
type CheckOptions struct {
	Tags      []string
	Samples   Samples           // nil: random ones
	Most      int               // samples; 0 means 10, or 1 random one for each signature
	NoRun     bool              // only look at the file
	CustomOps []tflite.CustomOp // kernels of custom operations of the file
}

// Check runs the SavedModel in dir, in a session, and what it was converted to on
// the same samples. That it cannot is not an error: see Report.Skipped, and
// Report.Fails where it is the new model that does not run.
func Check(ctx context.Context, dir string, model []byte, o *CheckOptions) (*Report, error) {
	if o == nil {
		o = &CheckOptions{}
	}
	s, err := tflite.Inspect(model)
	if err != nil {
		return nil, err
	}
	r := &Report{SavedModel: dir, Outputs: []Difference{}, SizeBefore: plainfile.FolderSize(dir), SizeAfter: int64(len(model)), Operators: counts(s)}
	if isInteger(s) {
		r.Float = floats(s)
	}
	if o.NoRun {
		r.Skipped = "not asked for"
		return r, nil
	}
	err = r.compare(ctx, dir, model, s, o)
	if err != nil && ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		r.Skipped, r.Outputs = words(err.Error()), []Difference{}
		r.blame(err)
	}
	return r, nil
}

// failure is the error of a new model that TFLite does not run.
type failure struct{ err error }

func (f *failure) Error() string { return "the new model does not run: " + f.err.Error() }

func (f *failure) Unwrap() error { return f.err }

// fails makes a failure of what TFLite says of the new model, unless kernels are
// missing here.
func fails(err error) error {
	if err == nil || errors.Is(err, tf.Unimplemented) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &failure{err}
}

// blame reports whether the error is that the new model does not run; the first
// such makes a warning.
func (r *Report) blame(err error) bool {
	var f *failure
	if !errors.As(err, &f) || r.Fails != "" {
		return f != nil
	}
	r.Fails = words(f.err.Error())
	r.Warnings = append(r.Warnings, "the new model does not run, so it is of no use as it is: "+r.Fails+
		"; --quantize none shows whether quantization is the cause, --select-tf-ops takes TensorFlow's kernels")
	return true
}

// isInteger says that a model has tensors of quantized values that it computes.
func isInteger(s *tflite.Structure) bool {
	for _, g := range s.Subgraphs {
		for _, t := range g.Tensors {
			if t.Data == nil && t.DType == tf.Int8 && len(t.Quantization.Scales) > 0 {
				return true
			}
		}
	}
	return false
}
