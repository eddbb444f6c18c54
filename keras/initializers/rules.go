package initializers

import (
	"math"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// constant is the same value everywhere.
type constant struct {
	class string
	value float32
}

func (c constant) name() string { return c.class }

func (c constant) Value(s *tf.Scope, shape tf.Shape, d tf.DType, _ tf.Output) tf.Output {
	return op.Fill(s, dims(s, shape), core.Cast(s, tf.ConstScalar(s, c.value), d))
}

// scaling draws values whose variance is scale/n, n being the number of
// inputs of a unit, or the average of inputs and outputs.
type scaling struct {
	class   string
	scale   float64
	average bool
	normal  bool // truncated normal, else uniform
	seed    core.Seed
}

func (r scaling) name() string { return r.class }

func (r scaling) Value(s *tf.Scope, shape tf.Shape, d tf.DType, key tf.Output) tf.Output {
	if seed, ok := r.seed.Value(); ok {
		key = core.Key0(s, seed, 0)
	}
	in, out := fans(shape)
	n := in
	if r.average {
		n = (in + out) / 2
	}
	variance := r.scale / max(1, n)
	if r.normal {
		const truncated = 0.87962566103423978 // deviation of a standard normal cut off at 2 and -2
		values := op.StatelessTruncatedNormal(s, dims(s, shape), key, &op.StatelessTruncatedNormalAttrs{Dtype: random(d)})
		return core.Cast(s, op.Mul(s, values, scalar(s, math.Sqrt(variance)/truncated, random(d))), d)
	}
	limit := math.Sqrt(3 * variance)
	values := op.StatelessRandomUniform(s, dims(s, shape), key, &op.StatelessRandomUniformAttrs{Dtype: random(d)})
	spread := op.Mul(s, values, scalar(s, 2*limit, random(d)))
	return core.Cast(s, op.Sub(s, spread, scalar(s, limit, random(d))), d)
}

// fans counts the inputs and outputs of a unit whose kernel has the shape
// given: [..., inputs, outputs].
func fans(shape tf.Shape) (in, out float64) {
	switch n := len(shape); n {
	case 0:
		return 1, 1
	case 1:
		return float64(shape[0]), float64(shape[0])
	default:
		positions := float64(shape[:n-2].NumElements())
		return positions * float64(shape[n-2]), positions * float64(shape[n-1])
	}
}

// random is the type that values of type d are drawn in.
func random(d tf.DType) tf.DType {
	if d == tf.Float64 {
		return d
	}
	return tf.Float32
}

func scalar(s *tf.Scope, v float64, d tf.DType) tf.Output {
	if d == tf.Float64 {
		return tf.ConstScalar(s, v)
	}
	return core.Cast(s, tf.ConstScalar(s, float32(v)), d)
}

func dims(s *tf.Scope, shape tf.Shape) tf.Output {
	return tf.Const(s, []int64(shape), int64(len(shape)))
}
