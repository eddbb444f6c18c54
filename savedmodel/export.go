package savedmodel

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"

	"github.com/gotf/gotf/tf"
	typespb "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// ExportConfig says what of a session's graph to write.
type ExportConfig struct {
	// Signatures are the functions of the model, by key. At least one.
	Signatures map[string]Endpoints

	// Variables to write. Nil means those that the signatures read; else these
	// must be among them.
	Variables []Variable

	Tags      []string // nil means [Serve]
	Overwrite bool     // replace a SavedModel that is there
}

// Endpoints are a function's inputs and outputs in the graph, by name.
//
// An input may be any output of the graph: where it is not a placeholder, one
// takes its place in what is written, with its type and shape.
type Endpoints struct {
	Inputs, Outputs map[string]tf.Output
	Method          string // "" means [Predict]
}

// Variable is a variable of the graph.
type Variable struct {
	Name   string    // of a loaded model: as the program that wrote it says, "lstm/lstm_cell/kernel"; Export takes that of the handle
	Handle tf.Output // [tf.Variable.Handle]
	Frozen bool      // not to be trained
}

// Export writes the signatures, the part of the session's graph that they need
// and the values of its variables as a SavedModel, to a new folder dir. The
// folder appears when it is complete. Nothing may be added to the graph
// meanwhile; reads of variables may be added by Export itself.
func Export(ctx context.Context, dir string, s *tf.Session, cfg *ExportConfig) error {
	dir = filepath.Clean(dir)
	op := "export " + dir
	if err := vacant(op, dir, cfg.Overwrite); err != nil {
		return err
	}
	p, err := newPart(op, s.Graph(), cfg)
	if err != nil {
		return err
	}
	values, err := p.read(ctx, s)
	if err != nil {
		return err
	}
	defer closeAll(values)
	m, err := p.metaGraph(cfg.Tags)
	if err != nil {
		return err
	}
	return writeFolder(op, dir, cfg.Overwrite, func(tmp string) error {
		if len(values) > 0 {
			if err := os.Mkdir(filepath.Join(tmp, filepath.Dir(variablesFile)), 0o777); err != nil {
				return fileError(op, err)
			}
			if err := saveVariables(ctx, op, filepath.Join(tmp, variablesFile), p.keys(), values); err != nil {
				return err
			}
		}
		return writeModel(filepath.Join(tmp, modelFile), &pb.SavedModel{
			SavedModelSchemaVersion: 1, MetaGraphs: []*pb.MetaGraphDef{m},
		})
	})
}

// metaGraph puts together what saved_model.pb says.
func (p *part) metaGraph(tags []string) (*pb.MetaGraphDef, error) {
	version, err := tf.Version()
	if err != nil {
		return nil, err
	}
	m := &pb.MetaGraphDef{
		MetaInfoDef:  &pb.MetaGraphDef_MetaInfoDef{Tags: tagSet(tags), TensorflowVersion: version},
		SignatureDef: map[string]*pb.SignatureDef{},
	}
	for _, key := range p.sigKeys {
		e := p.signatures[key]
		def := &pb.SignatureDef{
			MethodName: cmp.Or(e.Method, Predict), Inputs: map[string]*pb.TensorInfo{}, Outputs: map[string]*pb.TensorInfo{},
		}
		for name, o := range e.Inputs {
			def.Inputs[name] = tensorInfo(o, p.renamed(o.Name()))
		}
		for name, o := range e.Outputs {
			def.Outputs[name] = tensorInfo(o, p.renamed(o.Name()))
		}
		m.SignatureDef[key] = def
	}
	m.SaverDef = p.addSaver()
	m.CollectionDef = p.collections()
	m.GraphDef = p.def
	return m, nil
}

func tensorInfo(o tf.Output, name string) *pb.TensorInfo {
	return &pb.TensorInfo{
		Encoding: &pb.TensorInfo_Name{Name: name}, Dtype: typespb.DataType(o.DType()), TensorShape: o.Shape().Proto(),
	}
}

// read fetches the values of the variables.
func (p *part) read(ctx context.Context, s *tf.Session) ([]*tf.Tensor, error) {
	if len(p.variables) == 0 {
		return nil, nil
	}
	reads := make([]tf.Output, len(p.variables))
	for i, v := range p.variables {
		reads[i] = v.read
	}
	return s.Run(ctx, nil, reads)
}

// keys are the variables' names in the checkpoint.
func (p *part) keys() []string {
	out := make([]string, len(p.variables))
	for i, v := range p.variables {
		out[i] = v.name
	}
	return out
}

func closeAll(ts []*tf.Tensor) {
	for _, t := range ts {
		t.Close()
	}
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
