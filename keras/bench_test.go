package keras_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/activations"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/tf"
)

// noise is n random pictures in 10 classes.
func noise(t testing.TB, n int) keras.Arrays {
	r := rand.New(rand.NewPCG(3, 4))
	x, y := make([]uint8, n*784), make([]int32, n)
	for i := range x {
		x[i] = uint8(r.Uint32())
	}
	for i := range y {
		y[i] = int32(r.IntN(10))
	}
	return keras.Arrays{X: tensor(t, x, int64(n), 28, 28, 1), Y: tensor(t, y), Scale: 1. / 255}
}

// digitMLP and digitCNN are the models that speed is compared with.
func digitMLP() []core.Layer {
	return []core.Layer{
		&layers.Input{Shape: tf.Shape{28, 28, 1}},
		&layers.Flatten{},
		&layers.Dense{Units: 128, Activation: activations.Relu},
		&layers.Dense{Units: 10, Activation: activations.Softmax},
	}
}

func digitCNN() []core.Layer {
	return []core.Layer{
		&layers.Input{Shape: tf.Shape{28, 28, 1}},
		&layers.Conv2D{Filters: 32, KernelSize: layers.Square(3), Activation: activations.Relu},
		&layers.MaxPooling2D{},
		&layers.Conv2D{Filters: 64, KernelSize: layers.Square(3), Activation: activations.Relu},
		&layers.MaxPooling2D{},
		&layers.Flatten{},
		&layers.Dense{Units: 128, Activation: activations.Relu},
		&layers.Dense{Units: 10, Activation: activations.Softmax},
	}
}

// BenchmarkFit measures training steps a second.
func BenchmarkFit(b *testing.B) {
	for _, model := range []struct {
		name   string
		layers func() []core.Layer
		batch  int
		n      int
	}{{"mlp", digitMLP, 32, 32 * 2000}, {"cnn", digitCNN, 64, 64 * 200}} {
		for _, cfg := range benchConfigs {
			for _, k := range []int{1, 32} {
				b.Run(fmt.Sprintf("%s/steps=%d/%s", model.name, k, cfg.name), func(b *testing.B) {
					data := noise(b, model.n)
					m := build(b, keras.Sequential{Layers: model.layers(), Seed: 1})
					c := adam()
					c.StepsPerExecution, c.Session = k, cfg.cfg
					compile(b, m, c)
					small := keras.Arrays{X: tensor(b, make([]uint8, 784*model.batch*k), int64(model.batch*k), 28, 28, 1), Y: tensor(b, make([]int32, model.batch*k)), Scale: 1. / 255}
					fit(b, m, small, keras.FitConfig{BatchSize: model.batch})
					steps, seconds := 0, 0.
					for b.Loop() {
						h := fit(b, m, data, keras.FitConfig{BatchSize: model.batch})
						steps += model.n / model.batch
						seconds += h.Seconds[0]
					}
					b.ReportMetric(float64(steps)/seconds, "steps/s")
				})
			}
		}
	}
}

var benchConfigs = []struct {
	name string
	cfg  *tf.Config
}{
	{"auto", nil},
	{"1 thread", &tf.Config{IntraOpThreads: 1, InterOpThreads: 1}},
	{"2 in ops", &tf.Config{IntraOpThreads: 2, InterOpThreads: 1}},
	{"all threads", &tf.Config{}},
}
