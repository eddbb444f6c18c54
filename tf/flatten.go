package tf

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gotf/gotf/internal/ctf"
	attr "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	functionpb "github.com/wamuir/graft/tensorflow/core/framework/function_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	opdef "github.com/wamuir/graft/tensorflow/core/framework/op_def_go_proto"
	types "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
	"google.golang.org/protobuf/proto"
)

// flatBody is the body of a function as the nodes of a graph, with those of the
// functions that it calls, as far as the results need them.
type flatBody struct {
	nodes   []*nodepb.NodeDef // each after those it depends on
	origins []*bodyNode       // of each node, or nil
	results []reference
	kept    []*definition // functions that nodes still need

	// overwrites are the types of operations, left out, that have effects on
	// resources which the results are made from.
	overwrites []string
}

// reference is a value: an argument, or output index of a node.
type reference struct {
	arg   int // -1: none
	node  string
	index int
}

func (r reference) String() string {
	if r.arg >= 0 {
		return argumentName(r.arg) + ":0"
	}
	return r.node + ":" + strconv.Itoa(r.index)
}

// argumentName is the node that stands for an argument; no node of a body has
// such a name.
func argumentName(i int) string { return ".argument/" + strconv.Itoa(i) }

func flatten(d *definition) (*flatBody, error) {
	f := &flattener{flat: &flatBody{kept: d.deps}, library: map[string]*callee{}, taken: map[string]bool{}}
	for _, dep := range d.deps {
		f.library[dep.name] = &callee{d: dep}
	}
	top := &callee{d: d}
	if err := top.load(); err != nil {
		return nil, err
	}
	args := make([]reference, len(top.def.Signature.InputArg))
	for i := range args {
		args[i].arg = i
	}
	b := &flatCall{f: f, callee: top, args: args}
	var err error
	if f.flat.results, _, err = b.add(); err != nil {
		return nil, err
	}
	argTypes := make([]types.DataType, len(args))
	for i, a := range top.def.Signature.InputArg {
		argTypes[i] = a.Type
	}
	f.flat.prune(argTypes)
	return f.flat, nil
}

type flattener struct {
	flat    *flatBody
	library map[string]*callee
	taken   map[string]bool // names
}

// unique takes a name for a node, or the prefix of a call.
func (f *flattener) unique(name string) string {
	base := name
	for k := 1; f.taken[name]; k++ {
		name = base + "_" + strconv.Itoa(k)
	}
	f.taken[name] = true
	return name
}

// callee is a function of the library.
type callee struct {
	d   *definition
	def *functionpb.FunctionDef
}

func (c *callee) load() error {
	if c.def != nil {
		return nil
	}
	raw, st := ctf.FunctionDef(c.d.p)
	if err := check("function "+c.d.name, st); err != nil {
		return err
	}
	def := &functionpb.FunctionDef{}
	if err := proto.Unmarshal(raw, def); err != nil {
		return Errorf("function "+c.d.name, DataLoss, "%v", err)
	}
	c.def = def
	return nil
}

// flatCall is one call while its body is added.
type flatCall struct {
	f       *flattener
	callee  *callee
	prefix  string // with a slash, or empty
	args    []reference
	control []string // what the body waits for
	attrs   map[string]*attr.AttrValue

	byName  map[string]*nodepb.NodeDef
	argOf   map[string]int
	outputs map[string]map[string][]reference // node -> result's name
	after   map[string][]string               // node -> what to wait for instead
}

// add adds the nodes, and returns the results and what runs in any case.
func (c *flatCall) add() (results []reference, always []string, err error) {
	def := c.callee.def
	c.byName, c.argOf = map[string]*nodepb.NodeDef{}, map[string]int{}
	c.outputs, c.after = map[string]map[string][]reference{}, map[string][]string{}
	for i, a := range def.Signature.InputArg {
		c.argOf[a.Name] = i
	}
	if len(c.args) != len(c.argOf) {
		return nil, nil, Errorf("", DataLoss, "a call passes %d values to function %s, which takes %d", len(c.args), c.callee.d.name, len(c.argOf))
	}
	for _, n := range def.NodeDef {
		c.byName[n.Name] = n
	}
	for _, n := range c.inOrder(def.NodeDef) {
		if err := c.node(n); err != nil {
			return nil, nil, err
		}
	}
	for _, o := range def.Signature.OutputArg {
		r, err := c.value(def.Ret[o.Name])
		if err != nil {
			return nil, nil, err
		}
		results = append(results, r)
	}
	for _, name := range slices.Sorted(maps.Values(def.ControlRet)) {
		always = append(always, c.after[name]...)
	}
	return results, always, nil
}

// inOrder are the nodes, each after those it depends on.
func (c *flatCall) inOrder(nodes []*nodepb.NodeDef) (order []*nodepb.NodeDef) {
	seen := map[*nodepb.NodeDef]bool{}
	var visit func(n *nodepb.NodeDef)
	visit = func(n *nodepb.NodeDef) {
		if n == nil || seen[n] {
			return
		}
		seen[n] = true
		for _, in := range n.Input {
			name, _, _ := strings.Cut(strings.TrimPrefix(in, "^"), ":")
			visit(c.byName[name])
		}
		order = append(order, n)
	}
	for _, n := range nodes {
		visit(n)
	}
	return order
}

