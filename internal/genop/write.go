package main

import (
	"bytes"
	"fmt"
	"strings"
)

// lineWidth is where lines of code are broken.
const lineWidth = 100

// write writes the op's attributes struct and function.
func (o *op) write(b *bytes.Buffer) {
	o.writeAttrs(b)
	o.writeDoc(b)
	head := []string{"func " + o.Func + "("}
	head = append(head, comma(o.params())...)
	head = append(head, ")")
	fill(b, append(append(head, o.resultTypes()...), " {"))
	start := fmt.Sprintf("bld := s.Begin(%q)", o.Name+"\x00")
	if o.Versions != nil {
		start = fmt.Sprintf("bld := begin(s, %q, %q)", o.Name+"\x00", and(o.Versions))
	}
	chain := []string{start}
	for _, a := range o.Inputs {
		method := "In"
		if a.list() {
			method = "InList"
		}
		chain[len(chain)-1] += "."
		chain = append(chain, fmt.Sprintf("%s(%s)", method, a.Go))
	}
	fill(b, chain)
	for _, a := range o.Required {
		fmt.Fprintf(b, "bld.%s(%q, %s)\n", goTypes[a.Type].Method, a.Name, a.Go)
	}
	if len(o.Optional) > 0 {
		b.WriteString("if attrs != nil {\n")
		for _, a := range o.Optional {
			a.writeSet(b)
		}
		b.WriteString("}\n")
	}
	o.writeReturn(b)
	b.WriteString("}\n\n")
}

// fill writes the parts as one line, broken between parts where it grows too
// long. A part that ends in a space loses it at the end of a line.
func fill(b *bytes.Buffer, parts []string) {
	n := 0
	for i, p := range parts {
		// Only a comma, a dot or a parenthesis lets Go continue a line.
		if i > 0 && n+len(p) > lineWidth && strings.ContainsAny(parts[i-1][len(strings.TrimRight(parts[i-1], " "))-1:], ",.(") {
			b.Truncate(len(bytes.TrimRight(b.Bytes(), " ")))
			b.WriteString("\n")
			n = 8
		}
		b.WriteString(p)
		n += len(p)
	}
	b.WriteString("\n")
}

// comma puts ", " behind all but the last.
func comma(parts []string) []string {
	for i := range len(parts) - 1 {
		parts[i] += ", "
	}
	return parts
}

// params lists the function's parameters, neighbours of one type together.
func (o *op) params() []string {
	list := []param{{"s", "*tf.Scope"}}
	for _, a := range o.Inputs {
		list = append(list, param{a.Go, a.goType()})
	}
	for _, a := range o.Required {
		list = append(list, param{a.Go, goTypes[a.Type].Type})
	}
	if len(o.Optional) > 0 {
		list = append(list, param{"attrs", "*" + o.Func + "Attrs"})
	}
	return declare(list)
}

type param struct{ name, typ string }

// declare gives the last of neighbours of one type the type.
func declare(list []param) (out []string) {
	for i, p := range list {
		if i+1 < len(list) && list[i+1].typ == p.typ {
			out = append(out, p.name)
		} else {
			out = append(out, p.name+" "+p.typ)
		}
	}
	return out
}

func (a arg) goType() string {
	if a.list() {
		return "[]tf.Output"
	}
	return "tf.Output"
}

// resultTypes is the function's result, named if there are several.
func (o *op) resultTypes() []string {
	switch len(o.Outputs) {
	case 0:
		return []string{" tf.Output"}
	case 1:
		return []string{" " + o.Outputs[0].goType()}
	}
	var list []param
	for _, a := range o.Outputs {
		list = append(list, param{a.Go, a.goType()})
	}
	return append(append([]string{" ("}, comma(declare(list))...), ")")
}

// emptyLegal are the attributes for which "" is a value of its own and not
// the default.
var emptyLegal = words("PrintV2.end StringFormat.template StringFormat.placeholder")

// pointer reports whether the field of an optional attribute is a pointer: its
// zero value is legal and not the default.
func (a attr) pointer() bool {
	switch a.Type {
	case "int", "float", "bool":
		return !a.zero()
	case "string":
		return !a.zero() && a.EmptyLegal
	}
	return false
}

// fieldType is the type of an optional attribute's field, whose zero value
// means the default.
func (a attr) fieldType() string {
	t := goTypes[a.Type].Type
	if a.pointer() {
		return "*" + t
	}
	return t
}

// writeSet writes the statement that sets an optional attribute.
func (a attr) writeSet(b *bytes.Buffer) {
	field := "attrs." + a.Go
	cond, value := field+" != nil", field
	switch t := a.fieldType(); {
	case a.pointer():
		value = "*" + field
	case t == "bool":
		cond = field
	case t == "string":
		cond = field + ` != ""`
	case t == "int64" || t == "float32" || t == "tf.DType":
		cond = field + " != 0"
	}
	fmt.Fprintf(b, "if %s {\nbld.%s(%q, %s)\n}\n", cond, goTypes[a.Type].Method, a.Name, value)
}
