package tf

import (
	"slices"
	"strings"

	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	types "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
)

// prune drops the nodes that no result needs: it needs what its values are made
// from, what checks their numerics, and what is to run before those, unless that
// only has effects on resources that the values do not depend on.
func (f *flatBody) prune(argTypes []types.DataType) {
	p := &pruner{byName: make(map[string]*nodepb.NodeDef, len(f.nodes)), argTypes: argTypes, values: map[string]bool{}, used: map[string]bool{}, needed: map[string]bool{}, checkers: map[string][]string{}}
	for _, n := range f.nodes {
		p.byName[n.Name] = n
	}
	p.checks = checksIn(f.nodes)
	for check, base := range p.checks {
		p.checkers[base] = append(p.checkers[base], check)
	}
	for _, r := range f.results {
		p.value(r.node)
	}
	for name := range p.values {
		for _, r := range p.resources(p.byName[name]) {
			p.used[r] = true
		}
	}
	for _, r := range f.results {
		p.need(r.node)
	}
	nodes, origins := f.nodes, f.origins
	f.nodes, f.origins = nil, nil
	for i, n := range nodes {
		if p.needed[n.Name] {
			f.nodes, f.origins = append(f.nodes, n), append(f.origins, origins[i])
		} else if opDef(n.Op).GetIsStateful() && p.uses(n) {
			f.overwrites = append(f.overwrites, n.Op)
		}
	}
}

type pruner struct {
	byName   map[string]*nodepb.NodeDef
	argTypes []types.DataType
	values   map[string]bool // nodes that results are made from
	used     map[string]bool // resources that these use
	needed   map[string]bool
	checks   map[string]string // of numerics, and the node of each
	checkers map[string][]string
}

// value marks a node and what it is made from.
func (p *pruner) value(name string) {
	n := p.byName[name]
	if n == nil || p.values[name] {
		return
	}
	p.values[name] = true
	for _, in := range n.Input {
		if !strings.HasPrefix(in, "^") {
			p.value(nodeOf(in))
		}
	}
}

// need marks what has to be there for a node, and takes from its control inputs
// those that do not matter.
func (p *pruner) need(name string) {
	n := p.byName[name]
	if n == nil || p.needed[name] {
		return
	}
	p.needed[name] = true
	for _, check := range p.checkers[name] {
		p.need(check)
	}
	inputs := n.Input
	n.Input = nil
	for _, in := range inputs {
		if before, ok := strings.CutPrefix(in, "^"); ok {
			for _, b := range p.matters(before, map[string]bool{}) {
				if c := "^" + b; !slices.Contains(n.Input, c) {
					n.Input = append(n.Input, c)
				}
				p.need(b)
			}
			continue
		}
		n.Input = append(n.Input, in)
		p.need(nodeOf(in))
	}
}

// matters is the node, or what it waits for itself if its effects do not matter.
func (p *pruner) matters(name string, seen map[string]bool) (names []string) {
	n := p.byName[name]
	if n == nil || seen[name] {
		return nil
	}
	seen[name] = true
	if p.values[name] || p.checks[name] != "" {
		return []string{name}
	}
	if p.uses(n) {
		return []string{name}
	}
	for _, in := range n.Input {
		names = append(names, p.matters(nodeOf(in), seen)...)
	}
	return names
}

// uses reports whether n has to do with a resource that values are made from.
func (p *pruner) uses(n *nodepb.NodeDef) bool {
	for _, r := range p.resources(n) {
		if p.used[r] {
			return true
		}
	}
	return false
}

// resources are the nodes and arguments that n's inputs of type resource come from.
func (p *pruner) resources(n *nodepb.NodeDef) (names []string) {
	for _, in := range n.GetInput() {
		if strings.HasPrefix(in, "^") {
			continue
		}
		name := nodeOf(in)
		for p.byName[name].GetOp() == "Identity" {
			name = nodeOf(p.byName[name].Input[0])
		}
		if p.isResource(name) {
			names = append(names, name)
		}
	}
	return names
}

func (p *pruner) isResource(name string) bool {
	if n := p.byName[name]; n != nil {
		for _, o := range opDef(n.Op).GetOutputArg() {
			if o.Type == types.DataType_DT_RESOURCE {
				return true
			}
		}
		return false
	}
	for i, t := range p.argTypes {
		if name == argumentName(i) {
			return t == types.DataType_DT_RESOURCE
		}
	}
	return false
}

// nodeOf is the node of an input of any form.
func nodeOf(input string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(input, "^"), ":")
	return name
}
