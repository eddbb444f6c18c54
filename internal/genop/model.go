package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	"github.com/wamuir/graft/tensorflow/core/framework/op_def_go_proto"
	"google.golang.org/protobuf/proto"
)

// op is what is written about one op.
type op struct {
	Name       string
	Func       string   // its Go name
	Versions   []string // the libraries that have it, nil for all
	Inputs     []arg
	Outputs    []arg
	Required   []attr
	Optional   []attr
	Inferred   []attr // from the inputs
	Stateful   bool
	Notes      []string // where the releases differ
	Hidden     bool     // without a page in TensorFlow's documentation
	Deprecated int32    // the graph version that refuses it, 0 for none
}

// arg is an input or an output.
type arg struct {
	Name          string
	Go            string // its Go name
	Type          string // "float32", or the attribute that says
	Number, Types string // the attribute that says how many, or which types
	Ref           bool
}

func (a arg) list() bool { return a.Number != "" || a.Types != "" }

// attr is an attribute.
type attr struct {
	Name       string
	Go         string // its Go name
	Type       string // as in the op's definition: "list(int)"
	Default    *attr_value_go_proto.AttrValue
	Allowed    []string // in words
	Min        string   // the least value or length, in words
	Only       string   // the library that has it, "" for all
	EmptyLegal bool     // "" is a value of its own
}

// newOp merges the definitions of an op in all releases.
func newOp(name string, libs []release) (*op, error) {
	var defs []*op_def_go_proto.OpDef
	var versions []string
	for _, l := range libs {
		if d := l.ops[name]; d != nil {
			defs = append(defs, d)
			versions = append(versions, l.version)
		}
	}
	def := defs[0]
	o := &op{Name: name, Func: funcName(name), Stateful: def.IsStateful, Deprecated: defs[len(defs)-1].GetDeprecation().GetVersion()}
	if len(versions) < len(libs) {
		o.Versions = versions
	}
	for i, d := range defs[1:] {
		if err := compatible(def, d); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		o.Notes = append(o.Notes, differences(def, d, versions[i+1])...)
	}
	for _, a := range def.InputArg {
		o.Inputs = append(o.Inputs, newArg(a))
	}
	for _, a := range def.OutputArg {
		o.Outputs = append(o.Outputs, newArg(a))
	}
	inferred := inferred(defs)
	for _, a := range mergeAttrs(defs, versions) {
		switch {
		case goTypes[a.Type].Type == "":
			return nil, fmt.Errorf("%s: attribute %s has the unknown type %s", name, a.Name, a.Type)
		case inferred[a.Name]:
			o.Inferred = append(o.Inferred, a)
		case a.Default == nil:
			o.Required = append(o.Required, a)
		default:
			o.Optional = append(o.Optional, a)
		}
	}
	return o, o.name()
}

func newArg(a *op_def_go_proto.OpDef_ArgDef) arg {
	g := arg{Name: a.Name, Type: a.TypeAttr, Number: a.NumberAttr, Types: a.TypeListAttr, Ref: a.IsRef}
	if a.Type != 0 {
		g.Type = typeName(a.Type)
	}
	return g
}

// inferred is the set of attributes that follow from the inputs.
func inferred(defs []*op_def_go_proto.OpDef) map[string]bool {
	in := map[string]bool{}
	for _, d := range defs {
		for _, a := range d.InputArg {
			in[a.TypeAttr], in[a.NumberAttr], in[a.TypeListAttr] = true, true, true
		}
	}
	return in
}

// compatible fails if no single Go function can call both definitions.
func compatible(a, b *op_def_go_proto.OpDef) error {
	shape := func(args []*op_def_go_proto.OpDef_ArgDef) (s []string) {
		for _, x := range args {
			s = append(s, fmt.Sprint(x.NumberAttr, x.TypeListAttr))
		}
		return s
	}
	if !slices.Equal(shape(a.InputArg), shape(b.InputArg)) {
		return fmt.Errorf("inputs differ between the libraries")
	}
	if !slices.Equal(shape(a.OutputArg), shape(b.OutputArg)) {
		return fmt.Errorf("outputs differ between the libraries")
	}
	for _, x := range [][2]*op_def_go_proto.OpDef{{a, b}, {b, a}} {
		for _, at := range x[0].Attr {
			other := findAttr(x[1], at.Name)
			if other == nil && at.DefaultValue == nil || other != nil && other.Type != at.Type {
				return fmt.Errorf("attribute %s differs between the libraries", at.Name)
			}
		}
	}
	return nil
}

