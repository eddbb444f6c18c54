// Package layering keeps the import graph a stack of layers. The table below
// is the architecture; change it knowingly.
package layering

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/gotf/gotf"

// A layer is a set of folders, with all below them that no other layer names.
type layer struct {
	name    string // DESIGN's number
	folders string
	equal   bool // its packages may import each other
}

// layers, lowest first. A package may import only packages of lower layers.
var layers = []layer{
	{"0", "third_party internal", true},
	{"1", "tf", false},
	{"1, files", "tf/tfrecord tf/summary tf/bundle", true},
	{"2", "tf/op", false},
	{"3", "tf/control tf/grad", true},
	{"4", "tf/data tf/image tf/text tf/checkpoint", false},
	{"5, schema", "tflite/internal/schema", false},
	{"5", "savedmodel tf/distribute tflite", false},
	{"6, core", "keras/core keras/internal", true},
	{"6, parts", "keras/activations keras/initializers keras/regularizers keras/constraints", false},
	{"6, layers", "keras/layers keras/losses keras/metrics keras/optimizers", false},
	{"6, model", "keras", false},
	{"6, saving", "keras/saving", false},
	{"6, extras", "keras/callbacks keras/datasets keras/applications keras/compress", false},
	{"7", "tflite/convert tflite/metadata tflite/micro savedmodel/serving", false},
	{"8, under commands", "cmd/gotf/internal/exit cmd/gotf/internal/machine cmd/gotf/internal/modelfile cmd/gotf/internal/modelio cmd/gotf/internal/npexpr cmd/gotf/internal/npprint cmd/gotf/internal/terminal cmd/gotf/internal/usage", true},
	{"8", "cmd examples scripts", true},
}

// cgo lists the packages that may import "C".
var cgo = map[string]bool{"internal/ctf": true, "internal/ctflite": true}

// layerOf returns the index of pkg's layer, by the longest folder that holds
// it, or -1.
func layerOf(pkg string) int {
	best, at := -1, ""
	for i, l := range layers {
		for _, folder := range strings.Fields(l.folders) {
			if (pkg == folder || strings.HasPrefix(pkg, folder+"/")) && len(folder) > len(at) {
				best, at = i, folder
			}
		}
	}
	return best
}

// allowed reports whether a package of the first folder may import the second.
func allowed(pkg, dep string) bool {
	from, to := layerOf(pkg), layerOf(dep)
	return to < from || to == from && layers[from].equal || within(pkg, dep)
}

// within reports whether one folder holds the other, in one layer: a package
// may be split over its own folders.
func within(pkg, dep string) bool {
	return layerOf(pkg) == layerOf(dep) && (strings.HasPrefix(pkg, dep+"/") || strings.HasPrefix(dep, pkg+"/"))
}

func TestImports(t *testing.T) {
	eachFile(t, func(file string, f *ast.File, _ []byte) {
		pkg := path.Dir(file)
		if layerOf(pkg) < 0 {
			t.Errorf("%s: %s is in no layer; add it to the table", file, pkg)
			return
		}
		for _, spec := range f.Imports {
			imp, _ := strconv.Unquote(spec.Path.Value)
			if imp == "C" && !cgo[pkg] {
				t.Errorf("%s imports \"C\"; only internal/ctf and internal/ctflite may", file)
			}
			dep, ours := strings.CutPrefix(imp, module+"/")
			if !ours || strings.HasSuffix(file, "_test.go") {
				continue // a test may look at what is above
			}
			if !allowed(pkg, dep) {
				t.Errorf("%s (layer %s) imports %s (layer %s)", file, layers[layerOf(pkg)].name, dep, layers[layerOf(dep)].name)
			}
		}
	})
}

// TestSizes lists the hand-written files that are longer than the budget, as
// information.
func TestSizes(t *testing.T) {
	eachFile(t, func(file string, f *ast.File, src []byte) {
		if n := bytes.Count(src, []byte("\n")); n > 400 && !ast.IsGenerated(f) {
			t.Logf("%s has %d lines; the budget is 400", file, n)
		}
	})
}

func TestAllowed(t *testing.T) {
	for _, tc := range []struct {
		pkg, dep string
		want     bool
	}{
		{"tf", "internal/ctf", true},
		{"internal/library", "third_party", true},
		{"tf", "tf/op", false},
		{"tf/grad", "tf/control", true},
		{"tf/data", "tf/image", false},
		{"keras/layers", "keras/core", true},
		{"keras/layers", "keras", false},
		{"keras/layers", "keras/layers/layertest", true},
		{"tflite", "keras/core", false},
		{"tflite/convert", "tflite", true},
		{"cmd/gotf", "keras", true},
	} {
		if got := allowed(tc.pkg, tc.dep); got != tc.want {
			t.Errorf("allowed(%s, %s) = %v, want %v", tc.pkg, tc.dep, got, tc.want)
		}
	}
}

// eachFile parses the imports of all Go files of this module, of every build.
func eachFile(t *testing.T, visit func(file string, f *ast.File, src []byte)) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, p)
		if d.IsDir() {
			name := d.Name()
			_, ownModule := os.Stat(filepath.Join(p, "go.mod"))
			if rel != "." && (name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || ownModule == nil) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		src, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, src, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		visit(filepath.ToSlash(rel), f, src)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
