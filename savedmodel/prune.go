package savedmodel

import (
	"slices"
	"strings"

	attrpb "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	functionpb "github.com/wamuir/graft/tensorflow/core/framework/function_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
)

// prune drops the nodes and functions that neither the signatures nor the reads
// of the variables need, nor what runs when the model is loaded.
func (p *part) prune() {
	var roots []string
	for _, key := range p.sigKeys {
		roots = append(roots, p.outputs(key)...)
		roots = append(roots, p.inputs(key)...)
	}
	for _, v := range p.variables {
		roots = append(roots, v.read.Op().Name())
	}
	for _, t := range p.tables {
		roots = append(roots, t.init...)
	}
	for _, a := range p.assets {
		roots = append(roots, a.fed)
		if a.assign != "" {
			roots = append(roots, a.assign)
		}
	}
	roots = append(roots, p.init...)
	keep := p.reach(roots...)
	p.def.Node = slices.DeleteFunc(p.def.Node, func(n *nodepb.NodeDef) bool { return !keep[n.Name] })
	p.index()
	for _, n := range p.def.Node {
		dropColocation(n, keep)
	}
	p.pruneFunctions()
}

// dropColocation forgets the wish to be where a dropped node is.
func dropColocation(n *nodepb.NodeDef, keep map[string]bool) {
	l := n.Attr["_class"].GetList()
	if l == nil {
		return
	}
	l.S = slices.DeleteFunc(l.S, func(s []byte) bool {
		with, ok := strings.CutPrefix(string(s), "loc:@")
		return ok && !keep[with]
	})
	if len(l.S) == 0 {
		delete(n.Attr, "_class")
	}
}

func (p *part) pruneFunctions() {
	lib := p.def.GetLibrary()
	if lib == nil {
		return
	}
	functions := map[string]*functionpb.FunctionDef{}
	for _, f := range lib.Function {
		functions[f.GetSignature().GetName()] = f
	}
	keep := map[string]bool{}
	var visit func(nodes []*nodepb.NodeDef)
	call := func(name string) {
		if f := functions[name]; f != nil && !keep[name] {
			keep[name] = true
			visit(f.NodeDef)
		}
	}
	visit = func(nodes []*nodepb.NodeDef) {
		for _, n := range nodes {
			call(n.Op)
			for _, a := range n.Attr {
				eachFunction(a, call)
			}
		}
	}
	visit(p.def.Node)
	for _, g := range lib.Gradient {
		if keep[g.FunctionName] {
			call(g.GradientFunc)
		}
	}
	lib.Function = slices.DeleteFunc(lib.Function, func(f *functionpb.FunctionDef) bool { return !keep[f.GetSignature().GetName()] })
	lib.Gradient = slices.DeleteFunc(lib.Gradient, func(g *functionpb.GradientDef) bool { return !keep[g.FunctionName] })
	if len(lib.Function) == 0 {
		p.def.Library = nil
	}
}

// eachFunction calls f with the names of the functions that a names.
func eachFunction(a *attrpb.AttrValue, f func(name string)) {
	one := func(n *attrpb.NameAttrList) {
		f(n.GetName())
		for _, a := range n.GetAttr() {
			eachFunction(a, f)
		}
	}
	if n := a.GetFunc(); n != nil {
		one(n)
	}
	for _, n := range a.GetList().GetFunc() {
		one(n)
	}
}
