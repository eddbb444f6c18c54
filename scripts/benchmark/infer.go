package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"time"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
)

// predictor is gotf's side in inference: a SavedModel that is called with one
// sample at a time, from a Go slice to a Go slice.
type predictor struct {
	model         *savedmodel.Model
	input, output string
	shape         tf.Shape
	x             []float32
	length        time.Duration
}

func infer(w workload) func(context.Context, *environment) (pair, error) {
	return func(ctx context.Context, e *environment) (pair, error) {
		peer, err := e.startPython(ctx, "infer.py", "--model", w.name, "--threads=1", fmt.Sprintf("--seconds=%g", e.seconds))
		if err != nil {
			return pair{}, err
		}
		p, err := newPredictor(ctx, w, filepath.Join(e.temp, w.name))
		if err != nil {
			peer.close()
			return pair{}, err
		}
		p.length = time.Duration(e.seconds * float64(time.Second))
		for range 200 {
			if err := p.call(ctx); err != nil {
				p.close()
				peer.close()
				return pair{}, err
			}
		}
		return pair{p, peer}, nil
	}
}

// newPredictor writes the model of a workload as a SavedModel and loads it.
func newPredictor(ctx context.Context, w workload, dir string) (*predictor, error) {
	if err := exportModel(ctx, w, dir); err != nil {
		return nil, err
	}
	model, err := savedmodel.Load(dir, nil)
	if err != nil {
		return nil, err
	}
	s, err := model.Signature(savedmodel.ServingDefault)
	if err != nil {
		model.Close()
		return nil, err
	}
	p := &predictor{
		model: model, input: s.Inputs[0].Name, output: s.Outputs[0].Name,
		shape: append(tf.Shape{1}, w.shape...), x: make([]float32, w.shape.NumElements()),
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range p.x {
		p.x[i] = r.Float32()
	}
	return p, nil
}

func (p *predictor) call(ctx context.Context) error {
	x, err := tf.NewTensor(p.x, p.shape...)
	if err != nil {
		return err
	}
	defer x.Close()
	out, err := p.model.Call(ctx, savedmodel.ServingDefault, map[string]*tf.Tensor{p.input: x})
	if err != nil {
		return err
	}
	y := out[p.output]
	defer y.Close()
	_, err = tf.Values[float32](y)
	return err
}

// turn gives the median time of a call, in us.
func (p *predictor) turn(ctx context.Context) (float64, error) {
	var times []time.Duration
	start := time.Now()
	for at := start; at.Sub(start) < p.length; {
		if err := p.call(ctx); err != nil {
			return 0, err
		}
		now := time.Now()
		times, at = append(times, now.Sub(at)), now
	}
	slices.Sort(times)
	return float64(times[len(times)/2].Nanoseconds()) / 1e3, nil
}

func (p *predictor) close() error { return p.model.Close() }
