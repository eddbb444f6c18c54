package savedmodel

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gotf/gotf/internal/plainfile"
	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/tf"
	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
)

// FrozenConfig says how to use a frozen graph; nil is its zero value.
type FrozenConfig struct {
	// Inputs and Outputs are tensors of the graph, as "x:0" or "x". Nil means what
	// [GraphEnds] tells, without the placeholders that have a default.
	Inputs, Outputs []string

	Config *tf.Config // nil: as fits the graph
}

// LoadFrozen opens a frozen graph: a file with a GraphDef, in binary or as text,
// that [Model.Freeze] or TensorFlow wrote. The
// model has one signature, [ServingDefault], whose inputs and outputs have the
// names of their nodes. It has no variables to train or save.
func LoadFrozen(path string, cfg *FrozenConfig) (*Model, error) {
	if cfg == nil {
		cfg = &FrozenConfig{}
	}
	def, err := ReadGraph(path)
	if err != nil {
		return nil, err
	}
	meta := &pb.MetaGraphDef{GraphDef: def}
	op := "load " + path
	if err := validate(meta); err != nil {
		return nil, errorf(op, tf.DataLoss, "%v", err)
	}
	if err := refuseFileWrites(op, frozenFileWrites(meta)); err != nil {
		return nil, err
	}
	m := &Model{dir: path, meta: meta, functions: map[string]*function{}, isGraph: true}
	if err := m.openGraph(op, cfg); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// ReadGraph parses a file with a GraphDef. It needs no library.
func ReadGraph(path string) (*graphpb.GraphDef, error) {
	op := "read " + path
	raw, err := plainfile.Read(path, plainfile.Message)
	if err != nil {
		return nil, fileError(op, err)
	}
	def := &graphpb.GraphDef{}
	unmarshal := proto.Unmarshal
	if filepath.Ext(path) == textEnding || isText(raw) {
		unmarshal = prototext.Unmarshal
	}
	err = unmarshal(raw, def)
	if filepath.Base(path) == modelFile && (err != nil || len(def.GetNode()) == 0) {
		return nil, errorf(op, tf.InvalidArgument, "this is the file of a SavedModel, which is loaded by its folder")
	}
	if err != nil {
		return nil, errorf(op, tf.DataLoss, "not a GraphDef: %v", err)
	}
	if len(def.GetNode()) == 0 {
		return nil, errorf(op, tf.DataLoss, "not a GraphDef: it holds no operations")
	}
	return def, nil
}

// isText tells a message as text from a binary one, in which the number of a
// node's field for its operation, at least, is a control character.
func isText(raw []byte) bool {
	for _, c := range raw {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	return len(raw) > 0
}

// openGraph makes a session of the graph and its signature.
func (m *Model) openGraph(op string, cfg *FrozenConfig) error {
	g, err := tf.NewGraph()
	if err != nil {
		return err
	}
	config := cfg.Config
	if config == nil && proto.Size(m.meta.GetGraphDef()) <= smallModel && fitsOneThread(m.meta) {
		config = inCaller
	}
	if m.session, err = tf.NewSession(g, config); err != nil {
		g.Close()
		return err
	}
	if _, err := g.Import(m.meta.GetGraphDef(), nil); err != nil {
		return explainAs(op, err)
	}
	inputs, outputs := cfg.Inputs, cfg.Outputs
	if outputs == nil {
		outputs = frozenOutputs(g, m.meta.GetGraphDef())
	}
	if inputs == nil {
		inputs = frozenInputs(m.meta.GetGraphDef(), outputs)
	}
	s := Signature{Key: ServingDefault, Method: Predict}
	if s.Inputs, err = frozenInfos(op, g, inputs); err != nil {
		return err
	}
	if s.Outputs, err = frozenInfos(op, g, outputs); err != nil {
		return err
	}
	if len(s.Outputs) == 0 {
		return errorf(op, tf.InvalidArgument, "the graph has no result that no operation takes: name its outputs")
	}
	f, err := m.bind(s)
	if err != nil {
		return err
	}
	m.signs, m.functions[s.Key] = []Signature{s}, f
	return nil
}

// frozenInputs are the placeholders without a default that outputs need;
// TensorFlow leaves others.
func frozenInputs(def *graphpb.GraphDef, outputs []string) (out []string) {
	p := &part{nodes: byName(def.GetNode())}
	var from []string
	for _, o := range outputs {
		from = append(from, nodeOf(o))
	}
	for name := range p.reach(from...) {
		if p.nodes[name].GetOp() == "Placeholder" {
			out = append(out, name)
		}
	}
	return out
}

// frozenOutputs are the results of the operations where the graph ends.
func frozenOutputs(g *tf.Graph, def *graphpb.GraphDef) (out []string) {
	_, ends := GraphEnds(def)
	for _, n := range ends {
		o, err := g.Op(n.GetName())
		if err != nil {
			continue
		}
		for _, result := range o.Outputs() {
			if d := result.DType(); d != tf.Resource && d != tf.Variant {
				out = append(out, result.Name())
			}
		}
	}
	return out
}

// frozenInfos describes tensors of the graph.
func frozenInfos(op string, g *tf.Graph, names []string) ([]TensorInfo, error) {
	var out []TensorInfo
	for _, name := range names {
		tensor := canonical(name)
		o, err := g.Output(tensor)
		if err != nil {
			var have []string
			for _, o := range g.Ops() {
				have = append(have, o.Name())
			}
			return nil, errorf(op, tf.NotFound, "the graph has no tensor %q%s", name, suggest.DidYouMean(nodeOf(name), have))
		}
		out = append(out, TensorInfo{Name: strings.TrimSuffix(tensor, ":0"), DType: o.DType(), Shape: o.Shape(), Tensor: tensor})
	}
	slices.SortFunc(out, func(a, b TensorInfo) int { return cmp.Compare(a.Name, b.Name) })
	return slices.CompactFunc(out, func(a, b TensorInfo) bool { return a.Name == b.Name }), nil
}
