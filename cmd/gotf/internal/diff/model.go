package diff

import (
	"context"
	"fmt"

	"github.com/gotf/gotf/cmd/gotf/internal/inspect"
	"github.com/gotf/gotf/cmd/gotf/internal/modelfile"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

// model is a signature of a model that is run.
type model struct {
	path            string
	inputs, outputs []inspect.TensorFacts
	ranges          map[string]valueRange // of inputs that are quantized
	call            func(context.Context, map[string]*tf.Tensor) (map[string]*tf.Tensor, error)
	close           func()
}

func loadModel(r *inspect.Report, key string) (*model, error) {
	if r.Format == modelfile.TFLite {
		return loadTFLite(r.Path, key)
	}
	var m *savedmodel.Model
	var err error
	if r.Format == modelfile.GraphDef {
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
	if err := modelfile.RefuseFileWrites(m, s); err != nil {
		m.Close()
		return nil, fmt.Errorf("%s: %w", r.Path, err)
	}
	return &model{
		path: r.Path, inputs: inspect.SavedModelTensors(s.Inputs), outputs: inspect.SavedModelTensors(s.Outputs), close: func() { m.Close() },
		call: func(ctx context.Context, in map[string]*tf.Tensor) (map[string]*tf.Tensor, error) {
			return m.Call(ctx, s.Key, in)
		},
	}, nil
}

func loadTFLite(path, key string) (*model, error) {
	m, err := tflite.LoadModel(path)
	if err != nil {
		return nil, err
	}
	defer m.Close() // the interpreter keeps it
	it, err := tflite.NewInterpreter(m, nil)
	if err != nil {
		return nil, modelfile.Named(path, err)
	}
	s, err := it.Signature(key)
	if err == nil {
		err = modelfile.Named(path, modelfile.RefuseLiteFileWrites(path, s.Key))
	}
	if err != nil {
		it.Close()
		return nil, err
	}
	ranges, err := quantizedRanges(path, s)
	if err != nil {
		it.Close()
		return nil, err
	}
	return &model{path: path, ranges: ranges, inputs: runtimeTensors(s.Inputs()), outputs: runtimeTensors(s.Outputs()), call: s.Run, close: func() { it.Close() }}, nil
}

func runtimeTensors(infos []tflite.TensorInfo) (out []inspect.TensorFacts) {
	for _, t := range infos {
		out = append(out, inspect.TensorFacts{Name: t.Name, DType: t.DType.String(), Shape: t.ShapeSignature, Quantization: inspect.QuantizationOf(t.Quantization)})
	}
	return out
}
