package bundle

import (
	"encoding/binary"
	"math"

	"github.com/gotf/gotf/tf"
	tensorpb "github.com/wamuir/graft/tensorflow/core/framework/tensor_go_proto"
)

// oldValues give the elements of a message as they lie in memory, by type: the
// messages of the older format hold them in fields by kind of number.
var oldValues = map[tf.DType]func(*tensorpb.TensorProto) []byte{
	tf.Float32:    func(t *tensorpb.TensorProto) []byte { return floats32(t.GetFloatVal()) },
	tf.Float64:    func(t *tensorpb.TensorProto) []byte { return floats64(t.GetDoubleVal()) },
	tf.Complex64:  func(t *tensorpb.TensorProto) []byte { return floats32(t.GetScomplexVal()) },
	tf.Complex128: func(t *tensorpb.TensorProto) []byte { return floats64(t.GetDcomplexVal()) },
	tf.Int64:      func(t *tensorpb.TensorProto) []byte { return integers(t.GetInt64Val(), 8) },
	tf.Uint64:     func(t *tensorpb.TensorProto) []byte { return integers(t.GetUint64Val(), 8) },
	tf.Uint32:     func(t *tensorpb.TensorProto) []byte { return integers(t.GetUint32Val(), 4) },
	tf.Bool: func(t *tensorpb.TensorProto) []byte {
		out := make([]byte, len(t.GetBoolVal()))
		for i, v := range t.GetBoolVal() {
			if v {
				out[i] = 1
			}
		}
		return out
	},
	tf.Float16: halves, tf.BFloat16: halves,
	tf.Int32: narrow(4), tf.QInt32: narrow(4),
	tf.Int16: narrow(2), tf.Uint16: narrow(2), tf.QInt16: narrow(2), tf.QUint16: narrow(2),
	tf.Int8: narrow(1), tf.Uint8: narrow(1), tf.QInt8: narrow(1), tf.QUint8: narrow(1),
}

func narrow(width int) func(*tensorpb.TensorProto) []byte {
	return func(t *tensorpb.TensorProto) []byte { return integers(t.GetIntVal(), width) }
}

func halves(t *tensorpb.TensorProto) []byte { return integers(t.GetHalfVal(), 2) }

func floats32(v []float32) []byte {
	out := make([]byte, 0, 4*len(v))
	for _, x := range v {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(x))
	}
	return out
}

func floats64(v []float64) []byte {
	out := make([]byte, 0, 8*len(v))
	for _, x := range v {
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(x))
	}
	return out
}

func integers[T int32 | uint32 | int64 | uint64](v []T, width int) []byte {
	out := make([]byte, 0, width*len(v))
	for _, x := range v {
		var all [8]byte
		binary.LittleEndian.PutUint64(all[:], uint64(x))
		out = append(out, all[:width]...)
	}
	return out
}
