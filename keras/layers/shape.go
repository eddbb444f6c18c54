package layers

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// dims is a shape as an operation takes it.
func dims(s *tf.Scope, shape ...int64) tf.Output {
	small := make([]int32, len(shape))
	for i, d := range shape {
		small[i] = int32(d)
	}
	return tf.Const(s, small, int64(len(small)))
}

// unknown counts the dimensions that are.
func unknown(shape tf.Shape) (n int) {
	for _, d := range shape {
		if d < 0 {
			n++
		}
	}
	return n
}

// replaceLast is x's shape with another last dimension.
func replaceLast(s *tf.Scope, x tf.Output, last int64) tf.Output {
	shape := x.Shape()
	if n := len(shape); n > 0 {
		known := append(shape[:n-1:n-1], last)
		if unknown(known) <= 1 {
			return dims(s, known...)
		}
	}
	head := part(s, op.Shape(s, x, nil), 0, -1)
	return op.ConcatV2(s, []tf.Output{head, dims(s, last)}, tf.ConstScalar(s, int32(0)))
}

// part is v[from:to] of a vector.
func part(s *tf.Scope, v tf.Output, from, to int64) tf.Output {
	return op.StridedSlice(s, v, dims(s, from), dims(s, to), dims(s, 1), nil)
}

// scalar is a constant of type d.
func scalar(s *tf.Scope, v float64, d tf.DType) tf.Output {
	switch d {
	case tf.Float32:
		return tf.ConstScalar(s, float32(v))
	case tf.Float64:
		return tf.ConstScalar(s, v)
	}
	return op.Cast(s, tf.ConstScalar(s, float32(v)), d, nil)
}
