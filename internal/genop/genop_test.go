package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/wamuir/graft/tensorflow/core/framework/op_def_go_proto"
	"google.golang.org/protobuf/encoding/prototext"

	"github.com/gotf/gotf/internal/golden"
)

// parse makes a release of ops in text form.
func parse(t *testing.T, version, text string) release {
	t.Helper()
	var list op_def_go_proto.OpList
	if err := prototext.Unmarshal([]byte(text), &list); err != nil {
		t.Fatal(err)
	}
	r := release{version, map[string]*op_def_go_proto.OpDef{}}
	for _, op := range list.Op {
		r.ops[op.Name] = op
	}
	return r
}

// everyOp puts all ops in one group.
func everyOp(libs []release, group string) map[string]entry {
	table := map[string]entry{}
	for _, name := range names(libs) {
		table[name] = entry{Group: group}
	}
	return table
}

// TestGolden compares the source written for testdata/NAME.pbtxt, and for
// NAME.new.pbtxt as a later release if there is one, with testdata/NAME.go.
func TestGolden(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.pbtxt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".pbtxt")
		if strings.HasSuffix(name, ".new") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			libs := []release{parse(t, "1.0", string(text))}
			if text, err := os.ReadFile("testdata/" + name + ".new.pbtxt"); err == nil {
				libs = append(libs, parse(t, "2.0", string(text)))
			}
			files, err := generate(libs, everyOp(libs, "group"))
			if err != nil {
				t.Fatal(err)
			}
			golden.Check(t, name+".go", files["gen_group.go"])
		})
	}
}

var generated = sync.OnceValues(generateAll)

// TestTree checks that package op is what the generator writes.
func TestTree(t *testing.T) {
	files, err := generated()
	if err != nil {
		t.Fatal(err)
	}
	const dir = "../../tf/op"
	tree, err := filepath.Glob(filepath.Join(dir, "gen_*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range tree {
		if files[filepath.Base(path)] == nil {
			t.Errorf("%s is not generated any more; run make generate", path)
		}
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Errorf("%v; run make generate", err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s/%s differs from what is generated; run make generate", dir, name)
		}
	}
}

// TestEveryOp checks that each op of each release has one function, or a reason
// for having none.
func TestEveryOp(t *testing.T) {
	libs, err := releases()
	if err != nil {
		t.Fatal(err)
	}
	var versions []string
	for _, l := range libs {
		versions = append(versions, l.version)
	}
	if want := []string{"2.18.0", "2.21.0"}; !slices.Equal(versions, want) {
		t.Fatalf("releases %v, want %v", versions, want)
	}
	files, err := generated()
	if err != nil {
		t.Fatal(err)
	}
	functions := map[string]int{}
	call := regexp.MustCompile(`(?:s\.Begin\(|begin\(s, )"([^"\\]+)\\x00"`)
	for _, src := range files {
		for _, m := range call.FindAllSubmatch(src, -1) {
			functions[string(m[1])]++
		}
	}
	for _, name := range names(libs) {
		switch n, why := functions[name], skipped(name); {
		case why == "" && n != 1:
			t.Errorf("%s has %d functions, want 1", name, n)
		case why != "" && n != 0:
			t.Errorf("%s has %d functions, want none: %s", name, n, why)
		}
		delete(functions, name)
	}
	for name := range functions {
		t.Errorf("%s has a function but is in no release", name)
	}
}

// TestRelease checks the committed op list of the library that is found against
// that library.
func TestRelease(t *testing.T) {
	dir := t.TempDir()
	path, err := dump(dir)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want, err := lists.ReadFile(filepath.Base(path))
	if err != nil {
		t.Fatalf("no op list of this library: %v", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from the library's op list", filepath.Base(path))
	}
}
