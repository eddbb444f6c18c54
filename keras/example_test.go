package keras_test

import (
	"context"
	"fmt"
	"os"

	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/activations"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/keras/losses"
	"github.com/gotf/gotf/keras/metrics"
	"github.com/gotf/gotf/keras/optimizers"
	"github.com/gotf/gotf/tf"
)

// Which of two numbers is larger?
func Example() {
	ctx := context.Background()
	var pairs []float32
	var larger []int32
	for i := range 32 {
		for j := range 32 {
			if i != j {
				pairs = append(pairs, float32(i)/32, float32(j)/32)
				larger = append(larger, int32(min(max(j-i, 0), 1)))
			}
		}
	}
	x := must(tf.NewTensor(pairs, int64(len(larger)), 2))
	defer x.Close()
	y := must(tf.NewTensor(larger))
	defer y.Close()

	m := must(keras.Sequential{
		Layers: []core.Layer{
			&layers.Input{Shape: tf.Shape{2}},
			&layers.Dense{Units: 8, Activation: activations.Relu},
			&layers.Dense{Units: 2, Activation: activations.Softmax},
		},
		Seed: 1,
	}.Build())
	defer m.Close()
	err := m.Compile(keras.CompileConfig{
		Optimizer: &optimizers.Adam{LearningRate: 0.02},
		Loss:      &losses.SparseCategoricalCrossentropy{},
		Metrics:   []core.Metric{&metrics.SparseCategoricalAccuracy{Name: "accuracy"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	h, err := m.Fit(ctx, keras.Arrays{X: x, Y: y}, keras.FitConfig{Epochs: 15, Verbose: keras.Silent})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("learned: %v\n", h.Metrics["accuracy"][14] > 0.97)

	two := must(tf.NewTensor([]float32{0.9, 0.1, 0.2, 0.7}, 2, 2))
	defer two.Close()
	p := must(m.Predict(ctx, two, keras.PredictConfig{}))
	defer p.Close()
	values := must(tf.Values[float32](p))
	fmt.Printf("%.1f\n", values)
	// Output:
	// learned: true
	// [1.0 0.0 0.0 1.0]
}

func ExampleModel_Summary() {
	m, err := keras.Sequential{Layers: []core.Layer{
		&layers.Input{Shape: tf.Shape{28, 28, 1}},
		&layers.Conv2D{Filters: 8, KernelSize: layers.Square(3), Activation: activations.Relu},
		&layers.Flatten{},
		&layers.Dense{Units: 10},
	}}.Build()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	m.Summary(os.Stdout, 60)
	// Output:
	// Model: "sequential"
	// ┏━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━┓
	// ┃ Layer (type)           ┃ Output Shape    ┃   Param # ┃
	// ┡━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━┩
	// │ conv2d (Conv2D)        │ (None, 26, 26,  │        80 │
	// │                        │ 8)              │           │
	// ├────────────────────────┼─────────────────┼───────────┤
	// │ flatten (Flatten)      │ (None, 5408)    │         0 │
	// ├────────────────────────┼─────────────────┼───────────┤
	// │ dense (Dense)          │ (None, 10)      │    54,090 │
	// └────────────────────────┴─────────────────┴───────────┘
	//  Total params: 54,170 (211.60 KB)
	//  Trainable params: 54,170 (211.60 KB)
	//  Non-trainable params: 0 (0.00 B)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
