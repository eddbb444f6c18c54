package main

import (
	"context"
	"fmt"
	"math"
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

// lite compares inference of .tflite files with LiteRT's in Python: the
// geometric mean, over the models, of the p50 of a call, inputs and outputs
// copied, in us. Python takes whichever of its ways is the fastest for a model.
func lite(find func(context.Context, *environment) ([]string, error)) func(context.Context, *environment) (pair, error) {
	return func(ctx context.Context, e *environment) (pair, error) {
		paths, err := find(ctx, e)
		if err != nil {
			return pair{}, err
		}
		python, err := peers.Python(litePython)
		if err != nil {
			return pair{}, err
		}
		with := *e
		with.python = python
		args := []string{fmt.Sprintf("--threads=%d", liteThreads), fmt.Sprintf("--seconds=%g", e.seconds)}
		peer, err := with.startPython(ctx, "tflite_bench.py", append(args, paths...)...)
		if err != nil {
			return pair{}, err
		}
		g := &liteModels{length: time.Duration(e.seconds * float64(time.Second))}
		for _, path := range paths {
			if err := g.open(path); err != nil {
				g.close()
				peer.close()
				return pair{}, fmt.Errorf("%s: %w", path, err)
			}
		}
		return pair{g, peer}, nil
	}
}

// liteModels is gotf's side: models and the time of a turn, which they share.
type liteModels struct {
	models []*liteModel
	length time.Duration
}

func (g *liteModels) open(path string) error {
	m, err := openLite(path)
	if err != nil {
		return err
	}
	g.models = append(g.models, m)
	return nil
}

func (g *liteModels) turn(ctx context.Context) (float64, error) {
	var logs float64
	for _, m := range g.models {
		us, err := m.p50(ctx, g.length/time.Duration(len(g.models)))
		if err != nil {
			return 0, err
		}
		logs += math.Log(us)
	}
	return math.Exp(logs / float64(len(g.models))), nil
}

func (g *liteModels) close() error {
	for _, m := range g.models {
		m.it.Close()
	}
	return nil
}

// liteModel is a model with float inputs and outputs.
type liteModel struct {
	it      *tflite.Interpreter
	inputs  []liteTensor
	outputs []liteTensor
	block   int // calls that are timed together
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

// p50 is the median time of a call, in us.
func (m *liteModel) p50(_ context.Context, length time.Duration) (float64, error) {
	ctx := context.Background()
	var times []time.Duration
	start := time.Now()
	for at := start; at.Sub(start) < length; {
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

// midModels are those of mediapipe that take more than a millisecond, if
// scripts/data models has fetched them; else one of convolutions is made.
func midModels(ctx context.Context, e *environment) ([]string, error) {
	var found []string
	dir, err := models.Dir()
	if err != nil {
		fmt.Fprintf(os.Stderr, "  %v\n", err)
	}
	for _, name := range []string{
		"hand_landmark/hand_landmark_full.tflite", "pose_landmark/pose_landmark_full.tflite",
		"face_landmark/face_landmark.tflite", "iris_landmark/iris_landmark.tflite",
		"palm_detection/palm_detection_lite.tflite",
	} {
		if path := filepath.Join(dir, "mediapipe", filepath.FromSlash(name)); err == nil && exists(path) {
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
