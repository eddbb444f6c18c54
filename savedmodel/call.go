package savedmodel

import (
	"context"
	"maps"
	"slices"

	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/tf"
	attrpb "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
)

// function is a Signature bound to the graph.
type function struct {
	Signature
	op              string
	inputs, outputs []tf.Output  // as Inputs and Outputs; none where Tensor is ""
	defaults        []*tf.Tensor // as Inputs; nil where there is none
}

func (m *Model) bind(s Signature) (*function, error) {
	f := &function{Signature: s, op: "call " + s.Key, defaults: make([]*tf.Tensor, len(s.Inputs))}
	op := "load " + m.dir + ": signature " + s.Key
	var err error
	if f.inputs, err = endpoints(op+": input", m.session.Graph(), s.Inputs); err != nil {
		return nil, err
	}
	if f.outputs, err = endpoints(op+": output", m.session.Graph(), s.Outputs); err != nil {
		return nil, err
	}
	for i, in := range s.Inputs {
		if in.Optional {
			if f.defaults[i], err = m.defaultOf(s.Key, in.Name); err != nil {
				f.close()
				return nil, err
			}
		}
	}
	return f, nil
}

// endpoints finds tensors of a signature in a graph.
func endpoints(op string, g *tf.Graph, infos []TensorInfo) ([]tf.Output, error) {
	out := make([]tf.Output, len(infos))
	for i, info := range infos {
		if info.Tensor == "" {
			continue
		}
		o, err := g.Output(info.Tensor)
		if err != nil || o.DType() != info.DType {
			return nil, errorf(op+" "+info.Name, tf.DataLoss, "the graph has no tensor %q of %v", info.Tensor, info.DType)
		}
		out[i] = o
	}
	return out, nil
}

// defaultOf makes a tensor of an input's default.
func (m *Model) defaultOf(key, input string) (*tf.Tensor, error) {
	value := m.meta.SignatureDef[key].Defaults[input]
	node := &nodepb.NodeDef{Name: "default", Op: "Const", Attr: map[string]*attrpb.AttrValue{
		"dtype": {Value: &attrpb.AttrValue_Type{Type: value.GetDtype()}},
		"value": {Value: &attrpb.AttrValue_Tensor{Tensor: value}},
	}}
	g, err := tf.NewGraph()
	if err != nil {
		return nil, err
	}
	defer g.Close()
	outs, err := g.Import(&graphpb.GraphDef{Node: []*nodepb.NodeDef{node}}, &tf.ImportOptions{Returns: []string{"default:0"}})
	if err != nil {
		return nil, err
	}
	s, err := tf.NewSession(g, nil)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	t, err := s.Run(context.Background(), nil, outs)
	if err != nil {
		return nil, err
	}
	return t[0], nil
}

func (f *function) close() {
	for _, t := range f.defaults {
		t.Close()
	}
}

// Call runs the signature with the given key on tensors named as its inputs
// are, and returns its outputs by name. Inputs with a default may be left out.
// For ctx see [tf.Session.Run].
func (m *Model) Call(ctx context.Context, signature string, inputs map[string]*tf.Tensor) (map[string]*tf.Tensor, error) {
	session, f, err := m.function("call", signature)
	if err != nil {
		return nil, err
	}
	feeds, err := f.feeds(inputs)
	if err != nil {
		return nil, err
	}
	results, err := session.Run(ctx, feeds, f.outputs)
	if err != nil {
		return nil, err
	}
	out := make(map[string]*tf.Tensor, len(results))
	for i, t := range results {
		out[f.Outputs[i].Name] = t
	}
	return out, nil
}

// feeds checks inputs against the signature.
func (f *function) feeds(inputs map[string]*tf.Tensor) ([]tf.Feed, error) {
	feeds, used := make([]tf.Feed, 0, len(f.Inputs)), 0
	for i, in := range f.Inputs {
		t, given := inputs[in.Name]
		if given {
			used++
		} else {
			t = f.defaults[i]
		}
		switch {
		case t == nil:
			return nil, f.missing(in, inputs)
		case f.inputs[i].IsNil():
			return nil, errorf(f.op, tf.Unimplemented, "input %q is a sparse or composite tensor, which is not supported", in.Name)
		case t.DType() != in.DType:
			return nil, errorf(f.op, tf.InvalidArgument, "input %q takes %v %v, got %v %v", in.Name, in.DType, in.Shape, t.DType(), t.Shape())
		case !in.Shape.Accepts(t.Shape()):
			return nil, errorf(f.op, tf.InvalidArgument, "input %q takes shape %v, got %v", in.Name, in.Shape, t.Shape())
		}
		feeds = append(feeds, tf.Feed{Output: f.inputs[i], Tensor: t})
	}
	if used < len(inputs) {
		if err := f.unknown(inputs); err != nil {
			return nil, err
		}
	}
	for i, out := range f.outputs {
		if out.IsNil() {
			return nil, errorf(f.op, tf.Unimplemented, "output %q is a sparse or composite tensor, which is not supported", f.Outputs[i].Name)
		}
	}
	return feeds, nil
}

// missing explains an input that is not there, which may be one misspelt.
func (f *function) missing(in TensorInfo, inputs map[string]*tf.Tensor) error {
	if err := f.unknown(inputs); err != nil {
		return err
	}
	return errorf(f.op, tf.InvalidArgument, "input %q (%v %v) is missing", in.Name, in.DType, in.Shape)
}

// unknown finds a name among inputs that is no input.
func (f *function) unknown(inputs map[string]*tf.Tensor) error {
	have := names(f.Inputs)
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		if !slices.Contains(have, name) {
			if len(have) == 0 {
				return errorf(f.op, tf.InvalidArgument, "no input %q: the signature takes none", name)
			}
			return errorf(f.op, tf.InvalidArgument, "no input %q%s (there are %s)", name, suggest.DidYouMean(name, have), list(have))
		}
	}
	return nil
}
