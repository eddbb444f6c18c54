package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// batchNormRule serves FusedBatchNorm, V2 and V3: the normalized values, and the
// mean and variance for moving averages. The other outputs have no gradient.
func batchNormRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	for i, g := range dy[3:] {
		if !g.IsNil() {
			return fail(s, o, tf.Unimplemented, "output %d has no gradient, only the normalized values, mean and variance have", i+3)
		}
	}
	d := make([]tf.Output, 5)
	switch training := o.AttrBool("is_training"); {
	case dy[0].IsNil():
	case training:
		d[0], d[1], d[2] = batchNormKernel(s, o, dy[0], o.Input(0), o.Output(3), o.Output(4), o.AttrString("data_format"))
	default:
		d = batchNormInference(s, o, dy[0], need)
	}
	for i, g := range averagesBack(s, o, dy[1:3]) { // Python leaves these out
		if at := []int{0, 3, 4}[i]; !g.IsNil() {
			d[at] = plus(s, d[at], g)
		}
	}
	return d
}

// batchNormInference: mean and variance are inputs.
func batchNormInference(s *tf.Scope, o tf.Op, dy tf.Output, need []bool) []tf.Output {
	x, scale, mean, variance, format := o.Input(0), o.Input(1), o.Input(3), o.Input(4), o.AttrString("data_format")
	to, from := channelsLast(format) // the kernels want these
	if to != nil {
		x, dy, format = transposed(s, x, to), transposed(s, dy, to), lastFormat[format]
	}
	dx, dscale, doffset := batchNormKernel(s, o, dy, x, mean, variance, format)
	if from != nil {
		dx = transposed(s, dx, from)
	}
	d := []tf.Output{dx, dscale, doffset, {}, {}}
	if need[3] || need[4] { // Python leaves these out
		v := op.AddV2(s, variance, number(s, variance, float64(o.AttrFloat("epsilon"))))
		d[3] = op.Neg(s, op.Mul(s, op.Mul(s, scale, doffset), op.Rsqrt(s, v)))
		d[4] = times(s, op.RealDiv(s, op.Mul(s, scale, dscale), v), -0.5)
	}
	return d
}

// averagesBack are the gradients by x, mean and variance of the outputs that
// are there for moving averages, from dy of these.
func averagesBack(s *tf.Scope, o tf.Op, dy []tf.Output) []tf.Output {
	if dy[0].IsNil() && dy[1].IsNil() {
		return nil
	}
	if !o.AttrBool("is_training") {
		return []tf.Output{{}, dy[0], dy[1]}
	}
	n, factor := batchNormOf(o), float64(o.AttrFloat("exponential_avg_factor"))
	return throughFormula(s, []tf.Output{o.Input(0), o.Input(3), o.Input(4)}, dy, func(s *tf.Scope, in []tf.Output) []tf.Output {
		return n.averages(s, in[0], in[1], in[2], factor)
	})
}

// batchNormKernel is the fused gradient of o's version.
func batchNormKernel(s *tf.Scope, o tf.Op, dy, x, mean, variance tf.Output, format string) (dx, dscale, doffset tf.Output) {
	scale, training, epsilon := o.Input(1), o.AttrBool("is_training"), o.AttrFloat("epsilon")
	attrs := &op.FusedBatchNormGradV3Attrs{Epsilon: &epsilon, DataFormat: format, IsTraining: &training}
	switch o.Type() {
	case "FusedBatchNorm":
		dx, dscale, doffset, _, _ = op.FusedBatchNormGrad(s, dy, x, scale, mean, variance, (*op.FusedBatchNormGradAttrs)(attrs))
	case "FusedBatchNormV2":
		dx, dscale, doffset, _, _ = op.FusedBatchNormGradV2(s, dy, x, scale, mean, variance, (*op.FusedBatchNormGradV2Attrs)(attrs))
	default:
		dx, dscale, doffset, _, _ = op.FusedBatchNormGradV3(s, dy, x, scale, mean, variance, o.Output(5), attrs)
	}
	return dx, dscale, doffset
}

// lastFormat has the formats with channels last.
var lastFormat = map[string]string{"NCHW": "NHWC", "NCDHW": "NDHWC"}

// channelsLast are the permutations to and from the format with channels last;
// nil if it is that.
func channelsLast(format string) (to, from []int64) {
	switch format {
	case "NCHW":
		return []int64{0, 2, 3, 1}, []int64{0, 3, 1, 2}
	case "NCDHW":
		return []int64{0, 2, 3, 4, 1}, []int64{0, 4, 1, 2, 3}
	}
	return nil, nil
}

