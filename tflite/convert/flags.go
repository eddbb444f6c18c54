package convert

import (
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
)

// The converter takes tflite.ModelFlags and tflite.ConverterFlags as serialised
// messages. They are written by field number: nothing else needs their types.
// https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/converter_flags.proto
type flags []byte

func (f *flags) int(field protowire.Number, v uint64) {
	*f = protowire.AppendVarint(protowire.AppendTag(*f, field, protowire.VarintType), v)
}

func (f *flags) string(field protowire.Number, v string) {
	*f = protowire.AppendString(protowire.AppendTag(*f, field, protowire.BytesType), v)
}

// modelFlags say what to convert.
func (p *plan) modelFlags() (f flags) {
	f.int(19, 0) // change_concat_input_ranges
	f.string(20, p.dir)
	f.int(21, 1) // saved_model_version; it is 1 for TensorFlow 2's models too
	for _, t := range p.Tags {
		f.string(22, t)
	}
	for _, key := range p.Signatures {
		f.string(23, key)
	}
	return f
}

// The values of IODataType that are used here.
const (
	ioFloat         = 1
	ioQuantizedInt8 = 9
)

// converterFlags say how, as Python's TFLiteConverter of that version sets them.
func (p *plan) converterFlags() (f flags) {
	inference := uint64(ioFloat)
	if p.integer() {
		inference = ioQuantizedInt8
	}
	f.int(1, 1) // input_format: TENSORFLOW_GRAPHDEF
	f.int(2, 2) // output_format: TFLITE
	f.int(4, inference)
	f.int(10, bit(p.AllowCustomOps))
	f.int(11, ioFloat) // inference_input_type
	f.int(27, bit(p.SelectTFOps))
	f.int(34, bit(!p.NoResourceVariables)) // enable_tflite_resource_variables
	f.int(36, 1)                           // lower_tensor_list_ops
	f.int(65, 1)                           // canonicalizing_inf_as_min_max_float
	if !strings.HasPrefix(p.version, "2.18.") {
		f.int(63, 1) // enable_composite_direct_lowering
	}
	if p.Quantize.reduces() && !p.integer() {
		f.int(26, 1) // post_training_quantize
		f.int(44, 1) // enable_mlir_dynamic_range_quantizer
		f.int(43, bit(p.PerTensor && p.Quantize == Dynamic))
		f.int(29, bit(p.Quantize == Float16))
	}
	return f
}

func bit(set bool) uint64 {
	if set {
		return 1
	}
	return 0
}
