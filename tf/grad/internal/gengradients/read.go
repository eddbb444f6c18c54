package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gotf/gotf/tf/grad"
)

// facts are what the tables show.
type facts struct {
	ops, flat []string
	python    map[string]bool   // the operations that Python differentiates
	group     map[string]string // of each operation
	checks    map[string]*checks
	reasons   []reason
	second    map[string]string // what is said of second order
}

// checks are those of one operation.
type checks struct {
	golden      int // cases of Python's
	differences int // cases checked by differences only
	python2     bool
	own2        bool // gradients of gradients are checked by differences
}

// reason is why some operations are not differentiated.
type reason struct {
	why string
	ops []string
}

func read() (*facts, error) {
	f := &facts{ops: grad.Ops(), flat: grad.Flat(), checks: map[string]*checks{}}
	for _, step := range []func() error{f.readRegistry, f.readGroups, f.readGolden, f.readCases, f.readReasons, f.readSecond} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *facts) of(op string) *checks {
	if f.checks[op] == nil {
		f.checks[op] = &checks{}
	}
	return f.checks[op]
}

func readJSON(path string, v any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func (f *facts) readRegistry() error {
	var registry struct{ Gradients []string }
	if err := readJSON("testdata/registry.json", &registry); err != nil {
		return err
	}
	f.python = map[string]bool{}
	for _, op := range registry.Gradients {
		f.python[op] = true
	}
	return nil
}

func (f *facts) readGroups() error {
	data, err := os.ReadFile("../../internal/genop/groups.txt")
	if err != nil {
		return err
	}
	f.group = map[string]string{}
	for line := range strings.Lines(string(data)) {
		if op, group, ok := strings.Cut(strings.TrimSpace(line), " "); ok && op != "#" {
			f.group[op] = group
		}
	}
	return nil
}

func (f *facts) readGolden() error {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		return err
	}
	for _, path := range files {
		var set struct {
			Cases []struct {
				Op     string
				Second any
			}
		}
		if err := readJSON(path, &set); err != nil {
			return err
		}
		for _, c := range set.Cases {
			if c.Op != "" {
				of := f.of(c.Op)
				of.golden++
				of.python2 = of.python2 || c.Second == true
			}
		}
	}
	return nil
}

// readCases finds the opCases of the tests: literals with a name and an f.
func (f *facts) readCases() error {
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		return err
	}
	for _, path := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if lit, ok := n.(*ast.CompositeLit); ok {
				f.countCase(lit)
			}
			return true
		})
	}
	return nil
}

func (f *facts) countCase(lit *ast.CompositeLit) {
	fields := map[string]ast.Expr{}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok {
				fields[key.Name] = kv.Value
			}
		}
	}
	if fields["name"] == nil || fields["f"] == nil || fields["in"] == nil {
		return
	}
	op := called(fields["f"], firstWord(fields["name"]))
	if !slices.Contains(f.ops, op) {
		return
	}
	of := f.of(op)
	of.differences++
	of.own2 = of.own2 || fields["noSecond"] == nil
}

// called is the operation that a case called name is about: the one that its
// function calls whose name is that or ends so, or else name.
func called(f ast.Expr, name string) string {
	found := ""
	ast.Inspect(f, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || name == "" {
			return true
		}
		from, ok := sel.X.(*ast.Ident)
		if op := sel.Sel.Name; ok && from.Name == "op" && strings.HasSuffix(op, name) && (found == "" || op == name) {
			found = op
		}
		return true
	})
	return cmp.Or(found, name)
}

// firstWord is what the text of e begins with, up to a slash or a space.
func firstWord(e ast.Expr) string {
	for {
		sum, ok := e.(*ast.BinaryExpr)
		if !ok {
			break
		}
		e = sum.X
	}
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	text, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	if i := strings.IndexAny(text, "/ "); i >= 0 {
		text = text[:i]
	}
	return text
}

func (f *facts) readReasons() error {
	data, err := os.ReadFile("testdata/not-covered.txt")
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(data)) {
		text := strings.TrimSpace(line)
		switch {
		case text == "" || text[0] == '#':
		case line[0] != '\t':
			f.reasons = append(f.reasons, reason{why: text})
		case len(f.reasons) == 0:
			return fmt.Errorf("not-covered.txt: %q stands before any reason", text)
		default:
			last := &f.reasons[len(f.reasons)-1]
			last.ops = append(last.ops, strings.Fields(text)...)
		}
	}
	return nil
}

func (f *facts) readSecond() error {
	data, err := os.ReadFile("testdata/second-order.txt")
	if err != nil {
		return err
	}
	f.second = map[string]string{}
	for line := range strings.Lines(string(data)) {
		if op, words, ok := strings.Cut(line, ": "); ok && op[0] != '#' {
			f.second[op] = strings.TrimSpace(words)
		}
	}
	return nil
}
