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
// the converter leaves those as variables that a loop reads, without the values.
func lacksValues(s *tflite.Structure) bool {
	return uses(s, "READ_VARIABLE") && !uses(s, "ASSIGN_VARIABLE")
}

// withConstants converts the one signature with its variables as constants.
func (p *plan) withConstants(ctx context.Context) ([]byte, *tflite.Structure, error) {
	if len(p.Signatures) != 1 {
		return nil, nil, errorf(p.op, tf.Unimplemented, "a loop reads variables, which makes a model without their values: convert one signature, for which they become constants (there are %v)", p.Signatures)
	}
	dir, err := os.MkdirTemp("", "gotf-convert-")
	if err != nil {
		return nil, nil, errorf(p.op, tf.FileCode(err), "%v", err)
	}
	defer os.RemoveAll(dir)
	q := *p
	q.dir = filepath.Join(dir, "model")
	if err := q.freeze(ctx, p.dir, filepath.Join(dir, "frozen.pb")); err != nil {
		return nil, nil, errorf(p.op, tf.Unimplemented, "a loop reads variables, which cannot become constants: %v", err)
	}
	model, facts, err := q.native(p.converterFlags())
	if err == nil && lacksValues(facts) {
		return nil, nil, errorf(p.op, tf.Unimplemented, "the converted model reads variables that have no values")
	}
	return model, facts, err
}

// freeze makes the SavedModel in q.dir of that in from, by way of a frozen graph.
func (q *plan) freeze(ctx context.Context, from, graph string) error {
	key := q.Signatures[0]
	source, err := savedmodel.Load(from, &savedmodel.LoadConfig{Tags: q.Tags, Config: forFewCalls})
	if err != nil {
		return err
	}
	defer source.Close()
	if err := source.Freeze(ctx, graph, key); err != nil {
		return err
	}
	frozen, err := savedmodel.LoadFrozen(graph, &savedmodel.FrozenConfig{Config: forFewCalls})
	if err != nil {
		return err
	}
	defer frozen.Close()
	e, err := frozen.Endpoints(savedmodel.ServingDefault)
	if err != nil {
		return err
	}
	return savedmodel.Export(ctx, q.dir, frozen.Session(), &savedmodel.ExportConfig{
		Signatures: map[string]savedmodel.Endpoints{key: e}, Tags: q.Tags,
	})
}
