package savedmodel

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/gotf/gotf/tf"
	attrpb "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	typespb "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
)

// table is a lookup table that signatures use. A loaded model fills it anew: by
// the operation that does it in the graph, or with what the session's table holds.
type table struct {
	node, device string
	init         []string    // nodes that fill it
	contents     []tf.Output // keys and values in the session; nil if the graph fills it
}

// tableTypes are the operations of tables that can be written.
var tableTypes = wordSet("HashTableV2 MutableHashTableV2 MutableHashTableOfTensorsV2 MutableDenseHashTableV2")

// oldTables are those of TensorFlow 1, which functions cannot take.
var oldTables = wordSet("HashTable MutableHashTable MutableHashTableOfTensors MutableDenseHashTable")

// tableFillers fill a HashTableV2, their first input, once.
var tableFillers = wordSet("InitializeTableV2 InitializeTableFromTextFileV2 LookupTableImportV2")

// findTables finds the tables that the signatures use, and what fills them.
func (p *part) findTables(g *tf.Graph) error {
	used := map[string]bool{}
	for _, key := range p.sigKeys {
		for name := range p.reach(p.outputs(key)...) {
			switch n := p.nodes[name]; {
			case oldTables[n.Op]:
				return errorf(p.op, tf.Unimplemented, "signature %q uses %q, a TensorFlow 1 table (%s), which cannot be written", key, name, n.Op)
			case tableTypes[n.Op]:
				used[name] = true
			}
		}
	}
	for _, name := range sortedKeys(used) {
		t := &table{node: name, device: p.nodes[name].Device}
		if init := p.fillerOf(name); init != "" {
			t.init = []string{init}
		} else if err := t.read(p, g); err != nil {
			return err
		}
		p.tables = append(p.tables, t)
	}
	return nil
}

// fillerOf is the one operation that fills a table and can be run by whoever
// loads the model, or "".
func (p *part) fillerOf(table string) string {
	if p.nodes[table].Op != "HashTableV2" {
		return "" // has changed since
	}
	var fillers []string
	for _, n := range p.def.Node {
		if tableFillers[n.Op] && nodeOf(n.Input[0]) == table {
			fillers = append(fillers, n.Name)
		}
	}
	if len(fillers) != 1 {
		return ""
	}
	for name := range p.reach(fillers...) {
		switch n := p.nodes[name]; {
		case n.Op == "Placeholder" && p.assetOf(name) == nil, n.Op == "VarHandleOp":
			return ""
		case n.Op == "InitializeTableFromTextFileV2" && !p.hasAsset(n.Input[1]):
			return "" // the file may not be where the model is loaded
		}
	}
	return fillers[0]
}

// read finds or adds the operation that reads the whole table.
func (t *table) read(p *part, g *tf.Graph) error {
	name := t.node + "/Export/LookupTableExportV2"
	op, err := g.Op(name)
	if err != nil {
		o, err := g.Output(t.node)
		if err != nil {
			return err
		}
		n, s := p.nodes[t.node], g.Scope()
		key, value := tf.DType(n.Attr["key_dtype"].GetType()), tf.DType(n.Attr["value_dtype"].GetType())
		outs := s.Named(name).Begin("LookupTableExportV2\x00").In(o).Type("Tkeys", key).Type("Tvalues", value).Outs()
		if s.Err() != nil {
			return s.Err()
		}
		op = outs[0].Op()
	}
	t.contents = op.Outputs()
	return nil
}

