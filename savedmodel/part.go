package savedmodel

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gotf/gotf/tf"
	attrpb "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	opdefpb "github.com/wamuir/graft/tensorflow/core/framework/op_def_go_proto"
	typespb "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
)

// part is the part of a graph that is exported.
type part struct {
	op         string // for errors
	signatures map[string]Endpoints
	sigKeys    []string // sorted
	def        *graphpb.GraphDef
	nodes      map[string]*nodepb.NodeDef
	replaced   map[string]string // tensor -> the placeholder in its place
	save       string            // the scope of the operations that save and restore
	variables  []variable
	tables     []*table
	assets     []*asset
	init       []string // what else runs when the model is loaded

	rank   map[string]int            // node -> its place among what functions capture
	opDefs map[string]*opdefpb.OpDef // operation or function -> its definition
	flow   map[string]bool           // the nodes in loops and branches, once asked for
}

type variable struct {
	Variable         // Name is what Python calls it
	node, key string // its operation; its key in the checkpoint
	read      tf.Output
}

func newPart(op string, g *tf.Graph, cfg *ExportConfig) (*part, error) {
	p := &part{op: op, signatures: cfg.Signatures, sigKeys: sortedKeys(cfg.Signatures), replaced: map[string]string{}, opDefs: map[string]*opdefpb.OpDef{}}
	if err := p.check(g); err != nil {
		return nil, err
	}
	var err error
	if p.def, err = g.Def(); err != nil {
		return nil, err
	}
	p.index()
	p.placeInputs()
	if err := p.findAssets(g, cfg.Assets); err != nil {
		return nil, err
	}
	if err := p.findTables(g); err != nil {
		return nil, err
	}
	if err := p.findInit(g, cfg.Init); err != nil {
		return nil, err
	}
	if err := p.placeAssets(); err != nil {
		return nil, err
	}
	used, err := p.variablesUsed()
	if err != nil {
		return nil, err
	}
	if p.variables, err = p.choose(g, used, cfg.Variables); err != nil {
		return nil, err
	}
	return p, nil
}

// runsSometimes is whether a node is in a loop or branch of TensorFlow 1.
func (p *part) runsSometimes(node string) bool {
	if p.flow == nil {
		p.flow = sometimes(p.def.Node)
	}
	return p.flow[node]
}

func (p *part) index() {
	p.nodes = make(map[string]*nodepb.NodeDef, len(p.def.Node))
	for _, n := range p.def.Node {
		p.nodes[n.Name] = n
	}
}

// check refuses signatures that cannot be written.
func (p *part) check(g *tf.Graph) error {
	if len(p.sigKeys) == 0 {
		return errorf(p.op, tf.InvalidArgument, "no signatures: at least one is needed, such as %q", ServingDefault)
	}
	for _, key := range p.sigKeys {
		if key == "" || strings.HasPrefix(key, "__saved_model_") {
			return errorf(p.op, tf.InvalidArgument, "%q is no name for a signature", key)
		}
		e := p.signatures[key]
		if len(e.Outputs) == 0 {
			return errorf(p.op, tf.InvalidArgument, "signature %q has no outputs", key)
		}
		for what, m := range map[string]map[string]tf.Output{"input": e.Inputs, "output": e.Outputs} {
			for _, name := range sortedKeys(m) {
				o := m[name]
				if name == "" {
					return errorf(p.op, tf.InvalidArgument, "signature %q: an %s without a name", key, what)
				}
				if o.IsNil() || o.Eager() || o.DType() == 0 || !in(g, o) {
					return errorf(p.op, tf.InvalidArgument, "signature %q: %s %q (%s) is no tensor of the session's graph", key, what, name, o.Name())
				}
			}
		}
	}
	return nil
}

func in(g *tf.Graph, o tf.Output) bool {
	same, err := g.Output(o.Name())
	return err == nil && same == o
}

// placeInputs puts placeholders in the place of inputs that are none.
func (p *part) placeInputs() {
	for _, key := range p.sigKeys {
		inputs := p.signatures[key].Inputs
		for _, name := range sortedKeys(inputs) {
			o := inputs[name]
			if o.Op().Type() == "Placeholder" {
				continue
			}
			to := p.replaced[o.Name()]
			if to == "" {
				to = p.unused(nodeName(key + "_" + name))
				p.replaced[o.Name()] = to
			}
			p.add(to, "Placeholder", nil, map[string]*attrpb.AttrValue{
				"dtype": typeAttr(o.DType()), "shape": {Value: &attrpb.AttrValue_Shape{Shape: o.Shape().Proto()}},
			})
		}
	}
	if len(p.replaced) == 0 {
		return
	}
	for _, n := range p.def.Node {
		for i, input := range n.Input {
			if !strings.HasPrefix(input, "^") {
				if to := p.replaced[canonical(input)]; to != "" {
					n.Input[i] = to
				}
			}
		}
	}
}

// renamed is the exported name of a tensor.
func (p *part) renamed(tensor string) string {
	if to := p.replaced[tensor]; to != "" {
		return to + ":0"
	}
	return tensor
}

// canonical is "op:0" for "op".
func canonical(input string) string {
	if strings.Contains(input, ":") {
		return input
	}
	return input + ":0"
}

var notInNames = regexp.MustCompile(`[^A-Za-z0-9_.\\/>-]`)

func nodeName(s string) string {
	s = notInNames.ReplaceAllString(s, "_")
	if s == "" {
		return "x"
	}
	if c := s[0]; c == '_' || c == '/' || c == '\\' || c == '-' || c == '>' {
		s = "x" + s
	}
	return s
}