// node adds a node, or the body of what it calls.
func (c *flatCall) node(n *nodepb.NodeDef) error {
	var values []reference
	var control []string
	for _, in := range n.Input {
		if name, ok := strings.CutPrefix(in, "^"); ok {
			control = append(control, c.after[name]...) // an argument is there already
			continue
		}
		r, err := c.value(in)
		if err != nil {
			return err
		}
		values = append(values, r)
	}
	origin := c.origin(n.Name)
	if f := c.called(n); f != nil && (origin == nil || origin.gradient == nil) {
		return c.call(n, f, values, control)
	}
	return c.keep(n, values, control, origin)
}

func (c *flatCall) origin(name string) *bodyNode {
	if b, ok := c.callee.d.nodes[name]; ok {
		return &b
	}
	return nil
}

// called is the function that n calls, or nil.
func (c *flatCall) called(n *nodepb.NodeDef) *callee {
	if n.Op == "PartitionedCall" || n.Op == "StatefulPartitionedCall" {
		return c.f.library[n.Attr["f"].GetFunc().GetName()]
	}
	return c.f.library[n.Op]
}

// call adds the body of f in n's place.
func (c *flatCall) call(n *nodepb.NodeDef, f *callee, values []reference, control []string) error {
	if err := f.load(); err != nil {
		return err
	}
	attrs := n.Attr
	if named := n.Attr["f"].GetFunc().GetAttr(); named != nil {
		attrs = named
	}
	inner := &flatCall{f: c.f, callee: f, prefix: c.f.unique(c.prefix+n.Name) + "/", args: values, control: append(control, c.control...), attrs: attrs}
	results, always, err := inner.add()
	if err != nil {
		return err
	}
	outs := map[string][]reference{"output": results}
	for i, o := range f.def.Signature.OutputArg {
		if f.d.name == n.Op {
			outs[o.Name] = results[i : i+1]
		}
	}
	for _, r := range results {
		if len(always) == 0 && r.arg < 0 {
			always = append(always, r.node)
		}
	}
	c.outputs[n.Name], c.after[n.Name] = outs, always
	return nil
}

// keep adds n itself.
func (c *flatCall) keep(n *nodepb.NodeDef, values []reference, control []string, origin *bodyNode) error {
	def := opDef(n.Op)
	if f := c.f.library[n.Op]; def == nil && f != nil {
		if err := f.load(); err != nil {
			return err
		}
		def = f.def.Signature
	}
	if def == nil {
		return Errorf("", NotFound, "node %q is a %s, which is neither an operation nor a function", n.Name, n.Op)
	}
	m := proto.Clone(n).(*nodepb.NodeDef)
	m.Name, m.Input = c.f.unique(c.prefix+n.Name), nil
	delete(m.Attr, "_class") // the node to be near may not be there
	for key, a := range m.Attr {
		if p := a.GetPlaceholder(); p != "" {
			if m.Attr[key] = c.attrs[p]; m.Attr[key] == nil {
				return Errorf("", InvalidArgument, "node %q takes attribute %s from the call, which does not say %s", n.Name, key, p)
			}
		}
	}
	for _, v := range values {
		m.Input = append(m.Input, v.String())
	}
	if len(values) == 0 || def.GetIsStateful() {
		control = append(control, c.control...)
	}
	slices.Sort(control)
	for _, name := range slices.Compact(control) {
		m.Input = append(m.Input, "^"+name)
	}
	c.f.flat.nodes, c.f.flat.origins = append(c.f.flat.nodes, m), append(c.f.flat.origins, origin)
	outs, k := map[string][]reference{}, 0
	for _, o := range def.OutputArg {
		for range argLength(o, m) {
			outs[o.Name] = append(outs[o.Name], reference{-1, m.Name, k})
			k++
		}
	}
	c.outputs[n.Name], c.after[n.Name] = outs, []string{m.Name}
	return nil
}

// value finds an input in the form of a function's body: "argument", or
// "node:result:1".
func (c *flatCall) value(name string) (reference, error) {
	if i, ok := c.argOf[name]; ok {
		return c.args[i], nil
	}
	node, rest, _ := strings.Cut(name, ":")
	result, index, _ := strings.Cut(rest, ":")
	list := c.outputs[node][result]
	if k, err := strconv.Atoi(index); err == nil && k >= 0 && k < len(list) {
		return list[k], nil
	}
	return reference{}, Errorf("", DataLoss, "function %s has no value %q", c.callee.d.name, name)
}

// argLength is how many tensors an argument of n stands for.
func argLength(a *opdef.OpDef_ArgDef, n *nodepb.NodeDef) int {
	switch {
	case a.NumberAttr != "":
		return int(n.Attr[a.NumberAttr].GetI())
	case a.TypeListAttr != "":
		return len(n.Attr[a.TypeListAttr].GetList().GetType())
	}
	return 1
}
