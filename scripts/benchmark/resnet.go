package main

import (
	"time"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// gradientResNet50 takes the time of adding the gradients of ResNet-50's loss,
// of images 224x224, to the graph in which it was built.
func gradientResNet50(r *repeated) error {
	r.step = func() (time.Duration, int, error) {
		g, err := tf.NewGraph()
		if err != nil {
			return 0, 0, err
		}
		defer g.Close()
		s := g.Scope()
		loss, weights := resNet50(s)
		if s.Err() != nil {
			return 0, 0, s.Err()
		}
		start := time.Now()
		grad.Gradients(s, []tf.Output{loss}, weights, nil)
		return time.Since(start), 1, s.Err()
	}
	return nil
}

// resNet50 builds He et al.'s network for training (https://arxiv.org/abs/1512.03385)
// and returns its loss and the handles of its variables.
func resNet50(s *tf.Scope) (loss tf.Output, weights []tf.Output) {
	b := &resNet{s: s}
	images := tf.Placeholder(s, tf.Float32, tf.Shape{-1, 224, 224, 3})
	labels := tf.Placeholder(s, tf.Int32, tf.Shape{-1})
	y := op.MaxPool(s, op.Relu(s, b.conv(images, 7, 3, 64, 2)), []int64{1, 3, 3, 1}, []int64{1, 2, 2, 1}, "SAME", nil)
	channels := int64(64)
	for stage, blocks := range []int{3, 4, 6, 3} {
		filters := int64(64) << stage
		for block := range blocks {
			stride := int64(1)
			if stage > 0 && block == 0 {
				stride = 2
			}
			y = b.bottleneck(y, channels, filters, stride, block == 0)
			channels = 4 * filters
		}
	}
	features := op.Mean(s, y, tf.Const(s, []int32{1, 2}), nil)
	logits := op.AddV2(s, op.MatMul(s, features, b.variable(2048, 1000), nil), b.variable(1000))
	losses, _ := op.SparseSoftmaxCrossEntropyWithLogits(s, logits, labels)
	return op.Mean(s, losses, tf.ConstScalar(s, int32(0)), nil), b.weights
}

type resNet struct {
	s       *tf.Scope
	weights []tf.Output
}

func (b *resNet) variable(shape ...int64) tf.Output {
	v := tf.NewVariable(b.s, "v", tf.Float32, shape)
	b.weights = append(b.weights, v.Handle())
	return v.Read(b.s)
}

// conv is a convolution and a normalisation over the batch.
func (b *resNet) conv(x tf.Output, size, channels, filters, stride int64) tf.Output {
	y := op.Conv2D(b.s, x, b.variable(size, size, channels, filters), []int64{1, stride, stride, 1}, "SAME", nil)
	none := tf.Const(b.s, []float32{})
	y, _, _, _, _, _ = op.FusedBatchNormV3(b.s, y, b.variable(filters), b.variable(filters), none, none, nil)
	return y
}

// bottleneck is a block of three convolutions around which x is added, projected
// where the shape changes.
func (b *resNet) bottleneck(x tf.Output, channels, filters, stride int64, project bool) tf.Output {
	short := x
	if project {
		short = b.conv(x, 1, channels, 4*filters, stride)
	}
	y := op.Relu(b.s, b.conv(x, 1, channels, filters, stride))
	y = op.Relu(b.s, b.conv(y, 3, filters, filters, 1))
	return op.Relu(b.s, op.AddV2(b.s, b.conv(y, 1, filters, 4*filters, 1), short))
}
