package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// writeAttrs writes the struct of the optional attributes.
func (o *op) writeAttrs(b *bytes.Buffer) {
	if len(o.Optional) == 0 {
		return
	}
	fmt.Fprintf(b, "// %sAttrs are the optional attributes of [%s].\ntype %sAttrs struct {\n", o.Func, o.Func, o.Func)
	for _, a := range o.Optional {
		words := append([]string{"default " + text(a.Default)}, a.limits()...)
		line := strings.Join(words, "; ")
		if len(line) > 80 {
			paragraph(b, "", a.Go+": "+line+".")
			line = ""
		}
		fmt.Fprintf(b, "%s %s", a.Go, a.fieldType())
		if line != "" {
			b.WriteString(" // " + line)
		}
		b.WriteString("\n")
	}
	b.WriteString("}\n\n")
}

// limits says which values an attribute may have.
func (a attr) limits() (words []string) {
	if len(a.Allowed) > 0 {
		words = append(words, either(a.Allowed))
	}
	if a.Min != "" && strings.HasPrefix(a.Type, "list") {
		words = append(words, "at least "+a.Min+" long")
	} else if a.Min != "" {
		words = append(words, "at least "+a.Min)
	}
	if a.Only != "" {
		words = append(words, "TensorFlow "+a.Only+" only")
	}
	return words
}

// writeDoc writes the function's comment.
func (o *op) writeDoc(b *bytes.Buffer) {
	paragraph(b, "", o.title())
	var items bytes.Buffer
	o.writeArgs(&items, "", o.Inputs)
	for _, a := range o.Required {
		if limits := a.limits(); len(limits) > 0 {
			paragraph(&items, "  - ", a.Go+": "+strings.Join(limits, "; "))
		}
	}
	if len(o.Outputs) > 0 {
		o.writeArgs(&items, "returns ", o.Outputs)
	}
	for _, w := range o.symbols() {
		paragraph(&items, "  - ", w)
	}
	if items.Len() > 0 {
		fmt.Fprintf(b, "//\n%s", items.Bytes())
	}
	for _, w := range o.remarks() {
		b.WriteString("//\n")
		paragraph(b, "", w)
	}
	if !o.Hidden {
		fmt.Fprintf(b, "//\n// https://www.tensorflow.org/api_docs/python/tf/raw_ops/%s\n", o.Name)
	}
	if o.Deprecated > 0 {
		b.WriteString("//\n")
		paragraph(b, "", fmt.Sprintf("Deprecated: TensorFlow refuses it in graphs of version %d or newer.", o.Deprecated))
	}
}

// title is the comment's first sentence.
func (o *op) title() string {
	goNames := func(args []arg) (s []string) {
		for _, a := range args {
			s = append(s, a.Go)
		}
		return s
	}
	in, out := goNames(o.Inputs), goNames(o.Outputs)
	takes, gives := and(in), and(out)
	if len(in) > 4 {
		takes = fmt.Sprintf("%d inputs", len(in))
	}
	if len(out) > 4 {
		gives = fmt.Sprintf("%d results", len(out))
	}
	title := o.Func + " adds the op " + o.Name
	switch {
	case len(in) > 0 && len(out) > 0:
		title += ", which takes " + takes + " and gives " + gives
	case len(in) > 0:
		title += ", which takes " + takes
	case len(out) > 0:
		title += ", which gives " + gives
	}
	return title + "."
}

// writeArgs writes a list item for each run of arguments of one type.
func (o *op) writeArgs(b *bytes.Buffer, verb string, args []arg) {
	for i := 0; i < len(args); {
		typ, names := o.typeWords(args[i]), []string(nil)
		for ; i < len(args) && o.typeWords(args[i]) == typ; i++ {
			names = append(names, args[i].Go)
		}
		paragraph(b, "  - ", verb+strings.Join(names, ", ")+": "+typ)
	}
}

// typeWords describes an input or output.
func (o *op) typeWords(a arg) string {
	w := o.symbol(a.Type)
	switch {
	case a.Types != "":
		w = "list of types " + o.symbol(a.Types)
	case a.Number != "":
		w = "list of " + o.symbol(a.Number) + " " + w
	}
	if a.Ref {
		w = "reference to " + w
	}
	return w
}

// symbol is how the comment calls an attribute: a parameter or a field if it
// is one.
func (o *op) symbol(name string) string {
	for _, a := range o.Required {
		if a.Name == name {
			return a.Go
		}
	}
	for _, a := range o.Optional {
		if a.Name == name {
			return "attrs." + a.Go
		}
	}
	return name
}

// symbols lists what the inputs' types and numbers may be.
func (o *op) symbols() (out []string) {
	for _, a := range o.Inferred {
		limits := a.limits()
		switch {
		case a.Only != "": // a note tells
			continue
		case len(a.Allowed) == 0 && a.Type == "type":
			limits = append([]string{"any type"}, limits...)
		case len(a.Allowed) == 0 && a.Type == "list(type)":
			limits = append([]string{"any types"}, limits...)
		case a.Type == "int" && a.Min == "0":
			continue
		}
		if len(limits) > 0 {
			out = append(out, a.Name+" is "+strings.Join(limits, "; "))
		}
	}
	return out
}

// remarks are the sentences after the list.
func (o *op) remarks() (out []string) {
	ref := false
	for _, a := range slices.Concat(o.Inputs, o.Outputs) {
		ref = ref || a.Ref
	}
	if ref {
		out = append(out, "Graph only: it works on a reference, which eager execution does not have.")
	}
	if o.Stateful {
		out = append(out, "Stateful: two equal calls are never merged into one.")
	}
	out = append(out, o.Notes...)
	if len(o.Versions) > 0 {
		out = append(out, "TensorFlow "+strings.Join(o.Versions, " and ")+" only.")
	}
	return out
}

// paragraph writes a comment of at most 80 columns. The bullet starts the first
// line; the others are indented alike.
func paragraph(b *bytes.Buffer, bullet, s string) {
	if bullet == "" {
		bullet = " "
	}
	const width = 80
	line := "//" + bullet
	start := len(line)
	for _, w := range strings.Fields(s) {
		if len(line) > start && len(line)+1+len(w) > width {
			b.WriteString(line + "\n")
			line = "//" + strings.Repeat(" ", len(bullet))
		}
		if len(line) > start {
			line += " "
		}
		line += w
	}
	b.WriteString(line + "\n")
}

func and(words []string) string    { return enumerate(words, "and") }
func either(words []string) string { return enumerate(words, "or") }

func enumerate(words []string, last string) string {
	n := len(words) - 1
	if n < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:n], ", ") + " " + last + " " + words[n]
}
