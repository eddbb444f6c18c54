package main

import (
	"context"
	"fmt"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

// diffModel is a signature of a model that is run.
type diffModel struct {
	path            string
	inputs, outputs []tensorFacts
	call            func(context.Context, map[string]*tf.Tensor) (map[string]*tf.Tensor, error)
	close           func()
}

func loadDiffModel(r *inspection, key string) (*diffModel, error) {
	if r.Format == formatTFLite {
		return loadDiffTFLite(r.Path, key)
	}
	var m *savedmodel.Model
	var err error
	if r.Format == formatGraphDef {
		m, err = savedmodel.LoadFrozen(r.Path, nil)
		key = savedmodel.ServingDefault // the only one
	} else {
		m, err = savedmodel.Load(r.Path, &savedmodel.LoadConfig{Tags: r.TagSet})
	}
	if err != nil {
		return nil, err
	}
	s, err := m.Signature(key)
	if err != nil {
		m.Close()
		return nil, err
	}
	if err := refuseFileWrites(m, s); err != nil {
		m.Close()
		return nil, fmt.Errorf("%s: %w", r.Path, err)
	}
	return &diffModel{
		path: r.Path, inputs: savedModelTensors(s.Inputs), outputs: savedModelTensors(s.Outputs), close: func() { m.Close() },
		call: func(ctx context.Context, in map[string]*tf.Tensor) (map[string]*tf.Tensor, error) {
			return m.Call(ctx, s.Key, in)
		},
	}, nil
}

func loadDiffTFLite(path, key string) (*diffModel, error) {
	m, err := tflite.LoadModel(path)
	if err != nil {
		return nil, err
	}
	defer m.Close() // the interpreter keeps it
	it, err := tflite.NewInterpreter(m, nil)
	if err != nil {
		return nil, named(path, err)
	}
	s, err := it.Signature(key)
	if err == nil {
		err = named(path, refuseLiteFileWrites(path, s.Key))
	}
	if err != nil {
		it.Close()
		return nil, err
	}
	return &diffModel{path: path, inputs: runtimeTensors(s.Inputs()), outputs: runtimeTensors(s.Outputs()), call: s.Run, close: func() { it.Close() }}, nil
}

func runtimeTensors(infos []tflite.TensorInfo) (out []tensorFacts) {
	for _, t := range infos {
		out = append(out, tensorFacts{t.Name, t.DType.String(), t.ShapeSignature, quantizationOf(t.Quantization)})
	}
	return out
}
