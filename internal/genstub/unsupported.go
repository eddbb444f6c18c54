package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// unsupported writes the exported declarations of the package's cgo files for
// the builds that leave those out.
func unsupported(dir, tag string) ([]byte, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	u := &twin{fset: token.NewFileSet(), imports: map[string]string{}}
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") || filepath.Base(path) == "gen_unsupported.go" {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if !bytes.Contains(text, []byte("//go:build "+tag+"\n")) {
			continue
		}
		f, err := parser.ParseFile(u.fset, path, text, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no file in %s has the constraint //go:build %s", dir, tag)
	}
	for _, f := range files {
		if err := u.file(f); err != nil {
			return nil, err
		}
	}
	return u.source(files[0].Name.Name, tag)
}

// twin gathers the declarations to write.
type twin struct {
	fset    *token.FileSet
	imports map[string]string // used package name -> import path
	body    bytes.Buffer
	errs    bool // a function returns an error
}

func (u *twin) file(f *ast.File) error {
	for _, d := range f.Decls {
		var err error
		switch d := d.(type) {
		case *ast.GenDecl:
			err = u.general(f, d)
		case *ast.FuncDecl:
			err = u.function(f, d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (u *twin) general(f *ast.File, d *ast.GenDecl) error {
	for _, s := range d.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			if s.Name.IsExported() {
				u.typeDecl(f, s)
			}
		case *ast.ValueSpec:
			if err := u.value(f, d.Tok, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// value writes the exported names of a const or var line.
func (u *twin) value(f *ast.File, tok token.Token, s *ast.ValueSpec) error {
	for i, n := range s.Names {
		switch {
		case !n.IsExported():
		case n.Name == "Supported":
			fmt.Fprintf(&u.body, "\n// Supported reports whether this build can open the library at all.\n%s Supported = false\n", tok)
		case tok == token.CONST && i < len(s.Values) && usesC(s.Values[i]):
			fmt.Fprintf(&u.body, "\nconst %s = 0 // known to C only\n", n.Name)
		case tok == token.CONST && i < len(s.Values) && s.Type == nil:
			u.use(f, s.Values[i])
			fmt.Fprintf(&u.body, "\nconst %s = %s\n", n.Name, u.print(s.Values[i]))
		default:
			return fmt.Errorf("%s: move %s to a file without a build constraint", u.fset.Position(n.Pos()), n.Name)
		}
	}
	return nil
}

// typeDecl writes a type, without what C knows of it.
func (u *twin) typeDecl(f *ast.File, s *ast.TypeSpec) {
	u.body.WriteByte('\n')
	st, isStruct := s.Type.(*ast.StructType)
	switch {
	case isStruct:
		fmt.Fprintf(&u.body, "type %s struct {\n", s.Name.Name)
		for _, field := range st.Fields.List {
			if usesC(field.Type) || !slices.ContainsFunc(field.Names, func(n *ast.Ident) bool { return n.IsExported() }) {
				continue
			}
			u.use(f, field.Type)
			names := make([]string, len(field.Names))
			for i, n := range field.Names {
				names[i] = n.Name
			}
			fmt.Fprintf(&u.body, "\t%s %s\n", strings.Join(names, ", "), u.print(field.Type))
		}
		u.body.WriteString("}\n")
	case usesC(s.Type):
		fmt.Fprintf(&u.body, "type %s struct{}\n", s.Name.Name)
	default:
		u.use(f, s)
		fmt.Fprintf(&u.body, "type %s\n", u.print(s))
	}
}

func (u *twin) function(f *ast.File, d *ast.FuncDecl) error {
	if !d.Name.IsExported() || isCallback(d) {
		return nil
	}
	name := d.Name.Name
	receiver := ""
	if d.Recv != nil {
		t := d.Recv.List[0].Type
		base := t
		if star, ok := t.(*ast.StarExpr); ok {
			base = star.X
		}
		id, ok := base.(*ast.Ident)
		if !ok || !id.IsExported() {
			return nil
		}
		receiver = "(" + u.print(t) + ") "
	}
	if usesC(d.Type) {
		return fmt.Errorf("%s: %s has a C type in its signature", u.fset.Position(d.Pos()), name)
	}
	u.use(f, d.Type)
	typeParams := ""
	if d.Type.TypeParams != nil {
		typeParams = "[" + u.fields(d.Type.TypeParams, "") + "]"
	}
	fmt.Fprintf(&u.body, "\nfunc %s%s%s(%s)", receiver, name, typeParams, u.fields(d.Type.Params, "_"))
	if d.Type.Results == nil {
		u.body.WriteString(" {}\n")
		return nil
	}
	fmt.Fprintf(&u.body, " (%s) {\n", u.fields(d.Type.Results, "r"))
	for i, t := range flat(d.Type.Results) {
		switch u.print(t) {
		case "error":
			u.errs = true
			fmt.Fprintf(&u.body, "\tr%d = errUnsupported\n", i)
		case "Status":
			u.errs = true
			fmt.Fprintf(&u.body, "\tr%d = Status{Code: 12, Message: errUnsupported.Error()}\n", i)
		}
	}
	u.body.WriteString("\treturn\n}\n")
	return nil
}

// flat lists one type for each name of a field list.
func flat(l *ast.FieldList) []ast.Expr {
	var out []ast.Expr
	for _, f := range l.List {
		for range max(1, len(f.Names)) {
			out = append(out, f.Type)
		}
	}
	return out
}

// fields prints a field list with other names: all "_", or r0, r1, ...
func (u *twin) fields(l *ast.FieldList, name string) string {
	var out []string
	i := 0
	for _, f := range l.List {
		for k := range max(1, len(f.Names)) {
			n := name
			switch name {
			case "r":
				n = fmt.Sprintf("r%d", i)
			case "":
				n = f.Names[k].Name
			}
			out = append(out, n+" "+u.print(f.Type))
			i++
		}
	}
	return strings.Join(out, ", ")
}

func (u *twin) print(n ast.Node) string {
	var b bytes.Buffer
	if err := printer.Fprint(&b, u.fset, n); err != nil {
		panic(err)
	}
	return b.String()
}

// use notes the imports that n needs.
func (u *twin) use(f *ast.File, n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if pkg, ok := sel.X.(*ast.Ident); ok {
			for _, imp := range f.Imports {
				path := strings.Trim(imp.Path.Value, `"`)
				if imp.Name != nil && imp.Name.Name == pkg.Name || imp.Name == nil && filepath.Base(path) == pkg.Name {
					u.imports[pkg.Name] = path
				}
			}
		}
		return true
	})
}

func usesC(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && id.Name == "C" {
				found = true
			}
		}
		return !found
	})
	return found
}

// isCallback reports whether C calls the function (//export).
func isCallback(d *ast.FuncDecl) bool {
	return d.Doc != nil && slices.ContainsFunc(d.Doc.List, func(c *ast.Comment) bool {
		return strings.HasPrefix(c.Text, "//export ")
	})
}

func (u *twin) source(pkg, tag string) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n//go:build !(%s)\n\npackage %s\n", generated, tag, pkg)
	if u.errs {
		u.imports["errors"], u.imports["runtime"] = "errors", "runtime"
	}
	b.WriteString("\nimport (\n")
	for _, name := range sortedKeys(u.imports) {
		fmt.Fprintf(&b, "\t%s %q\n", alias(name, u.imports[name]), u.imports[name])
	}
	b.WriteString(")\n")
	if u.errs {
		b.WriteString(unsupportedError)
	}
	b.Write(u.body.Bytes())
	src, err := format.Source(b.Bytes())
	if err != nil {
		return nil, fmt.Errorf("%w in:\n%s", err, b.Bytes())
	}
	return src, nil
}

const unsupportedError = `
var errUnsupported = func() error {
	where := runtime.GOOS + "/" + runtime.GOARCH
	if where == "linux/amd64" {
		where += " without cgo: install gcc and build with CGO_ENABLED=1"
	}
	return errors.New("not supported on " + where)
}()
`

func alias(name, path string) string {
	if filepath.Base(path) == name {
		return ""
	}
	return name
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
