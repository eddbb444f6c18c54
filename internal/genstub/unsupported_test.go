package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const cgoFile = `//go:build linux && amd64 && cgo

package lib

// #include <stdlib.h>
import "C"

import (
	"time"
	"unsafe"
)

const Supported = true

type (
	Model = C.int
	Info  struct {
		Name, Kind string
		At         time.Time
		c          *C.char
	}
)

type hidden struct{}

func Open(path string) error { return nil }

func Run(m *Model, wait time.Duration, names ...string) ([]Info, Status) { return nil, Status{} }

func View[T any](m *Model) (v []T, err error) { return nil, nil }

func (i *Info) Close() {}

func (hidden) Exported() {}

//export GoCallback
func GoCallback(p unsafe.Pointer, s *C.char) {}

func inner(c *C.char) {}
`

func TestUnsupported(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "go.mod", "module lib\n\ngo 1.24\n")
	write(t, dir, "lib.go", cgoFile)
	write(t, dir, "status.go", "package lib\n\ntype Status struct {\n\tCode    int32\n\tMessage string\n}\n")
	if err := run([]string{"unsupported", "-dir", dir}, nil); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "lib_test.go", `package lib

import "testing"

func Test(t *testing.T) {
	t.Log(Supported, Open(""))
	_, s := Run(nil, 0)
	_, err := View[int](nil)
	new(Info).Close()
	t.Log(s.Code, s.Message, err, Info{Name: "a", Kind: "b"}.At.IsZero())
}
`)
	cmd := exec.Command("go", "test", "-v", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if err != nil {
		src, _ := os.ReadFile(filepath.Join(dir, "gen_unsupported.go"))
		t.Fatalf("%v\n%s\n%s", err, out, src)
	}
	for _, want := range []string{"false not supported on ", "12 not supported on "} {
		if !strings.Contains(string(out), want) {
			t.Errorf("output lacks %q:\n%s", want, out)
		}
	}
}

func TestUnsupportedRefusesCTypes(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "lib.go", "//go:build linux && amd64 && cgo\n\npackage lib\n\nimport \"C\"\n\nfunc F(n C.int) {}\n")
	err := run([]string{"unsupported", "-dir", dir}, nil)
	if err == nil || !strings.HasSuffix(err.Error(), "lib.go:7:1: F has a C type in its signature") {
		t.Errorf("error %v, want the function that has a C type", err)
	}
}