// differences says which arguments have another type in a later definition.
func differences(old, def *op_def_go_proto.OpDef, version string) (notes []string) {
	before, now := slices.Concat(old.InputArg, old.OutputArg), slices.Concat(def.InputArg, def.OutputArg)
	for i, a := range now {
		if a.Type == before[i].Type && a.TypeAttr == before[i].TypeAttr {
			continue
		}
		t := typeName(a.Type)
		if at := findAttr(def, a.TypeAttr); at != nil {
			t = either(elements(at.AllowedValues))
		}
		notes = append(notes, fmt.Sprintf("In TensorFlow %s the type of %s is %s.", version, local(a.Name), t))
	}
	return notes
}

func findAttr(d *op_def_go_proto.OpDef, name string) *op_def_go_proto.OpDef_AttrDef {
	for _, a := range d.Attr {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// mergeAttrs lists the attributes of all definitions, in the order of the
// newest. A required one of any is required.
func mergeAttrs(defs []*op_def_go_proto.OpDef, versions []string) (out []attr) {
	var order []*op_def_go_proto.OpDef_AttrDef
	for i := len(defs) - 1; i >= 0; i-- {
		for _, a := range defs[i].Attr {
			if !slices.ContainsFunc(order, func(b *op_def_go_proto.OpDef_AttrDef) bool { return a.Name == b.Name }) {
				order = append(order, a)
			}
		}
	}
	for _, a := range order {
		g := attr{Name: a.Name, Type: a.Type, Default: a.DefaultValue}
		var in []string
		for i, d := range defs {
			b := findAttr(d, a.Name)
			if b == nil {
				continue
			}
			in = append(in, versions[i])
			if b.DefaultValue == nil {
				g.Default = nil
			}
			if b.HasMinimum && (b.Minimum != 0 || a.Type == "int") && g.Min == "" {
				g.Min = fmt.Sprint(b.Minimum)
			}
		}
		if len(in) < len(defs) {
			g.Only = strings.Join(in, " and ")
		}
		g.Allowed = allowed(a.Name, defs, versions)
		g.EmptyLegal = emptyLegal[defs[0].Name+"."+a.Name]
		out = append(out, g)
	}
	return out
}

// allowed lists an attribute's allowed values, marking those of one library.
func allowed(name string, defs []*op_def_go_proto.OpDef, versions []string) (values []string) {
	count, last, have := map[string]int{}, map[string]string{}, 0
	for i, d := range defs {
		a := findAttr(d, name)
		if a == nil || a.AllowedValues == nil {
			continue
		}
		have++
		for _, v := range elements(a.AllowedValues) {
			if count[v]++; count[v] == 1 {
				values = append(values, v)
			}
			last[v] = versions[i]
		}
	}
	for i, v := range values {
		if count[v] < have {
			values[i] = v + " (" + last[v] + " only)"
		}
	}
	return values
}

// zero reports whether the default is also the zero value of the Go type.
func (a attr) zero() bool {
	switch v := a.Default.Value.(type) {
	case *attr_value_go_proto.AttrValue_I:
		return v.I == 0
	case *attr_value_go_proto.AttrValue_F:
		return v.F == 0
	case *attr_value_go_proto.AttrValue_B:
		return !v.B
	case *attr_value_go_proto.AttrValue_S:
		return len(v.S) == 0
	case *attr_value_go_proto.AttrValue_Shape:
		return v.Shape.UnknownRank
	case *attr_value_go_proto.AttrValue_List:
		return proto.Size(v.List) == 0
	}
	return false
}
