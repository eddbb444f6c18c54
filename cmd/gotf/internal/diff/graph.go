package diff

import (
	"encoding/binary"
	"math"

	tensorpb "github.com/wamuir/graft/tensorflow/core/framework/tensor_go_proto"
	"google.golang.org/protobuf/proto"

	"github.com/gotf/gotf/cmd/gotf/internal/inspect"
	"github.com/gotf/gotf/cmd/gotf/internal/modelfile"
	"github.com/gotf/gotf/tf"
)

// graphWeights are the constants of a frozen graph.
func graphWeights(path string) (out []*weightValue, err error) {
	g, err := modelfile.ReadGraphDef(path)
	if err != nil {
		return nil, err
	}
	for _, n := range g.GetNode() {
		t := n.GetAttr()["value"].GetTensor()
		if n.GetOp() != "Const" || t == nil {
			continue
		}
		w := &weightValue{WeightFacts: inspect.ConstantFacts(n.GetName(), t)}
		w.raw = func() ([]byte, error) { return proto.MarshalOptions{Deterministic: true}.Marshal(t) }
		w.read = func() (numberList, bool, error) {
			list, ok := constantNumbers(t)
			return list, ok, nil
		}
		out = append(out, w)
	}
	return out, nil
}

// mostRepeated is how many values one stored value may stand for when they are
// compared: a file may claim any number.
const mostRepeated = 1 << 28

// constantNumbers are the values of a constant; ok is false for what is no real
// number. Where it stores fewer than its shape says, the last one stands for the
// rest.
func constantNumbers(t *tensorpb.TensorProto) (list numberList, ok bool) {
	d := tf.DType(t.GetDtype())
	if len(t.GetTensorContent()) > 0 {
		return numbers(d, t.GetTensorContent())
	}
	stored, ok := storedNumbers(t, d)
	n := max(tf.ShapeOf(t.GetTensorShape()).NumElements(), 0)
	switch {
	case !ok:
		return numberList{}, false
	case stored.n == 0: // all are zero
		return numberList{int(min(n, mostRepeated)), func(int) float64 { return 0 }}, true
	case n > int64(stored.n) && n <= mostRepeated:
		return numberList{int(n), func(i int) float64 { return stored.at(min(i, stored.n-1)) }}, true
	}
	return stored, true
}

// storedNumbers reads the list that holds values of a type.
func storedNumbers(t *tensorpb.TensorProto, d tf.DType) (numberList, bool) {
	switch d {
	case tf.Float32:
		return numbersOf(t.GetFloatVal()), true
	case tf.Float64:
		return numbersOf(t.GetDoubleVal()), true
	case tf.Int64:
		return numbersOf(t.GetInt64Val()), true
	case tf.Uint64:
		return numbersOf(t.GetUint64Val()), true
	case tf.Uint32:
		return numbersOf(t.GetUint32Val()), true
	case tf.Bool:
		v := t.GetBoolVal()
		raw := make([]byte, len(v))
		for i, is := range v {
			if is {
				raw[i] = 1
			}
		}
		return numbers(d, raw)
	case tf.Float16, tf.BFloat16:
		v := t.GetHalfVal()
		raw := make([]byte, 0, 2*len(v))
		for _, x := range v {
			raw = binary.LittleEndian.AppendUint16(raw, uint16(x&math.MaxUint16))
		}
		return numbers(d, raw)
	}
	if d.IsInteger() || d == tf.QInt8 || d == tf.QUint8 || d == tf.QInt32 {
		return numbersOf(t.GetIntVal()), true
	}
	return numberList{}, false
}

func numbersOf[T int32 | int64 | uint32 | uint64 | float32 | float64](v []T) numberList {
	return numberList{len(v), func(i int) float64 { return float64(v[i]) }}
}
