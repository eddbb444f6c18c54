package convert

import (
	"slices"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// Quantize says how weights, and for Int8 all else, are stored.
type Quantize string

const (
	None    Quantize = "none"    // as they are; the zero value means this too
	Dynamic Quantize = "dynamic" // int8, where a tensor is large enough: a quarter of the size
	Float16 Quantize = "float16" // half the size
	Int8    Quantize = "int8"    // weights and arithmetic in int8; needs Calibration, or a graph with fake-quant nodes
)

// reduces is Python's optimizations=[tf.lite.Optimize.DEFAULT].
func (q Quantize) reduces() bool { return q != "" && q != None }

// Options say what to convert, and how. The zero value and nil convert all
// signatures of the part with the tag [savedmodel.Serve], without quantization.
//
// A graph with fake-quant nodes, trained for it, becomes an int8 model with the
// ranges they hold under every Quantize but None, as in Python.
type Options struct {
	Quantize   Quantize
	Tags       []string
	Signatures []string // keys; their order is kept. None: all, of Keras's export serving_default, which it writes twice

	// Calibration is what Int8 runs the model on, to see the range of every
	// tensor. A hundred typical samples do, for each signature; see [Join]. One
	// without samples stays in float.
	Calibration Samples

	// InputType and OutputType are those of the float inputs and outputs of an
	// int8 model: tf.Int8, tf.Uint8 or, by default, tf.Float32.
	InputType, OutputType tf.DType

	Strict    bool // an operation that Int8 leaves in float is an error
	PerTensor bool // one scale for each weight, not one for each of its channels

	SelectTFOps    bool // take TensorFlow's kernels where TFLite has none; needs an interpreter with Flex
	AllowCustomOps bool // keep other operations for the interpreter to bring a kernel for

	// CustomOps are kernels of custom operations, with which Int8 runs the model
	// to calibrate it.
	CustomOps []tflite.CustomOp

	NoResourceVariables bool // an error for variables that cannot be made constants
	NoMetadata          bool // the converter's bytes, without the metadata that Python adds

	// Warn, if set, is told in a line what the model's user should know.
	Warn func(string)

	origin int32 // ModelType, where it is no SavedModel
}

// plan is Options made whole, and what is known of the model.
type plan struct {
	Options
	op      string // for errors
	dir     string
	graph   *pb.MetaGraphDef
	version string // of TensorFlow
	trained bool   // for quantization
	twice   bool   // signatures are left out that Keras's export writes twice
}

// calibrated says that samples make the model int8.
func (p *plan) calibrated() bool { return p.Quantize == Int8 && p.Calibration != nil }

// integer says that the result computes with integers.
func (p *plan) integer() bool { return p.calibrated() || p.trained && p.Quantize.reduces() }

// changesTypes says that inputs or outputs are to be changed after conversion:
// the quantizer can do it too.
func (p *plan) changesTypes() bool {
	return !p.calibrated() && (p.InputType != tf.Float32 || p.OutputType != tf.Float32)
}

func (p *plan) warn(text string) {
	if p.Warn != nil {
		p.Warn(text)
	}
}

func newPlan(dir string, o *Options) (*plan, error) {
	p := &plan{op: "convert " + dir, dir: dir}
	if o != nil {
		p.Options = *o
	}
	if len(p.Tags) == 0 {
		p.Tags = []string{savedmodel.Serve}
	}
	if err := p.checkTypes(); err != nil {
		return nil, err
	}
	if err := p.read(); err != nil {
		return nil, err
	}
	p.trained = len(p.nodes("FakeQuantWithMinMaxVars", "FakeQuantWithMinMaxVarsPerChannel", "FakeQuantWithMinMaxArgs",
		"QuantizeAndDequantizeV2", "QuantizeAndDequantizeV3")) > 0
	if err := p.checkQuantize(); err != nil {
		return nil, err
	}
	var err error
	p.version, err = tf.Version() // opens the library
	return p, err
}

// checkTypes checks what needs no model.
func (p *plan) checkTypes() error {
	if p.Quantize == "int16x8" {
		return errorf(p.op, tf.Unimplemented, "int16x8: the quantizer in TensorFlow's library makes invalid models of it (Python has another one for this type); want int8")
	}
	if !slices.Contains([]Quantize{"", None, Dynamic, Float16, Int8}, p.Quantize) {
		return errorf(p.op, tf.InvalidArgument, "Quantize is %q, want %q, %q, %q or %q", p.Quantize, None, Dynamic, Float16, Int8)
	}
	for _, t := range []struct {
		name string
		d    *tf.DType
	}{{"InputType", &p.InputType}, {"OutputType", &p.OutputType}} {
		if *t.d == 0 {
			*t.d = tf.Float32
		}
		if !slices.Contains([]tf.DType{tf.Float32, tf.Int8, tf.Uint8}, *t.d) {
			return errorf(p.op, tf.InvalidArgument, "%s is %v, want float32, int8 or uint8", t.name, *t.d)
		}
		if *t.d != tf.Float32 && !p.Quantize.reduces() {
			return errorf(p.op, tf.InvalidArgument, "%s is %v, which Quantize %q goes with, got %q", t.name, *t.d, Int8, p.Quantize)
		}
	}
	return nil
}

// checkQuantize checks what depends on the graph.
func (p *plan) checkQuantize() error {
	switch {
	case p.Quantize == Int8 && p.Calibration == nil && !p.trained:
		return errorf(p.op, tf.InvalidArgument, "int8 needs samples to calibrate with (Calibration, --calibration), or a graph with fake-quant nodes")
	case p.Quantize != Int8 && p.Calibration != nil:
		return errorf(p.op, tf.InvalidArgument, "only Quantize %q calibrates, got %q", Int8, p.Quantize)
	case !p.integer() && p.InputType != tf.Float32:
		return errorf(p.op, tf.InvalidArgument, "InputType is %v, which Quantize %q goes with, got %q", p.InputType, Int8, p.Quantize)
	case !p.integer() && p.OutputType != tf.Float32:
		return errorf(p.op, tf.InvalidArgument, "OutputType is %v, which Quantize %q goes with, got %q", p.OutputType, Int8, p.Quantize)
	case p.trained && (p.Quantize == Dynamic || p.Quantize == Float16):
		p.warn("the graph has fake-quant nodes: the model becomes int8 with the ranges they hold")
	case p.trained && !p.Quantize.reduces():
		p.warn("the graph has fake-quant nodes; quantize " + string(Int8) + " makes use of them")
	}
	return nil
}
