package main

import (
	"bytes"
	"fmt"
	"strings"
)

// writeReturn ends the op and returns its results. They are there, as zero
// values, also if the op failed.
func (o *op) writeReturn(b *bytes.Buffer) {
	n, listed := len(o.Outputs), false
	for _, a := range o.Outputs {
		listed = listed || a.list()
	}
	switch {
	case n == 0:
		b.WriteString("return bld.Node()\n")
	case n == 1 && !listed:
		b.WriteString("return bld.One()\n")
	case n == 1:
		size := o.sizes(b)[0]
		fmt.Fprintf(b, "return results(s, bld, %s)\n", size)
	case !listed:
		fmt.Fprintf(b, "r := results(s, bld, %d)\n", n)
		o.writeTuple(b, "r[%d]")
	default:
		fill(b, append(append([]string{"r := lists(s, bld, "}, comma(o.sizes(b))...), ")"))
		o.writeTuple(b, "r[%d][0]")
	}
}

// writeTuple writes the return statement of several results; single is how to
// get one that is no list.
func (o *op) writeTuple(b *bytes.Buffer, single string) {
	var out []string
	for i, a := range o.Outputs {
		if a.list() {
			out = append(out, fmt.Sprintf("r[%d]", i))
		} else {
			out = append(out, fmt.Sprintf(single, i))
		}
	}
	fill(b, append([]string{"return "}, comma(out)...))
}

// sizes are the Go expressions for the lengths of the outputs. Those that
// optional attributes tell are written as variables first.
func (o *op) sizes(b *bytes.Buffer) (out []string) {
	declared := map[string]bool{}
	for _, a := range o.Outputs {
		key := a.Number + a.Types
		size := "one"
		if key != "" {
			size = o.size(key)
		}
		if size == "" {
			size = local(key) + "Len"
			if !declared[size] {
				o.writeSize(b, size, key)
				declared[size] = true
			}
		}
		out = append(out, size)
	}
	return out
}

// size is the length that an input or a required attribute tells, or "".
func (o *op) size(key string) string {
	for _, in := range o.Inputs {
		if in.Number+in.Types == key {
			return "len(" + in.Go + ")"
		}
	}
	for _, a := range o.Required {
		if a.Name == key && a.Type == "int" {
			return "int(" + a.Go + ")"
		} else if a.Name == key {
			return "len(" + a.Go + ")"
		}
	}
	return ""
}

// writeSize declares a variable for the length that an optional attribute
// tells.
func (o *op) writeSize(b *bytes.Buffer, name, key string) {
	for _, a := range o.Optional {
		if a.Name != key {
			continue
		}
		start, cond, value := "0", []string{"attrs != nil"}, "int(attrs."+a.Go+")"
		if a.Type == "list(type)" {
			value = "len(attrs." + a.Go + ")"
			start = fmt.Sprint(len(elements(a.Default)))
		} else if a.pointer() {
			value = "int(*attrs." + a.Go + ")"
			start = text(a.Default)
		}
		if start != "0" {
			cond = append(cond, "attrs."+a.Go+" != nil")
		}
		fmt.Fprintf(b, "%s := %s\nif %s {\n%s = %s\n}\n", name, start, strings.Join(cond, " && "), name, value)
	}
}
