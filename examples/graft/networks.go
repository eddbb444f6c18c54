package main

import (
	"bytes"
	"encoding/binary"
	"math"

	graft "github.com/wamuir/graft/tensorflow"
	"github.com/wamuir/graft/tensorflow/op"
)

// A network is a function of constants of the given shapes, built with graft.
type network struct {
	name   string
	dtype  graft.DataType
	shapes [][]int64
	build  func(s *op.Scope, xs []graft.Output) graft.Output
}

func networks() []network {
	return []network{
		{"mlp", graft.Float, [][]int64{{8, 20}, {20, 16}, {16}, {16, 5}, {5}}, mlp},
		{"cnn", graft.Float, [][]int64{{4, 9, 9, 2}, {3, 3, 2, 4}, {4}, {64, 5}, {5}}, cnn},
	}
}

// mlp has one hidden layer with tanh; xs are input, weights and biases by turns.
func mlp(s *op.Scope, xs []graft.Output) graft.Output {
	h := op.Tanh(s, op.BiasAdd(s.SubScope("hidden"), op.MatMul(s.SubScope("hidden"), xs[0], xs[1]), xs[2]))
	logits := op.BiasAdd(s.SubScope("logits"), op.MatMul(s.SubScope("logits"), h, xs[3]), xs[4])
	return loss(s, logits, 8)
}

// cnn is a convolution with relu, max pooling, and a dense layer.
func cnn(s *op.Scope, xs []graft.Output) graft.Output {
	h := op.Conv2D(s, xs[0], xs[1], []int64{1, 1, 1, 1}, "SAME")
	h = op.Relu(s, op.BiasAdd(s.SubScope("conv"), h, xs[2]))
	h = op.MaxPool(s, h, []int64{1, 2, 2, 1}, []int64{1, 2, 2, 1}, "VALID")
	h = op.Reshape(s, h, op.Const(s.SubScope("flat"), []int32{-1, 64}))
	return loss(s, op.BiasAdd(s.SubScope("logits"), op.MatMul(s, h, xs[3]), xs[4]), 4)
}

// loss is the mean cross-entropy for labels that count up. It is not the sparse
// form, which TF_AddGradients does not know.
func loss(s *op.Scope, logits graft.Output, batch int) graft.Output {
	labels := make([][]float32, batch)
	for i := range labels {
		labels[i] = make([]float32, 5)
		labels[i][i%5] = 1
	}
	each, _ := op.SoftmaxCrossEntropyWithLogits(s, logits, op.Const(s.SubScope("labels"), labels))
	return op.Mean(s, each, op.Const(s.SubScope("axis"), []int32{0}))
}

// constant is a tensor of n's type whose values differ and are small.
func (n *network) constant(shape []int64, seed int) (*graft.Tensor, error) {
	size := int64(1)
	for _, d := range shape {
		size *= d
	}
	var b bytes.Buffer
	for i := range size {
		v := 0.8 * math.Sin(float64(i)*1.7+float64(seed))
		if n.dtype == graft.Double {
			binary.Write(&b, binary.LittleEndian, v)
		} else {
			binary.Write(&b, binary.LittleEndian, float32(v))
		}
	}
	return graft.ReadTensor(n.dtype, shape, &b)
}
