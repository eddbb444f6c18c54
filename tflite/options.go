package tflite

import (
	"fmt"

	"github.com/gotf/gotf/tf"
)

// Options are those of an Interpreter; nil means all defaults.
type Options struct {
	// Threads that one invocation may use. 0 means 1, which is the fastest for
	// small models.
	Threads int

	// NoXNNPACK leaves out XNNPACK's kernels, which are several times faster
	// for float models and may differ in the last bits.
	NoXNNPACK bool

	// XNNPACK says how its kernels work.
	XNNPACK XNNPACK

	// Ops are the custom operations that the model needs and that are written
	// in Go. One of them goes before an operation of the library's own of the
	// same name.
	Ops []CustomOp

	// Delegates take over what they can of the model, the first one first, and
	// all before XNNPACK.
	Delegates []Delegate

	// NoFlex leaves out TensorFlow's own operations ("Flex", "Select TF ops"),
	// which a model that has any otherwise gets from the TensorFlow library.
	// That library then must be one with a Flex delegate, as that of the wheel
	// tensorflow-cpu 2.18.0.
	NoFlex bool
}

// XNNPACK are the settings of XNNPACK's kernels. The zero value is the TFLite
// library's default, with the arithmetic of Python's interpreter.
type XNNPACK struct {
	// Float16 computes float32 models in half precision, where the processor
	// can: faster, with errors of about 1e-3.
	Float16 bool

	// DynamicFullyConnected takes fully connected layers whose weights are
	// computed by the model.
	DynamicFullyConnected bool

	// Variables takes the operations on resource variables.
	Variables bool

	// TransientIndirection saves memory in convolutions, for some time in each
	// invocation.
	TransientIndirection bool

	// LatestOperators takes operations whose kernels are not yet used by
	// default.
	LatestOperators bool

	// NoInt8 leaves quantized operations to TFLite's own kernels.
	NoInt8 bool

	// WeightCache is a file that keeps the weights as the kernels want them. It
	// is written when it is not there, and makes the next start faster and the
	// memory shared between processes. It belongs to one model, one processor
	// and one version of the library, and is trusted. A model with weights in
	// float16 or sparse form does without it: the library cannot keep those.
	WeightCache string

	// ShareWeights lets the interpreters of one Model, as those of a [Pool],
	// share the weights that XNNPACK has packed: less memory for each but the
	// first. A model with sparse weights does without it.
	ShareWeights bool
}

// Flags of TfLiteXNNPackDelegateOptions.
const (
	xnnInt8                  = 0x1
	xnnUint8                 = 0x2
	xnnFloat16               = 0x4
	xnnDynamicFullyConnected = 0x8
	xnnVariables             = 0x10
	xnnTransientIndirection  = 0x20
	xnnLatestOperators       = 0x40
	xnnConsistent            = 0x200
)

// flags are what to turn on and off against the library's defaults. Consistent
// arithmetic makes the kernels add in the order in which Python's interpreter
// does, bit for bit, and takes no longer.
func (x XNNPACK) flags() (on, off uint32) {
	on = xnnConsistent
	for flag, set := range map[uint32]bool{
		xnnFloat16: x.Float16, xnnDynamicFullyConnected: x.DynamicFullyConnected, xnnVariables: x.Variables,
		xnnTransientIndirection: x.TransientIndirection, xnnLatestOperators: x.LatestOperators,
	} {
		if set {
			on |= flag
		}
	}
	if x.NoInt8 {
		off = xnnInt8 | xnnUint8
	}
	return on, off
}

// checked returns the options with their defaults filled in.
func (o *Options) checked() (Options, error) {
	if o == nil {
		return Options{Threads: 1}, nil
	}
	c := *o
	switch {
	case c.Threads == 0:
		c.Threads = 1
	case c.Threads < 0 || c.Threads > 1024:
		return c, fmt.Errorf("the option Threads must be 0 to 1024, got %d", c.Threads)
	}
	if c.NoXNNPACK && c.XNNPACK != (XNNPACK{}) {
		return c, fmt.Errorf("the options NoXNNPACK and XNNPACK exclude each other")
	}
	for i, op := range c.Ops {
		if err := op.check(); err != nil {
			return c, fmt.Errorf("the option Ops[%d]: %v", i, err)
		}
	}
	for i, d := range c.Delegates {
		if d.Path == "" { // which would open the program itself
			return c, fmt.Errorf("the option Delegates[%d] has no Path", i)
		}
	}
	return c, nil
}

// Delegate is a shared library that runs parts of models, on an accelerator
// for example: one with the functions tflite_plugin_create_delegate and
// tflite_plugin_destroy_delegate of TFLite's external delegates. It runs
// inside this process and is trusted.
type Delegate struct {
	Path    string            // of the library
	Options map[string]string // as the delegate documents them
}

// errNoLibrary says that the TFLite library lacks a function.
func errNoLibrary(what string) error {
	return fmt.Errorf("%w: the TFLite library has no %s", tf.Unimplemented, what)
}
