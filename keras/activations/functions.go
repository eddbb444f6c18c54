package activations

import (
	"math"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

var functions = map[Activation]func(s *tf.Scope, x tf.Output) tf.Output{
	Linear:      func(_ *tf.Scope, x tf.Output) tf.Output { return x },
	Relu:        op.Relu,
	Relu6:       op.Relu6,
	LeakyRelu:   func(s *tf.Scope, x tf.Output) tf.Output { return op.LeakyRelu(s, x, nil) },
	Elu:         op.Elu,
	Selu:        op.Selu,
	Gelu:        gelu,
	Silu:        func(s *tf.Scope, x tf.Output) tf.Output { return op.Mul(s, x, op.Sigmoid(s, x)) },
	Sigmoid:     op.Sigmoid,
	HardSigmoid: hardSigmoid,
	Tanh:        op.Tanh,
	Softplus:    op.Softplus,
	Softsign:    op.Softsign,
	Exponential: op.Exp,
	Softmax:     softmax,
	LogSoftmax:  op.LogSoftmax,
}

// gelu is x/2 * (1 + erf(x/sqrt(2))).
func gelu(s *tf.Scope, x tf.Output) tf.Output {
	erf := op.Erf(s, op.Mul(s, x, number(s, 1/math.Sqrt2, x)))
	half := op.Mul(s, x, number(s, 0.5, x))
	return op.Mul(s, half, op.AddV2(s, erf, number(s, 1, x)))
}

func hardSigmoid(s *tf.Scope, x tf.Output) tf.Output {
	return op.RealDiv(s, op.Relu6(s, op.AddV2(s, x, number(s, 3, x))), number(s, 6, x))
}

// softmax makes sure that a loss can find the logits behind the probabilities
// (see losses.SparseCategoricalCrossentropy): a graph knows an operation's inputs,
// an eager scope only those of operations that are recorded.
func softmax(s *tf.Scope, x tf.Output) tf.Output {
	if s.Eager() {
		r := tf.NewRecorder()
		r.Watch(x)
		s = s.Recording(r)
	}
	return op.Softmax(s, x)
}

// number is a constant scalar of x's dtype.
func number(s *tf.Scope, v float64, x tf.Output) tf.Output {
	c := tf.ConstScalar(s, float32(v))
	if d := x.DType(); d != tf.Float32 && d != 0 {
		if d == tf.Float64 {
			return tf.ConstScalar(s, v)
		}
		return op.Cast(s, c, d, nil)
	}
	return c
}
