package convert

import (
	"context"
	"os"
	"path/filepath"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

// lacksValues says that a model reads variables to which it never gives a value:
// the converter leaves variables that loops or several signatures read as
// variables, without the values, as it does with those of some Keras models.
func lacksValues(s *tflite.Structure) bool {
	return uses(s, "READ_VARIABLE") && !uses(s, "ASSIGN_VARIABLE")
}

// withConstants converts the signatures with their variables as constants.
func (p *plan) withConstants(ctx context.Context) ([]byte, *tflite.Structure, error) {
	dir, err := os.MkdirTemp("", "gotf-convert-")
	if err != nil {
		return nil, nil, errorf(p.op, tf.FileCode(err), "%v", err)
	}
	defer os.RemoveAll(dir)
	q := *p
	q.dir = filepath.Join(dir, "model")
	if err := q.freeze(ctx, p.dir, filepath.Join(dir, "frozen.pb")); err != nil {
		return nil, nil, errorf(p.op, tf.Unimplemented, "the converter leaves out the values of the variables, which cannot become constants: %v", err)
	}
	model, facts, err := q.native(p.converterFlags())
	if err == nil && lacksValues(facts) {
		return nil, nil, errorf(p.op, tf.Unimplemented, "the converted model reads variables that have no values")
	}
	return model, facts, err
}

// freeze makes the SavedModel in q.dir of that in from, by way of a frozen graph.
func (q *plan) freeze(ctx context.Context, from, graph string) error {
	source, err := savedmodel.Load(from, &savedmodel.LoadConfig{Tags: q.Tags, Config: forFewCalls})
	if err != nil {
		return err
	}
	defer source.Close()
	j := joined{graph: source.Session().Graph(), inputs: map[string]tf.Output{}, outputs: map[string]tf.Output{}}
	signatures := map[string]savedmodel.Endpoints{}
	for _, key := range q.Signatures {
		s, err := source.Signature(key)
		if err != nil {
			return err
		}
		e, err := source.Endpoints(key)
		if err != nil {
			return err
		}
		if len(e.Inputs) < len(s.Inputs) || len(e.Outputs) < len(s.Outputs) {
			return errorf("freeze "+from, tf.Unimplemented, "signature %q has inputs or outputs that are sparse or composite tensors", key)
		}
		j.add(e)
		signatures[key] = e
	}
	if err := source.FreezeEndpoints(ctx, graph, savedmodel.Endpoints{Inputs: j.inputs, Outputs: j.outputs}); err != nil {
		return err
	}
	frozen, err := savedmodel.LoadFrozen(graph, &savedmodel.FrozenConfig{Inputs: sorted(j.inputs), Outputs: sorted(j.outputs), Config: forFewCalls})
	if err != nil {
		return err
	}
	defer frozen.Close()
	for key, e := range signatures {
		if signatures[key], err = j.moved(e, frozen.Session().Graph()); err != nil {
			return err
		}
	}
	return savedmodel.Export(ctx, q.dir, frozen.Session(), &savedmodel.ExportConfig{Signatures: signatures, Tags: q.Tags})
}
