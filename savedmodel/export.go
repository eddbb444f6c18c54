package savedmodel

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/gotf/gotf/tf"
	typespb "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// ExportConfig says what of a session's graph to write.
type ExportConfig struct {
	// Signatures are the functions of the model, by key. At least one.
	Signatures map[string]Endpoints

	// Variables to write. Nil means those that the signatures use, to be trained
	// where gradients exist for their type; else those must be among them.
	Variables []Variable

	// Assets are files that the model reads. The file that a lookup table is read
	// from is one without being named here.
	Assets []Asset

	// Init are operations to run when the model is loaded, after its variables
	// have their values. What fills lookup tables needs not be named.
	Init []tf.Output

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
	Name   string    // as Python sees it, "lstm/lstm_cell/kernel"; "": that of the operation
	Handle tf.Output // [tf.Variable.Handle]
	Frozen bool      // not to be trained
}

// Export writes the signatures, the part of the session's graph that they need
// and the values of its variables as a SavedModel, to a new folder dir. The
// folder appears when it is complete. Python sees an object with the variables
// by their names and the signatures as functions, to be called, trained and
// saved again; see docs/export.md.
//
// The session may run meanwhile, and be exported several times at once. Nothing
// may be added to the graph; reads of variables and tables are added by Export
// itself.
func Export(ctx context.Context, dir string, s *tf.Session, cfg *ExportConfig) error {
	dir = filepath.Clean(dir)
	op := "export " + dir
	if cfg == nil {
		cfg = &ExportConfig{} // which has no signatures
	}
	if s == nil {
		return errorf(op, tf.InvalidArgument, "the session is nil")
	}
	if err := ended(ctx, op); err != nil {
		return err
	}
	if err := vacant(op, dir, cfg.Overwrite); err != nil {
		return err
	}
	adding.Lock()
	p, err := newPart(op, s.Graph(), cfg)
	adding.Unlock()
	if err != nil {
		return err
	}
	values, err := p.read(ctx, s)
	if err != nil {
		return err
	}
	defer func() { closeAll(values) }()
	m, objects, err := p.metaGraph(cfg.Tags)
	if err != nil {
		return err
	}
	last, err := objects.tensor()
	if err != nil {
		return err
	}
	values = append(values, last)
	return writeFolder(op, dir, cfg.Overwrite, func(tmp string) error {
		if err := p.copyAssets(tmp); err != nil {
			return err
		}
		if err := os.Mkdir(filepath.Join(tmp, filepath.Dir(variablesFile)), 0o777); err != nil {
			return fileError(op, err)
		}
		if err := saveVariables(ctx, op, filepath.Join(tmp, variablesFile), append(p.keys(), objectGraphKey), values); err != nil {
			return err
		}
		return writeModel(filepath.Join(tmp, modelFile), &pb.SavedModel{
			SavedModelSchemaVersion: 1, MetaGraphs: []*pb.MetaGraphDef{m},
		})
	})
}

// adding keeps exports at the same time from adding the same reads to a graph.
var adding sync.Mutex

// metaGraph puts together what saved_model.pb says.
func (p *part) metaGraph(tags []string) (*pb.MetaGraphDef, savedObjects, error) {
	version, err := tf.Version()
	if err != nil {
		return nil, nil, err
	}
	p.prune()
	objects, err := p.addObjects()
	if err != nil {
		return nil, nil, err
	}
	tracked, err := objects.trackable()
	if err != nil {
		return nil, nil, errorf(p.op, tf.Internal, "%v", err)
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
	if init := p.addInit(); init != "" {
		m.SignatureDef[initSignature] = &pb.SignatureDef{Outputs: map[string]*pb.TensorInfo{initSignature: {
			Encoding: &pb.TensorInfo_Name{Name: init}, TensorShape: tf.Shape(nil).Proto(),
		}}}
	}
	m.AssetFileDef = p.assetDefs()
	m.SaverDef = p.addSaver(tracked)
	m.CollectionDef = p.collections()
	m.GraphDef, m.ObjectGraphDef = p.def, objects.def
	return m, tracked, nil
}

// initSignature holds the operation that loaders run after the variables have
// their values.
const initSignature = "__saved_model_init_op"

func tensorInfo(o tf.Output, name string) *pb.TensorInfo {
	return &pb.TensorInfo{
		Encoding: &pb.TensorInfo_Name{Name: name}, Dtype: typespb.DataType(o.DType()), TensorShape: o.Shape().Proto(),
	}
}

// read fetches the values of the variables, and of tables for what fills them.
func (p *part) read(ctx context.Context, s *tf.Session) ([]*tf.Tensor, error) {
	if err := p.fill(ctx, s); err != nil {
		return nil, err
	}
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
		out[i] = v.key
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
