package keras

import (
	"context"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// ExportConfig says how to export.
type ExportConfig struct {
	Signature string // its key, any text; empty: "serve" and "serving_default", as Keras's model.export() has them
	Overwrite bool   // replace a SavedModel that is there
}

// Export writes the model as a SavedModel to a new folder, which appears when it
// is complete. Input and output are called what Keras's model.export() calls
// them: the input layer's name and "output_0". Python sees the variables by
// their paths, and trainable as they are here.
func (m *Model) Export(ctx context.Context, dir string, cfg ExportConfig) error {
	keys := []string{savedmodel.ServingDefault, "serve"}
	if cfg.Signature != "" {
		keys = []string{cfg.Signature}
	}
	n, err := m.Inference(ctx)
	if err != nil {
		return err
	}
	defer n.Close()
	s := n.Graph.Scope()
	x := tf.Placeholder(s.Named(core.NodeName(keys[0]+"_"+n.Input.Name)), n.Input.DType, n.Input.Shape)
	y := op.Identity(s.Named(n.Output.Name), n.Call(s, x))
	if s.Err() != nil {
		return s.Err()
	}
	vars := []savedmodel.Variable{}
	for _, v := range n.Variables {
		vars = append(vars, savedmodel.Variable{Name: v.Path, Handle: v.Handle(), Frozen: !v.Trainable})
	}
	signatures := map[string]savedmodel.Endpoints{}
	for _, key := range keys {
		signatures[key] = savedmodel.Endpoints{
			Inputs:  map[string]tf.Output{n.Input.Name: x},
			Outputs: map[string]tf.Output{n.Output.Name: y},
		}
	}
	return savedmodel.Export(ctx, dir, n.Session, &savedmodel.ExportConfig{
		Signatures: signatures, Variables: vars, Overwrite: cfg.Overwrite,
	})
}