// unused is name, or name_1, name_2 ... if there are such nodes.
func (p *part) unused(name string) string {
	free := name
	for i := 1; p.nodes[free] != nil; i++ {
		free = fmt.Sprintf("%s_%d", name, i)
	}
	return free
}

func (p *part) add(name, op string, inputs []string, attrs map[string]*attrpb.AttrValue) string {
	n := &nodepb.NodeDef{Name: name, Op: op, Input: inputs, Attr: attrs}
	p.nodes[name] = n
	p.def.Node = append(p.def.Node, n)
	return name
}

func typeAttr(d tf.DType) *attrpb.AttrValue {
	return &attrpb.AttrValue{Value: &attrpb.AttrValue_Type{Type: typespb.DataType(d)}}
}

// reach lists the nodes that the given ones need, themselves included.
func (p *part) reach(from ...string) map[string]bool {
	seen := map[string]bool{}
	from = slices.Clone(from)
	for len(from) > 0 {
		name := from[len(from)-1]
		from = from[:len(from)-1]
		if n := p.nodes[name]; n != nil && !seen[name] {
			seen[name] = true
			for _, input := range n.Input {
				from = append(from, nodeOf(input))
			}
		}
	}
	return seen
}

// byName are the nodes of a graph by their names.
func byName(nodes []*nodepb.NodeDef) map[string]*nodepb.NodeDef {
	m := make(map[string]*nodepb.NodeDef, len(nodes))
	for _, n := range nodes {
		m[n.GetName()] = n
	}
	return m
}

// nodeOf is the node of an input: "x" of "x:1" or "^x".
func nodeOf(input string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(input, "^"), ":")
	return name
}

// outputs are the nodes that a signature computes.
func (p *part) outputs(key string) (out []string) {
	for _, o := range p.signatures[key].Outputs {
		out = append(out, nodeOf(p.renamed(o.Name())))
	}
	return out
}

func (p *part) inputs(key string) (out []string) {
	for _, o := range p.signatures[key].Inputs {
		out = append(out, nodeOf(p.renamed(o.Name())))
	}
	return out
}

// variablesUsed finds the variables that the signatures need, and refuses
// signatures that need what a SavedModel cannot give them.
func (p *part) variablesUsed() (map[string]bool, error) {
	used := map[string]bool{}
	for _, key := range p.sigKeys {
		inputs := p.inputs(key)
		for name := range p.reach(p.outputs(key)...) {
			switch p.nodes[name].Op {
			case "VarHandleOp":
				if !p.isAssetVariable(name) {
					used[name] = true
				}
			case "VariableV2", "Variable":
				return nil, errorf(p.op, tf.Unimplemented, "signature %q reads %q, a TensorFlow 1 variable, which cannot be written", key, name)
			case "Placeholder":
				if !slices.Contains(inputs, name) {
					return nil, errorf(p.op, tf.InvalidArgument, "signature %q needs a value for %q, which is not among its inputs", key, name)
				}
			}
		}
	}
	for name := range p.reach(p.init...) {
		if p.nodes[name].Op == "VarHandleOp" {
			used[name] = true
		}
	}
	return used, nil
}

// choose pairs the variables to write with operations that read them.
func (p *part) choose(g *tf.Graph, used map[string]bool, given []Variable) ([]variable, error) {
	if given == nil {
		for _, name := range sortedKeys(used) {
			o, err := g.Output(name)
			if err != nil {
				return nil, err
			}
			given = append(given, Variable{Handle: o})
		}
	}
	var out []variable
	have := map[string]bool{}
	for _, v := range given {
		if v.Handle.IsNil() || v.Handle.Eager() || !in(g, v.Handle) || v.Handle.Op().Type() != "VarHandleOp" {
			return nil, errorf(p.op, tf.InvalidArgument, "%s is no variable of the session's graph", v.Handle.Name())
		}
		name := v.Handle.Op().Name()
		if have[name] {
			continue
		}
		have[name] = true
		read, err := p.readOf(g, v.Handle)
		if err != nil {
			return nil, err
		}
		if v.Name == "" {
			v.Name = name
		}
		v.Frozen = v.Frozen || !trainable(v.Handle.Op().AttrType("dtype"))
		out = append(out, variable{Variable: v, node: name, read: read})
	}
	for _, name := range sortedKeys(used) {
		if !have[name] {
			return nil, errorf(p.op, tf.InvalidArgument, "the signatures read variable %q, which is not among Variables", name)
		}
	}
	return out, nil
}

// trainable reports whether gradients with respect to such values exist.
func trainable(d tf.DType) bool {
	switch d {
	case tf.Float32, tf.Float64, tf.Float16, tf.BFloat16, tf.Complex64, tf.Complex128:
		return true
	}
	return false
}

// readOf finds or adds the read of a variable under the name that the TFLite
// converter looks for.
func (p *part) readOf(g *tf.Graph, handle tf.Output) (tf.Output, error) {
	const suffix = "/Read/ReadVariableOp"
	name := handle.Op().Name()
	if op, err := g.Op(name + suffix); err == nil {
		if op.Type() == "ReadVariableOp" && op.Input(0) == handle {
			return op.Output(0), nil
		}
		return tf.Output{}, errorf(p.op, tf.AlreadyExists, "the graph has an operation %q that does not read the variable", op.Name())
	}
	s, dtype := g.Scope(), handle.Op().AttrType("dtype")
	o := s.Named(name+suffix).Begin("ReadVariableOp\x00").In(handle).Type("dtype", dtype).One()
	if s.Err() == nil {
		p.add(name+suffix, "ReadVariableOp", []string{name}, map[string]*attrpb.AttrValue{"dtype": typeAttr(dtype)})
	}
	return o, s.Err()
}