// fill adds the operation that fills the table with what the session's holds.
func (p *part) fill(ctx context.Context, s *tf.Session) error {
	for _, t := range p.tables {
		if t.contents == nil {
			continue
		}
		values, err := s.Run(ctx, nil, t.contents)
		if errors.Is(err, tf.Aborted) || errors.Is(err, tf.FailedPrecondition) {
			return errorf(p.op, tf.FailedPrecondition, "table %q has not been filled in the session", t.node)
		}
		if err != nil {
			return err
		}
		err = p.addFiller(t, values)
		closeAll(values)
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *part) addFiller(t *table, values []*tf.Tensor) error {
	inputs := []string{t.node}
	for i, what := range []string{"keys", "values"} {
		c, err := tensorProto(values[i])
		if err != nil {
			return err
		}
		inputs = append(inputs, p.add(p.unused(t.node+"/"+what), "Const", nil, constantAttrs(c)))
	}
	init := p.add(p.unused(t.node+"/LookupTableImportV2"), "LookupTableImportV2", inputs, map[string]*attrpb.AttrValue{
		"Tin": typeAttr(values[0].DType()), "Tout": typeAttr(values[1].DType()),
	})
	t.init = []string{init}
	return nil
}

// isFiller reports whether a node fills a table of the part.
func (p *part) isFiller(node string) bool {
	return slices.ContainsFunc(p.tables, func(t *table) bool { return slices.Contains(t.init, node) })
}

// addInit adds what runs all that is to run when the model is loaded, and
// returns its name, or "".
func (p *part) addInit() string {
	var inputs []string
	need := func(names ...string) {
		for _, n := range names {
			if !slices.Contains(inputs, "^"+n) {
				inputs = append(inputs, "^"+n)
			}
		}
	}
	for _, t := range p.tables {
		need(t.init...)
	}
	for _, a := range p.assets {
		if a.assign != "" {
			need(a.assign)
		}
	}
	need(p.init...)
	if inputs == nil {
		return ""
	}
	return p.add(p.unused("init"), "NoOp", inputs, nil)
}

// findInit takes the operations that the caller wants run when the model is loaded.
func (p *part) findInit(g *tf.Graph, init []tf.Output) error {
	for _, o := range init {
		if o.IsNil() || o.Eager() || !p.has(g, o) {
			return errorf(p.op, tf.InvalidArgument, "Init: %s is no operation of the session's graph", o.Name())
		}
		name := o.Op().Name()
		if p.isFiller(name) || slices.Contains(p.init, name) {
			continue
		}
		for need := range p.reach(name) {
			if p.nodes[need].Op == "Placeholder" && p.assetOf(need) == nil {
				return errorf(p.op, tf.InvalidArgument, "Init: %q needs a value for %q", name, need)
			}
		}
		p.init = append(p.init, name)
	}
	return nil
}

func (p *part) has(g *tf.Graph, o tf.Output) bool {
	op, err := g.Op(o.Op().Name())
	return err == nil && op == o.Op()
}

// captured reports whether functions take a node as an argument that is bound to
// an object, instead of having it in them.
func (p *part) captured(name string) bool {
	n := p.nodes[name]
	if n == nil {
		return false
	}
	return n.Op == "VarHandleOp" || tableTypes[n.Op] || p.assetOf(name) != nil || largeConstant(n)
}

// largeConstant reports whether n is a constant that functions share with the
// graph.
func largeConstant(n *nodepb.NodeDef) bool {
	const large = 1024 // bytes
	if n.Op != "Const" {
		return false
	}
	t := n.Attr["value"].GetTensor()
	if t.GetDtype() == typespb.DataType_DT_VARIANT || t.GetDtype() == typespb.DataType_DT_RESOURCE {
		return false
	}
	if t.GetDtype() == typespb.DataType_DT_STRING && len(t.GetTensorContent()) > 0 {
		return false // Python reads strings only from the other field
	}
	size := len(t.GetTensorContent())
	for _, s := range t.GetStringVal() {
		size += len(s)
	}
	return size+4*(len(t.GetFloatVal())+len(t.GetIntVal()))+8*(len(t.GetDoubleVal())+len(t.GetInt64Val()))+4*len(t.GetHalfVal()) >= large
}

// inOrder sorts nodes: variables as they are written, then others as they come
// in the graph.
func (p *part) inOrder(nodes []string) []string {
	if p.rank == nil {
		p.rank = map[string]int{}
		for i, n := range p.def.Node {
			p.rank[n.Name] = len(p.variables) + i
		}
		for i, v := range p.variables {
			p.rank[v.node] = i
		}
	}
	slices.SortFunc(nodes, func(a, b string) int {
		if d := p.rank[a] - p.rank[b]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return nodes
}
