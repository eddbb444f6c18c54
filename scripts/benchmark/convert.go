package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/activations"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/convert"
)

// conversion is a side that converts a SavedModel in a process of its own.
type conversion struct {
	args []string
	out  string
}

// conversions compares the time from the start of a process to a .tflite file:
// gotf convert with a program around Python's TFLiteConverter.
func conversions(ctx context.Context, e *environment) (pair, error) {
	gotf := filepath.Join(e.temp, "gotf")
	build := exec.CommandContext(ctx, "go", "build", "-o", gotf, "./cmd/gotf")
	build.Dir = e.root
	if said, err := build.CombinedOutput(); err != nil {
		return pair{}, fmt.Errorf("go build ./cmd/gotf: %w: %s", err, strings.TrimSpace(string(said)))
	}
	dir := filepath.Join(e.temp, "convert")
	if err := exportModel(ctx, cnn, dir); err != nil {
		return pair{}, err
	}
	ours, theirs := filepath.Join(e.temp, "gotf.tflite"), filepath.Join(e.temp, "python.tflite")
	p := pair{
		conversion{[]string{gotf, "convert", "--saved-model-dir", dir, "--output-file", ours}, ours},
		conversion{[]string{e.python, filepath.Join(e.root, "scripts", "peers", "convert_bench.py"), dir, theirs}, theirs},
	}
	_, _, err := p.turns(ctx, false) // reads the files
	return p, err
}

func exportModel(ctx context.Context, w workload, dir string) error {
	m, err := w.build()
	if err != nil {
		return err
	}
	defer m.Close()
	return m.Export(ctx, dir, keras.ExportConfig{})
}

// turn gives the seconds until the process has ended and left the file.
func (c conversion) turn(ctx context.Context) (float64, error) {
	if err := os.RemoveAll(c.out); err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	var log strings.Builder
	cmd.Stderr, cmd.Env = &log, inherited
	start := time.Now()
	err := cmd.Run()
	spent := time.Since(start).Seconds()
	if err != nil {
		return 0, fmt.Errorf("%s: %w: %s", strings.Join(c.args, " "), err, strings.TrimSpace(log.String()))
	}
	data, err := os.ReadFile(c.out)
	if err == nil && (len(data) < 8 || string(data[4:8]) != "TFL3") {
		err = fmt.Errorf("%s: not a .tflite file", c.out)
	}
	return spent, err
}

func (conversion) close() error { return nil }

// mid is a network of convolutions that takes some milliseconds.
var mid = workload{
	name: "mid", shape: tf.Shape{128, 128, 3},
	layers: func() []core.Layer {
		var all []core.Layer
		for _, filters := range []int{32, 64, 128} {
			all = append(all, &layers.Conv2D{Filters: filters, KernelSize: layers.Square(3), Activation: activations.Relu}, &layers.MaxPooling2D{})
		}
		return append(all, &layers.Flatten{}, &layers.Dense{Units: 10})
	},
}

// madeModel converts the network mid.
func madeModel(ctx context.Context, e *environment) ([]string, error) {
	dir, out := filepath.Join(e.temp, mid.name), filepath.Join(e.temp, "mid.tflite")
	if err := exportModel(ctx, mid, dir); err != nil {
		return nil, err
	}
	_, err := convert.ConvertFile(ctx, dir, out, nil)
	return []string{out}, err
}
