package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
)

// Proto is one C function.
type Proto struct {
	Name     string
	Result   string
	Params   []Param
	Required bool
}

// Param is one parameter. Decl declares it, Type is the same without the name.
type Param struct {
	Name, Type, Decl string
}

func readTable(path string) ([]Proto, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var protos []Proto
	seen := map[string]bool{}
	for i, line := range strings.Split(string(text), "\n") {
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		rest, required := strings.CutPrefix(line, "!")
		p, err := parseProto(rest)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, i+1, err)
		}
		if seen[p.Name] {
			return nil, fmt.Errorf("%s:%d: %s is declared twice", path, i+1, p.Name)
		}
		for _, param := range p.Params {
			if param.Name == "" {
				return nil, fmt.Errorf("%s:%d: %s: parameter %q has no name", path, i+1, p.Name, param.Type)
			}
		}
		seen[p.Name] = true
		p.Required = required
		protos = append(protos, p)
	}
	return protos, nil
}

var protoForm = regexp.MustCompile(`^(.*?[\s*])(\w+)\s*\((.*)\)\s*;?$`)

// parseProto reads one prototype; parameters may lack names.
func parseProto(s string) (Proto, error) {
	s = strings.Join(strings.Fields(s), " ")
	m := protoForm.FindStringSubmatch(s)
	if m == nil {
		return Proto{}, fmt.Errorf("not a C prototype: %q", s)
	}
	p := Proto{Name: m[2], Result: spaced(m[1])}
	for _, arg := range splitParams(m[3]) {
		param, err := parseParam(arg)
		if err != nil {
			return Proto{}, fmt.Errorf("%s: %w", p.Name, err)
		}
		p.Params = append(p.Params, param)
	}
	return p, nil
}

// splitParams splits at commas outside parentheses. "void" is no parameter.
func splitParams(s string) []string {
	var out []string
	depth, start := 0, 0
	for i, c := range s {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				out = append(out, strings.TrimSpace(s[start:i]))
				start = i + 1
			}
		}
	}
	last := strings.TrimSpace(s[start:])
	if len(out) == 0 && (last == "" || last == "void") {
		return nil
	}
	return append(out, last)
}

var (
	funcPointer = regexp.MustCompile(`^(.*)\(\s*\*\s*(\w*)\s*\)\s*\((.*)\)$`)
	tokens      = regexp.MustCompile(`\w+|\*|&|\[\w*\]`)
)

func parseParam(s string) (Param, error) {
	if m := funcPointer.FindStringSubmatch(s); m != nil {
		var inner []string
		for _, arg := range splitParams(m[3]) {
			p, err := parseParam(arg)
			if err != nil {
				return Param{}, err
			}
			inner = append(inner, p.Type)
		}
		result, args := spaced(m[1]), strings.Join(inner, ", ")
		return Param{
			Name: m[2],
			Type: fmt.Sprintf("%s (*)(%s)", result, args),
			Decl: fmt.Sprintf("%s (*%s)(%s)", result, m[2], args),
		}, nil
	}
	toks := tokens.FindAllString(s, -1)
	if len(toks) == 0 {
		return Param{}, fmt.Errorf("empty parameter")
	}
	array := ""
	if last := toks[len(toks)-1]; strings.HasPrefix(last, "[") {
		array, toks = "*", toks[:len(toks)-1] // an array parameter is a pointer
	}
	name := ""
	if last := toks[len(toks)-1]; isWord(last) && namesType(toks[:len(toks)-1]) && !slices.Contains(baseTypes, last) {
		name, toks = last, toks[:len(toks)-1]
	}
	typ := spaced(strings.Join(toks, " ") + array)
	return Param{Name: name, Type: typ, Decl: strings.TrimSpace(typ + " " + name)}, nil
}

var (
	baseTypes  = []string{"void", "char", "short", "int", "long", "float", "double", "signed", "unsigned", "bool", "size_t"}
	qualifiers = []string{"const", "struct", "enum", "volatile"}
)

func isWord(s string) bool { return s != "*" && s != "&" }

// namesType reports whether toks hold a type, so that a word after them is a
// name.
func namesType(toks []string) bool {
	return slices.ContainsFunc(toks, func(t string) bool {
		return isWord(t) && !slices.Contains(qualifiers, t)
	})
}

// spaced writes a type in one way: "const char* const*".
func spaced(s string) string {
	var b strings.Builder
	for _, t := range tokens.FindAllString(s, -1) {
		if b.Len() > 0 && isWord(t) {
			b.WriteByte(' ')
		}
		b.WriteString(t)
	}
	return b.String()
}

// Decl is the prototype in one way of writing, without a semicolon.
func (p Proto) Decl() string { return p.Result + " " + p.Name + "(" + p.params() + ")" }

// signature is Decl without parameter names and without const on values,
// which changes no call.
func (p Proto) signature() string {
	types := make([]string, len(p.Params))
	for i, param := range p.Params {
		types[i] = param.Type
		if !strings.ContainsAny(param.Type, "*&") {
			types[i] = strings.TrimPrefix(param.Type, "const ")
		}
	}
	return p.Result + " " + p.Name + "(" + strings.Join(types, ", ") + ")"
}

func (p Proto) params() string {
	if len(p.Params) == 0 {
		return "void"
	}
	decls := make([]string, len(p.Params))
	for i, param := range p.Params {
		decls[i] = param.Decl
	}
	return strings.Join(decls, ", ")
}

func (p Proto) args() string {
	names := make([]string, len(p.Params))
	for i, param := range p.Params {
		names[i] = param.Name
	}
	return strings.Join(names, ", ")
}
