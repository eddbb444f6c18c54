package grad_test

import (
	"fmt"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// mlp is a classifier's mean loss; xs are x, w1, b1, w2, b2.
func mlp(s *tf.Scope, xs []tf.Output, labels tf.Output) tf.Output {
	hidden := op.Tanh(s, op.BiasAdd(s, op.MatMul(s, xs[0], xs[1], nil), xs[2], nil))
	logits := op.BiasAdd(s, op.MatMul(s, hidden, xs[3], nil), xs[4], nil)
	loss, _ := op.SparseSoftmaxCrossEntropyWithLogits(s, logits, labels)
	return op.Mean(s, loss, tf.Const(s, []int32{0}), nil)
}

func TestMLP(t *testing.T) {
	for _, c := range goldenCases(t, "core") {
		if c.Name != "mlp" {
			continue
		}
		inBothModes(t, func(t *testing.T, l lab) {
			xs, dys, rs := c.inputs(t, l)
			labels := xs[5]
			f := func(s *tf.Scope, xs []tf.Output) []tf.Output { return []tf.Output{mlp(s, xs, labels)} }
			if dys[0].IsNil() {
				dys[0] = tf.ConstScalar(l.Scope, 1.0)
			}
			ys, dxs := l.first(f, xs[:5], dys, c.Wrt)
			near(t, "y0", l.fetch(ys...)[0], c.want(t, "y0"), c.Tolerance)
			dds := l.second(f, xs[:5], dys, rs, c.Wrt)
			for k, i := range c.Wrt {
				got := l.fetch(dxs[k], dds[k])
				near(t, fmt.Sprintf("dx%d", i), got[0], c.want(t, fmt.Sprintf("dx%d", i)), c.Tolerance)
				near(t, fmt.Sprintf("ddx%d", i), got[1], c.want(t, fmt.Sprintf("ddx%d", i)), c.Tolerance)
			}
		})
		return
	}
	t.Fatal("testdata has no mlp")
}

// small are constants of the shapes that mlp takes, in float32.
func small(s *tf.Scope, batch, in, units, classes int64) (xs []tf.Output, labels tf.Output) {
	for i, shape := range [][]int64{{batch, in}, {in, units}, {units}, {units, classes}, {classes}} {
		n := tf.Shape(shape).NumElements()
		v := make([]float32, n)
		for j := range v {
			v[j] = float32((j*7+i*3)%11)/11 - 0.4
		}
		xs = append(xs, tf.Const(s, v, shape...))
	}
	l := make([]int32, batch)
	for i := range l {
		l[i] = int32(i % int(classes))
	}
	return xs, tf.Const(s, l)
}

// BenchmarkTape is a training step's loss and gradients, run eagerly.
func BenchmarkTape(b *testing.B) {
	e, err := tf.NewEager(&tf.Config{IntraOpThreads: 1, InterOpThreads: 1})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	data := e.Scope()
	defer data.Close()
	xs, labels := small(data, 32, 784, 128, 10)
	b.ReportAllocs()
	for b.Loop() {
		s := e.Scope()
		t, ts := grad.NewTape(s)
		t.Watch(xs[1:]...)
		d := t.Gradient(mlp(ts, xs, labels), xs[1:]...)
		if s.Err() != nil || d[0].IsNil() {
			b.Fatal(s.Err())
		}
		s.Close()
	}
}

// BenchmarkForward is BenchmarkTape without the gradients.
func BenchmarkForward(b *testing.B) {
	e, err := tf.NewEager(&tf.Config{IntraOpThreads: 1, InterOpThreads: 1})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	data := e.Scope()
	defer data.Close()
	xs, labels := small(data, 32, 784, 128, 10)
	for b.Loop() {
		s := e.Scope()
		mlp(s, xs, labels)
		if s.Err() != nil {
			b.Fatal(s.Err())
		}
		s.Close()
	}
}

// BenchmarkGradients builds graphs of layers and their gradients.
func BenchmarkGradients(b *testing.B) {
	for _, layers := range []int{2, 20, 200} {
		b.Run(fmt.Sprintf("%dlayers", layers), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				g, err := tf.NewGraph()
				if err != nil {
					b.Fatal(err)
				}
				s := g.Scope()
				x := tf.Placeholder(s, tf.Float32, tf.Shape{-1, 8})
				w := tf.Const(s, make([]float32, 64), 8, 8)
				y := x
				for range layers {
					y = op.Relu(s, op.MatMul(s, y, w, nil))
				}
				d := grad.Gradients(s, []tf.Output{y}, []tf.Output{w}, nil)
				if s.Err() != nil || d[0].IsNil() {
					b.Fatal(s.Err())
				}
				g.Close()
			}
		})
	}
}
