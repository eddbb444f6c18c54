package op_test

import (
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

func TestOneResult(t *testing.T) {
	run(t, []call{
		{"AddV2", func(s *tf.Scope) outputs { return outputs{op.AddV2(s, floats(s, 1, 2), floats(s, 3, 4))} }, "float32[2] [4 6]"},
		{"AddN", func(s *tf.Scope) outputs {
			return outputs{op.AddN(s, outputs{floats(s, 1), floats(s, 2), floats(s, 3)})}
		}, "float32[1] [6]"},
		{"Less", func(s *tf.Scope) outputs { return outputs{op.Less(s, ints(s, 1, 5), ints(s, 2, 2))} }, "bool[2] [true false]"},
		{"Range", func(s *tf.Scope) outputs { return outputs{op.Range(s, axis(s, 1), axis(s, 8), axis(s, 3))} }, "int32[3] [1 4 7]"},
		{"ConcatV2", func(s *tf.Scope) outputs {
			return outputs{op.ConcatV2(s, outputs{ints(s, 1), ints(s, 2, 3)}, axis(s, 0))}
		}, "int32[3] [1 2 3]"},
		{"Complex", func(s *tf.Scope) outputs { return outputs{op.Complex(s, floats(s, 1), floats(s, 2), nil)} }, "complex64[1] [(1+2i)]"},
	})
}

func TestRequiredAttributes(t *testing.T) {
	run(t, []call{
		{"Cast", func(s *tf.Scope) outputs { return outputs{op.Cast(s, floats(s, 1.7, -1.7), tf.Int64, nil)} }, "int64[2] [1 -1]"},
		{"Const", func(s *tf.Scope) outputs {
			x, err := tf.NewScalar(int32(7))
			s.SetErr(err)
			defer x.Close()
			return outputs{op.Const(s, x, tf.Int32)}
		}, "int32[] [7]"},
		{"Conv2D", func(s *tf.Scope) outputs {
			x := tf.Const(s, []float32{1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, 3, 3, 1)
			k := tf.Const(s, []float32{1, 1, 1, 1}, 2, 2, 1, 1)
			return outputs{op.Conv2D(s, x, k, []int64{1, 1, 1, 1}, "VALID", nil)}
		}, "float32[1 2 2 1] [12 16 24 28]"},
	})
}

func TestOptionalAttributes(t *testing.T) {
	run(t, []call{
		{"MatMul", func(s *tf.Scope) outputs { return outputs{op.MatMul(s, square(s), square(s), nil)} }, "float32[2 2] [7 10 15 22]"},
		{"MatMul transposed", func(s *tf.Scope) outputs {
			return outputs{op.MatMul(s, square(s), square(s), &op.MatMulAttrs{TransposeA: true})}
		}, "float32[2 2] [10 14 14 20]"},
		{"Sum", func(s *tf.Scope) outputs {
			return outputs{op.Sum(s, square(s), axis(s, 0), &op.SumAttrs{KeepDims: true})}
		}, "float32[1 2] [4 6]"},
		{"ArgMax", func(s *tf.Scope) outputs { return outputs{op.ArgMax(s, floats(s, 1, 9, 3), axis(s, 0), nil)} }, "int64[] [1]"},
		{"ArgMax int32", func(s *tf.Scope) outputs {
			return outputs{op.ArgMax(s, floats(s, 1, 9, 3), axis(s, 0), &op.ArgMaxAttrs{OutputType: tf.Int32})}
		}, "int32[] [1]"},
		{"OneHot", func(s *tf.Scope) outputs {
			on, off := tf.ConstScalar(s, float32(1)), tf.ConstScalar(s, float32(0))
			return outputs{op.OneHot(s, ints(s, 0, 1), axis(s, 3), on, off, nil), op.OneHot(s, ints(s, 0, 1), axis(s, 3), on, off, &op.OneHotAttrs{Axis: op.Ptr[int64](0)})}
		}, "float32[2 3] [1 0 0 0 1 0]; float32[3 2] [1 0 0 1 0 0]"},
		{"LeakyRelu", func(s *tf.Scope) outputs {
			return outputs{op.LeakyRelu(s, floats(s, -1), &op.LeakyReluAttrs{Alpha: op.Ptr[float32](0)}), op.LeakyRelu(s, floats(s, -10), nil)}
		}, "float32[1] [-0]; float32[1] [-2]"},
		{"Squeeze", func(s *tf.Scope) outputs {
			x := tf.Const(s, []float32{1, 2}, 1, 2, 1)
			return outputs{op.Squeeze(s, x, nil), op.Squeeze(s, x, &op.SqueezeAttrs{SqueezeDims: []int64{2}})}
		}, "float32[2] [1 2]; float32[1 2] [1 2]"},
		{"MaxPool", func(s *tf.Scope) outputs {
			x := tf.Const(s, []float32{1, 2, 3, 4}, 1, 2, 2, 1)
			return outputs{op.MaxPool(s, x, []int64{1, 2, 2, 1}, []int64{1, 2, 2, 1}, "VALID", &op.MaxPoolAttrs{DataFormat: "NHWC"})}
		}, "float32[1 1 1 1] [4]"},
		{"TensorListReserve", func(s *tf.Scope) outputs {
			list := op.TensorListReserve(s, ints(s, 1), axis(s, 3), tf.Float32)
			list = op.TensorListSetItem(s, list, axis(s, 2), floats(s, 8), nil)
			return outputs{op.TensorListGetItem(s, list, axis(s, 2), ints(s, 1), tf.Float32)}
		}, "float32[1] [8]"},
	})
}
