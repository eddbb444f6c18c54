package summary

import (
	"encoding/binary"
	"math"

	"github.com/gotf/gotf/tf"
	tensorpb "github.com/wamuir/graft/tensorflow/core/framework/tensor_go_proto"
)

// lastValue is a plugin's value where it is one number or text, else nil.
func lastValue(plugin string, t *tensorpb.TensorProto) any {
	switch {
	case plugin == "text" && len(t.GetStringVal()) > 0:
		return string(t.GetStringVal()[0])
	case plugin == "scalars" || plugin == "" && len(t.GetTensorShape().GetDim()) == 0:
		if v, ok := scalar(t); ok {
			return v
		}
	}
	return nil
}

// scalar is the first number of a tensor, which may stand among the values or as
// bytes.
func scalar(t *tensorpb.TensorProto) (float64, bool) {
	raw, le := t.GetTensorContent(), binary.LittleEndian
	d := tf.DType(t.GetDtype())
	if len(raw) > 0 && len(raw) < max(d.Size(), 1) {
		return 0, false
	}
	switch {
	case d == tf.Float32 && len(raw) > 0:
		return float64(math.Float32frombits(le.Uint32(raw))), true
	case d == tf.Float64 && len(raw) > 0:
		return math.Float64frombits(le.Uint64(raw)), true
	case d == tf.Int32 && len(raw) > 0:
		return float64(int32(le.Uint32(raw))), true
	case d == tf.Int64 && len(raw) > 0:
		return float64(int64(le.Uint64(raw))), true
	case len(t.GetFloatVal()) > 0:
		return float64(t.GetFloatVal()[0]), true
	case len(t.GetDoubleVal()) > 0:
		return t.GetDoubleVal()[0], true
	case len(t.GetIntVal()) > 0:
		return float64(t.GetIntVal()[0]), true
	case len(t.GetInt64Val()) > 0:
		return float64(t.GetInt64Val()[0]), true
	case len(t.GetHalfVal()) > 0 && d == tf.Float16:
		return float64(tf.F16(t.GetHalfVal()[0]).Float32()), true
	case len(t.GetHalfVal()) > 0 && d == tf.BFloat16:
		return float64(tf.BF16(t.GetHalfVal()[0]).Float32()), true
	}
	return 0, false
}
