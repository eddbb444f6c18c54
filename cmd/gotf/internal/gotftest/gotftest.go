// Package gotftest runs commands in tests.
package gotftest

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/app"
	"github.com/gotf/gotf/internal/leaktest"
	"github.com/gotf/gotf/internal/npy"
)

// tested are the commands of the package under test.
var tested app.Table

// Main runs a package's tests, which may run the commands of t. It lets the
// test binary be gotf itself, for commands that need a process of their own.
func Main(m *testing.M, t app.Table) {
	if os.Getenv("GOTF_TEST_MAIN") != "" {
		app.Main(t)
	}
	tested = t
	os.Setenv("GOTF_TEST_MAIN", "1") // for the children that commands start
	os.Exit(leaktest.Main(m))
}

// Run runs one command line in this process.
func Run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	return RunContext(t.Context(), args...)
}

// RunContext is Run with a context.
func RunContext(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = app.Run(ctx, tested, args, &out, &err)
	return code, out.String(), err.String()
}

// NoLibraries hides all libraries from this test.
func NoLibraries(t *testing.T) (cache string) {
	cache = t.TempDir()
	t.Setenv("GOTF_LIB", "")
	t.Setenv("LD_LIBRARY_PATH", "")
	t.Setenv("XDG_CACHE_HOME", cache)
	return cache
}

// WriteNPY writes float32 values, or strings, to a file in dir.
func WriteNPY[T float32 | string](t *testing.T, dir, name string, shape []int64, values ...T) string {
	t.Helper()
	a := &npy.Array{DType: "float32", Shape: shape}
	for _, v := range values {
		switch v := any(v).(type) {
		case string:
			a.DType, a.Strings = npy.Bytes, append(a.Strings, []byte(v))
		case float32:
			a.Raw = binary.LittleEndian.AppendUint32(a.Raw, math.Float32bits(v))
		}
	}
	path := filepath.Join(dir, name)
	if err := npy.WriteFile(path, a, true); err != nil {
		t.Fatal(err)
	}
	return path
}

// FileNames are those of the files in a folder.
func FileNames(t *testing.T, dir string) (out []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}
