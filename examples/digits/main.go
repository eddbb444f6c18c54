// Command digits trains a small network on handwritten digits, and writes it as
// a SavedModel and as a TFLite file.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"

	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/activations"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/datasets"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/keras/losses"
	"github.com/gotf/gotf/keras/metrics"
	"github.com/gotf/gotf/keras/optimizers"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/convert"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, "digits"); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, dir string) error {
	digits, err := datasets.Load("mnist-5k", 10)
	if err != nil {
		return err
	}
	train, err := arrays(digits.Train)
	if err != nil {
		return err
	}
	test, err := arrays(digits.Test)
	if err != nil {
		return err
	}

	model, err := keras.Sequential{
		Seed: 1,
		Layers: []core.Layer{
			&layers.Input{Shape: tf.Shape{28, 28}},
			&layers.Flatten{},
			&layers.Dense{Units: 128, Activation: activations.Relu},
			&layers.Dropout{Rate: 0.2},
			&layers.Dense{Units: 10, Activation: activations.Softmax},
		},
	}.Build()
	if err != nil {
		return err
	}
	defer model.Close()
	if err := model.Compile(keras.CompileConfig{
		Optimizer:         &optimizers.Adam{},
		Loss:              &losses.SparseCategoricalCrossentropy{},
		Metrics:           []core.Metric{&metrics.SparseCategoricalAccuracy{Name: "accuracy"}},
		StepsPerExecution: 25,
	}); err != nil {
		return err
	}
	history, err := model.Fit(ctx, train, keras.FitConfig{Epochs: 5, Validation: test})
	if err != nil {
		return err
	}
	fmt.Printf("%.0f %% of the test digits are right\n", 100*history.Metrics["val_accuracy"][4])

	if err := model.Export(ctx, dir+"/saved_model", keras.ExportConfig{Overwrite: true}); err != nil {
		return err
	}
	_, err = convert.ConvertFile(ctx, dir+"/saved_model", dir+"/digits.tflite", &convert.Options{Quantize: convert.Dynamic})
	return err
}

// arrays gives a model pixels from 0 to 1. The tensors are freed when they are
// no longer used; Close would free them sooner.
func arrays(s datasets.Split) (a keras.Arrays, err error) {
	a.Scale = 1.0 / 255
	if a.X, err = tf.NewTensor(s.Images, int64(s.N), int64(s.Rows), int64(s.Cols)); err != nil {
		return a, err
	}
	a.Y, err = tf.NewTensor(s.Labels)
	return a, err
}
