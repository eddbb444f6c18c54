package savedmodel

import (
	"fmt"
	"strconv"
	"strings"

	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
)

// follow finds all references, and what is done with them.
func (r *references) follow() {
	var todo []*refTensor
	for _, v := range r.variables {
		for _, n := range v.ops {
			todo = append(todo, r.tensors[n.GetName()+":0"])
		}
	}
	for len(todo) > 0 {
		t := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, u := range r.uses[t.from.GetName()] {
			if canonical(u.node.GetInput()[u.input]) != t.name {
				continue
			}
			for i := range r.take(t, u) {
				name := fmt.Sprint(u.node.GetName(), ":", i)
				if r.tensors[name] == nil {
					r.add(name, t.variable, u.node)
					todo = append(todo, r.tensors[name])
				}
			}
		}
	}
	r.keepTogether()
}

// take notes a use of a reference and returns how many references come of it.
func (r *references) take(t *refTensor, u use) (references int) {
	op := u.node.GetOp()
	w, writes := writeOpOf(op)
	switch {
	case writes && u.input < w.refs:
		t.variable.writers = append(t.variable.writers, u.node.GetName())
		if validate, ok := u.node.GetAttr()["validate_shape"]; op == "Assign" && ok && !validate.GetB() {
			t.variable.resized = true
		}
		if u.input == 0 {
			return 1
		}
	case u.input == 0 && onHandles[op] != "":
		if op == "CountUpTo" {
			t.variable.writers = append(t.variable.writers, u.node.GetName())
		}
	case u.input == 0 && handsOn[op] > 0:
		return handsOn[op]
	case onReferences[op], handsOn[op] > 0, r.functions[op], namesRefType(u.node):
		t.variable.keep("%q (%s) has no counterpart for handles", u.node.GetName(), op)
	}
	return 0
}

// refInputs is how many of the first inputs of n are references.
func refInputs(n *nodepb.NodeDef) int {
	if w, ok := writeOpOf(n.GetOp()); ok {
		return w.refs
	}
	if onHandles[n.GetOp()] != "" || handsOn[n.GetOp()] > 0 {
		return 1
	}
	return 0
}

// keepTogether keeps the variables that share an operation with one that is kept.
func (r *references) keepTogether() {
	shared := map[*refVariable][]*nodepb.NodeDef{}
	var todo []*refVariable
	for _, n := range r.list {
		of, all := r.variablesOf(n)
		for _, v := range of {
			shared[v] = append(shared[v], n)
			if !all {
				v.keep("%q (%s) takes another reference too", n.GetName(), n.GetOp())
			}
		}
	}
	for _, v := range r.variables {
		if v.kept != "" {
			todo = append(todo, v)
		}
	}
	for len(todo) > 0 {
		with := shared[todo[len(todo)-1]]
		delete(shared, todo[len(todo)-1])
		todo = todo[:len(todo)-1]
		for _, n := range with {
			of, _ := r.variablesOf(n)
			for _, v := range of {
				if v.kept == "" {
					v.keep("%q (%s) takes a reference that is kept", n.GetName(), n.GetOp())
					todo = append(todo, v)
				}
			}
		}
	}
}

// variablesOf are the variables that n takes references to, and whether it takes
// no others.
func (r *references) variablesOf(n *nodepb.NodeDef) (of []*refVariable, all bool) {
	refs := refInputs(n)
	for _, in := range n.GetInput()[:min(refs, len(n.GetInput()))] {
		if t := r.tensors[canonical(in)]; t != nil {
			of = append(of, t.variable)
		}
	}
	return of, len(of) == refs
}

// converted is the reference that an input is, if it becomes a handle.
func (r *references) converted(input string) *refTensor {
	if strings.HasPrefix(input, "^") {
		return nil
	}
	if t := r.tensors[canonical(input)]; t != nil && t.variable.kept == "" {
		return t
	}
	return nil
}

// outputIndex is 1 for "x:1".
func outputIndex(tensor string) int {
	_, index, _ := strings.Cut(tensor, ":")
	i, _ := strconv.Atoi(index)
	return i
}
