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
func modelFlags(dir string, tags, signatures []string) []byte {
	var f flags
	f.int(19, 0) // change_concat_input_ranges
	f.string(20, dir)
	f.int(21, 1) // saved_model_version; it is 1 for TensorFlow 2's models too
	for _, t := range tags {
		f.string(22, t)
	}
	for _, s := range signatures {
		f.string(23, s)
	}
	return f
}

// converterFlags say how, as Python's TFLiteConverter of that version sets them.
func converterFlags(q Quantize, version string) []byte {
	var f flags
	f.int(1, 1)  // input_format: TENSORFLOW_GRAPHDEF
	f.int(2, 2)  // output_format: TFLITE
	f.int(4, 1)  // inference_type: FLOAT
	f.int(11, 1) // inference_input_type: FLOAT
	f.int(34, 1) // enable_tflite_resource_variables
	f.int(36, 1) // lower_tensor_list_ops
	f.int(65, 1) // canonicalizing_inf_as_min_max_float
	if !strings.HasPrefix(version, "2.18.") {
		f.int(63, 1) // enable_composite_direct_lowering
	}
	if q == Dynamic || q == Float16 {
		f.int(26, 1) // post_training_quantize
		f.int(44, 1) // enable_mlir_dynamic_range_quantizer
	}
	if q == Float16 {
		f.int(29, 1) // quantize_to_float16
	}
	return f
}