// batchNormGradRule is second order: there is no kernel, so it differentiates
// the formula of the gradient.
func batchNormGradRule(s *tf.Scope, o tf.Op, g []tf.Output, _ []bool) []tf.Output {
	for i, d := range g[3:] {
		if !d.IsNil() {
			return fail(s, o, tf.Unimplemented, "output %d has no gradient", i+3)
		}
	}
	n := batchNormOf(o)
	dy, x, scale, mean, variance := o.Input(0), o.Input(1), o.Input(2), o.Input(3), o.Input(4)
	return throughFormula(s, []tf.Output{dy, x, scale, mean, variance}, g[:3], func(s *tf.Scope, in []tf.Output) []tf.Output {
		return n.gradient(s, in[0], in[1], in[2], in[3], in[4])
	})
}

// batchNorm normalizes over axes, with parameters shaped like channels.
type batchNorm struct {
	axes, channels []int64
	training       bool
	epsilon        float64
}

func batchNormOf(o tf.Op) batchNorm {
	format := o.AttrString("data_format")
	axes := map[string][]int64{"NHWC": {0, 1, 2}, "NCHW": {0, 2, 3}, "NDHWC": {0, 1, 2, 3}, "NCDHW": {0, 2, 3, 4}}[format]
	channels := []int64{1, 1, 1, -1}
	switch format {
	case "NCHW":
		channels = []int64{1, -1, 1, 1}
	case "NDHWC":
		channels = []int64{1, 1, 1, 1, -1}
	case "NCDHW":
		channels = []int64{1, -1, 1, 1, 1}
	}
	return batchNorm{axes, channels, o.AttrBool("is_training"), float64(o.AttrFloat("epsilon"))}
}

// averages are the mean and variance that are given for moving averages: those of
// x, the variance that of a sample, by factor, and the given ones by the rest.
func (b batchNorm) averages(s *tf.Scope, x, mean, variance tf.Output, factor float64) []tf.Output {
	axes, keep := ints(s, b.axes...), &op.MeanAttrs{KeepDims: true}
	x = op.Cast(s, x, mean.DType(), nil) // from half precision
	m := op.Mean(s, x, axes, keep)
	count := op.RealDiv(s, op.Cast(s, op.Size(s, x, nil), x.DType(), nil), op.Cast(s, op.Size(s, m, nil), x.DType(), nil))
	less := op.Maximum(s, op.Sub(s, count, number(s, x, 1)), number(s, x, 1))
	sum := op.Sum(s, op.SquaredDifference(s, x, m), axes, nil)
	ys := []tf.Output{op.Reshape(s, m, ints(s, -1)), op.RealDiv(s, sum, less)}
	for i, old := range []tf.Output{mean, variance} {
		if factor != 1 {
			ys[i] = op.AddV2(s, times(s, ys[i], factor), times(s, old, 1-factor))
		}
	}
	return ys
}

// gradient is what the fused gradients compute, in plain operations, with
// m the mean over the axes:
//
//	n = (x - m(x)) / sqrt(v(x) + epsilon)
//	dx = scale/sqrt(v(x) + epsilon) * (dy - m(dy) - n*m(dy*n))
//	dscale = sum(dy*n), doffset = sum(dy)
//
// Outside training mean and variance are given and dx has the first term only.
func (b batchNorm) gradient(s *tf.Scope, dy, x, scale, mean, variance tf.Output) []tf.Output {
	d := x.DType()
	axes := ints(s, b.axes...)
	keep := &op.MeanAttrs{KeepDims: true}
	wide := func(v tf.Output) tf.Output { return op.Cast(s, v, scale.DType(), nil) } // from half precision
	each := func(v tf.Output) tf.Output { return op.Reshape(s, v, ints(s, b.channels...)) }
	dy, x = wide(dy), wide(x)
	var m, v tf.Output
	if b.training {
		m = op.Mean(s, x, axes, keep)
		v = op.Mean(s, op.SquaredDifference(s, x, m), axes, keep)
	} else {
		m, v = each(mean), each(variance)
	}
	r := op.Rsqrt(s, op.AddV2(s, v, number(s, v, b.epsilon)))
	n := op.Mul(s, op.Sub(s, x, m), r)
	dyn := op.Mul(s, dy, n)
	dx := dy
	if b.training {
		dx = op.Sub(s, op.Sub(s, dy, op.Mean(s, dy, axes, keep)), op.Mul(s, n, op.Mean(s, dyn, axes, keep)))
	}
	dx = op.Mul(s, op.Mul(s, each(scale), r), dx)
	return []tf.Output{op.Cast(s, dx, d, nil), op.Sum(s, dyn, axes, nil), op.Sum(s, dy, axes, nil)}
}
