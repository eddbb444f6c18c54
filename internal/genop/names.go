package main

import (
	"fmt"
	"strings"
	"unicode"
)

// goTypes maps an attribute's type to the Go type and to the builder's method.
var goTypes = map[string]struct{ Type, Method string }{
	"int":          {"int64", "Int"},
	"float":        {"float32", "Float"},
	"bool":         {"bool", "Bool"},
	"type":         {"tf.DType", "Type"},
	"string":       {"string", "Str"},
	"shape":        {"tf.Shape", "Shape"},
	"tensor":       {"*tf.Tensor", "Tensor"},
	"func":         {"*tf.Function", "Func"},
	"list(int)":    {"[]int64", "Ints"},
	"list(float)":  {"[]float32", "Floats"},
	"list(bool)":   {"[]bool", "Bools"},
	"list(type)":   {"[]tf.DType", "Types"},
	"list(string)": {"[]string", "Strs"},
	"list(shape)":  {"[]tf.Shape", "Shapes"},
	"list(func)":   {"[]*tf.Function", "Funcs"},
}

// taken are the names that no parameter or result may have: Go's words, and
// what the generated code uses.
var taken = words(`break case chan const continue default defer else fallthrough
	for func go goto if import interface map package range return select struct
	switch type var
	bool false float32 int int64 len nil string true
	tf s bld attrs r results lists one begin`)

func words(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

// funcName is the Go name of an op. "Namespace>Op" loses the mark.
func funcName(op string) string { return camel(strings.ReplaceAll(op, ">", "_")) }

// camel turns "num_split" into "NumSplit".
func camel(s string) string {
	var b strings.Builder
	up := true
	for _, r := range s {
		if r == '_' {
			up = true
			continue
		}
		if up {
			r = unicode.ToUpper(r)
		}
		up = false
		b.WriteRune(r)
	}
	return b.String()
}

// local turns "num_split" into "numSplit", "T" into "t" and "SrcT" into "srcT".
func local(s string) string {
	r := []rune(camel(s))
	for i := range r {
		if i > 0 && i+1 < len(r) && unicode.IsLower(r[i+1]) || !unicode.IsUpper(r[i]) {
			break
		}
		r[i] = unicode.ToLower(r[i])
	}
	return string(r)
}

// name chooses the Go names of the op's arguments, all different.
func (o *op) name() error {
	used := map[string]bool{}
	pick := func(name, suffix string) (string, error) {
		n := local(name)
		if taken[n] || used[n] {
			n += suffix
		}
		if taken[n] || used[n] || !isIdent(n) {
			return "", fmt.Errorf("%s: no Go name for %q", o.Name, name)
		}
		used[n] = true
		return n, nil
	}
	var err error
	for i := range o.Inputs {
		if o.Inputs[i].Go, err = pick(o.Inputs[i].Name, "In"); err != nil {
			return err
		}
	}
	for i := range o.Required {
		if o.Required[i].Go, err = pick(o.Required[i].Name, "Attr"); err != nil {
			return err
		}
	}
	for i := range o.Outputs {
		if o.Outputs[i].Go, err = pick(o.Outputs[i].Name, "Out"); err != nil {
			return err
		}
	}
	fields := map[string]bool{}
	for i, a := range o.Optional {
		f := camel(a.Name)
		if fields[f] || !isIdent(f) || !unicode.IsUpper(rune(f[0])) {
			return fmt.Errorf("%s: no Go name for %q", o.Name, a.Name)
		}
		fields[f] = true
		o.Optional[i].Go = f
	}
	return nil
}

func isIdent(s string) bool {
	for i, r := range s {
		if !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return s != ""
}
