package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gotf/gotf/internal/models"
	"github.com/gotf/gotf/internal/peers"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

// litePython names the Python with LiteRT, which scripts/venv makes.
const litePython = "tflite"

// liteThreads is how many threads an invocation has on either side.
const liteThreads = 1

// liteTurn is the part of a turn's length that one of several models gets.
const liteTurn = 0.25

// lite compares inference of a .tflite file with LiteRT's in Python: the p50 of
// a call, inputs and outputs copied, in us. Python takes whichever of its ways
// is the fastest.
func lite(path string) start {
	return func(ctx context.Context, e *environment) (pair, error) {
		python, err := peers.Python(litePython)
		if err != nil {
			return pair{}, err
		}
		with := *e
		with.python = python
		seconds := e.seconds * liteTurn
		m, err := openLite(path)
		if err != nil {
			return pair{}, err
		}
		m.length = time.Duration(seconds * float64(time.Second))
		peer, err := with.startPython(ctx, "tflite_bench.py", fmt.Sprintf("--threads=%d", liteThreads), fmt.Sprintf("--seconds=%g", seconds), path)
		if err != nil {
			m.close()
			return pair{}, err
		}
		return pair{m, peer}, nil
	}
}

// liteModel is a model with float inputs and outputs.
type liteModel struct {
	it      *tflite.Interpreter
	inputs  []liteTensor
	outputs []liteTensor
	block   int           // calls that are timed together
	length  time.Duration // of a turn
}

type liteTensor struct {
	name   string
	values []float32
}

// liteBlock is the least time that is measured at once.
const liteBlock = 20 * time.Microsecond

func openLite(path string) (*liteModel, error) {
	model, err := tflite.LoadModel(path)
	if err != nil {
		return nil, err
	}
	defer model.Close() // the interpreter keeps it
	m := &liteModel{block: 1}
	if m.it, err = tflite.NewInterpreter(model, &tflite.Options{Threads: liteThreads}); err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, in := range m.it.Inputs() {
		if in.DType != tf.Float32 {
			m.it.Close()
			return nil, fmt.Errorf("input %q is %v, want float32", in.Name, in.DType)
		}
		x := liteTensor{in.Name, make([]float32, in.Shape.NumElements())}
		for i := range x.values {
			x.values[i] = rng.Float32()
		}
		m.inputs = append(m.inputs, x)
	}
	for _, out := range m.it.Outputs() {
		m.outputs = append(m.outputs, liteTensor{out.Name, make([]float32, out.Shape.NumElements())})
	}
	for range 20 {
		if err := m.call(context.Background()); err != nil {
			m.it.Close()
			return nil, err
		}
	}
	start := time.Now()
	err = m.call(context.Background())
	m.block = int(max(1, liteBlock/max(time.Since(start), 1)))
	return m, err
}

func (m *liteModel) call(ctx context.Context) error {
	if len(m.inputs) == 1 && len(m.outputs) == 1 {
		return tflite.RunInto(ctx, m.it, m.inputs[0].values, m.outputs[0].values)
	}
	for _, in := range m.inputs {
		if err := tflite.Set(m.it, in.name, in.values); err != nil {
			return err
		}
	}
	if err := m.it.Invoke(ctx); err != nil {
		return err
	}
	for _, out := range m.outputs {
		if err := tflite.ReadInto(m.it, out.name, out.values); err != nil {
			return err
		}
	}
	return nil
}

func (m *liteModel) close() error { return m.it.Close() }

// turn gives the median time of a call, in us.
func (m *liteModel) turn(context.Context) (float64, error) {
	ctx := context.Background()
	var times []time.Duration
	start := time.Now()
	for at := start; at.Sub(start) < m.length; {
		for range m.block {
			if err := m.call(ctx); err != nil {
				return 0, err
			}
		}
		now := time.Now()
		times, at = append(times, now.Sub(at)), now
	}
	slices.Sort(times)
	return float64(times[len(times)/2].Nanoseconds()) / 1e3 / float64(m.block), nil
}

// tinyModels are networks that take microseconds.
func tinyModels(_ context.Context, e *environment) ([]string, error) {
	dir := filepath.Join(e.root, "tflite", "convert", "testdata", tensorflow)
	return []string{filepath.Join(dir, "mlp-none.tflite"), filepath.Join(dir, "cnn-none.tflite")}, nil
}

// midModels are all models of scripts/data models that take more than a
// millisecond, but one with custom operations; else one of convolutions is made.
func midModels(ctx context.Context, e *environment) ([]string, error) {
	var found []string
	dir, err := models.Dir()
	if err != nil {
		fmt.Fprintf(os.Stderr, "  %v\n", err)
	}
	for _, name := range []string{
		"basic_pitch/nmp.tflite",
		"mediapipe/face_detection/face_detection_full_range_sparse.tflite",
		"mediapipe/face_detection/face_detection_short_range.tflite",
		"mediapipe/face_landmark/face_landmark.tflite",
		"mediapipe/hand_landmark/hand_landmark_full.tflite",
		"mediapipe/hand_landmark/hand_landmark_lite.tflite",
		"mediapipe/iris_landmark/iris_landmark.tflite",
		"mediapipe/palm_detection/palm_detection_full.tflite",
		"mediapipe/palm_detection/palm_detection_lite.tflite",
		"mediapipe/pose_detection/pose_detection.tflite",
		"mediapipe/pose_landmark/pose_landmark_full.tflite",
		"mediapipe/selfie_segmentation/selfie_segmentation.tflite",
		"mediapipe/selfie_segmentation/selfie_segmentation_landscape.tflite",
	} {
		if path := filepath.Join(dir, filepath.FromSlash(name)); err == nil && exists(path) {
			found = append(found, path)
		}
	}
	if len(found) == 0 {
		return madeModel(ctx, e)
	}
	return found, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
