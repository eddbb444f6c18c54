package layers

import (
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// normalization is one call of a BatchNormalization.
type normalization struct {
	scope       *tf.Scope
	x           tf.Output
	gamma, beta tf.Output // [channels], or none
	axis, rank  int
	channels    int64
	epsilon     float64
}

// fused reports whether TensorFlow's own kernel serves: images with channels last.
func (n *normalization) fused() bool {
	return n.rank == 4 && n.axis == 3 && n.x.DType() == tf.Float32
}

// batch normalizes by the moments of the batch, which it returns too.
func (n *normalization) batch() (y, mean, variance tf.Output) {
	s := n.scope
	if !n.fused() {
		var axes []int64
		for i := range n.rank {
			if i != n.axis {
				axes = append(axes, int64(i))
			}
		}
		over := dims(s, axes...)
		mean = op.Mean(s, n.x, over, nil)
		apart := op.SquaredDifference(s, n.x, op.StopGradient(s, n.along(mean)))
		variance = op.Mean(s, apart, over, nil)
		return n.formula(mean, variance), mean, variance
	}
	none := tf.Const(s, []float32{})
	y, mean, variance, _, _, _ = op.FusedBatchNormV3(s, n.x, n.scale(), n.offset(), none, none, n.attrs(true))
	// The kernel divides the variance by count-1.
	size := op.Cast(s, op.Size(s, n.x, nil), tf.Float32, nil)
	count := op.RealDiv(s, size, tf.ConstScalar(s, float32(n.channels)))
	one := tf.ConstScalar(s, float32(1))
	biased := op.RealDiv(s, op.Maximum(s, op.Sub(s, count, one), one), count)
	return y, mean, op.Mul(s, variance, biased)
}

// apply normalizes by moments given, each [channels].
func (n *normalization) apply(mean, variance tf.Output) tf.Output {
	if !n.fused() {
		return n.formula(mean, variance)
	}
	y, _, _, _, _, _ := op.FusedBatchNormV3(n.scope, n.x, n.scale(), n.offset(), mean, variance, n.attrs(false))
	return y
}

// formula is x*f + (beta - mean*f) with f = gamma/sqrt(variance + epsilon).
func (n *normalization) formula(mean, variance tf.Output) tf.Output {
	s := n.scope
	f := op.Rsqrt(s, op.AddV2(s, n.along(variance), scalar(s, n.epsilon, n.x.DType())))
	if !n.gamma.IsNil() {
		f = op.Mul(s, f, n.along(n.gamma))
	}
	shift := op.Mul(s, n.along(mean), f)
	if n.beta.IsNil() {
		shift = op.Neg(s, shift)
	} else {
		shift = op.Sub(s, n.along(n.beta), shift)
	}
	return op.AddV2(s, op.Mul(s, n.x, f), shift)
}

// along shapes a vector of channels so that it broadcasts along the axis.
func (n *normalization) along(v tf.Output) tf.Output {
	if n.axis == n.rank-1 {
		return v
	}
	shape := make([]int64, n.rank)
	for i := range shape {
		shape[i] = 1
	}
	shape[n.axis] = n.channels
	return op.Reshape(n.scope, v, dims(n.scope, shape...))
}

func (n *normalization) scale() tf.Output  { return n.or(n.gamma, 1) }
func (n *normalization) offset() tf.Output { return n.or(n.beta, 0) }

func (n *normalization) or(v tf.Output, def float32) tf.Output {
	if v.IsNil() {
		return op.Fill(n.scope, dims(n.scope, n.channels), tf.ConstScalar(n.scope, def))
	}
	return v
}

func (n *normalization) attrs(training bool) *op.FusedBatchNormV3Attrs {
	return &op.FusedBatchNormV3Attrs{Epsilon: op.Ptr(float32(n.epsilon)), IsTraining: &training}
}

// follow moves an average towards a value: average*momentum + value*(1-momentum).
func (n *normalization) follow(average *core.Variable, value tf.Output, momentum float64) tf.Output {
	s, d := n.scope, average.DType()
	old := op.Mul(s, average.Read(s), scalar(s, momentum, d))
	return average.Assign(s, op.AddV2(s, old, op.Mul(s, value, scalar(s, 1-momentum, d))))
}
