package npy_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/npy"
)

// golden is one case of testdata/expected.json, made by scripts/golden/npy.py.
type golden struct {
	File    string
	DType   string
	Shape   []int64
	Raw     []byte
	Strings [][]byte
	Same    bool
}

func goldens(t testing.TB) []golden {
	t.Helper()
	text, err := os.ReadFile("testdata/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Cases []golden }
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	if len(all.Cases) == 0 {
		t.Fatal("testdata/expected.json holds no cases")
	}
	return all.Cases
}

func (g golden) array() *npy.Array {
	return &npy.Array{DType: g.DType, Shape: g.Shape, Raw: g.Raw, Strings: g.Strings}
}

// compare fails the test unless got holds what want holds.
func compare(t *testing.T, got, want *npy.Array) {
	t.Helper()
	if got.DType != want.DType || !slices.Equal(got.Shape, want.Shape) {
		t.Fatalf("got %s %v, want %s %v", got.DType, got.Shape, want.DType, want.Shape)
	}
	if !bytes.Equal(got.Raw, want.Raw) {
		t.Errorf("raw = %x, want %x", got.Raw, want.Raw)
	}
	if !slices.EqualFunc(got.Strings, want.Strings, bytes.Equal) {
		t.Errorf("strings = %q, want %q", got.Strings, want.Strings)
	}
}

func TestLoad(t *testing.T) {
	for _, g := range goldens(t) {
		t.Run(g.File, func(t *testing.T) {
			got, err := npy.Load(filepath.Join("testdata", g.File))
			if err != nil {
				t.Fatal(err)
			}
			compare(t, got, g.array())
		})
	}
}

func TestWriteAsNumPy(t *testing.T) {
	for _, g := range goldens(t) {
		if !g.Same {
			continue
		}
		t.Run(g.File, func(t *testing.T) {
			want, err := os.ReadFile(filepath.Join("testdata", g.File))
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			if err := npy.Write(&got, g.array()); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("got  %q\nwant %q", got.Bytes(), want)
			}
		})
	}
}

func TestWriteThenRead(t *testing.T) {
	for _, g := range goldens(t) {
		t.Run(g.File, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.npy")
			if err := npy.WriteFile(path, g.array(), false); err != nil {
				t.Fatal(err)
			}
			got, err := npy.Load(path)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, got, trimmed(g.array()))
		})
	}
}

// trimmed is a as S gives it back: without trailing NULs in strings.
func trimmed(a *npy.Array) *npy.Array {
	b := *a
	b.Strings = make([][]byte, len(a.Strings))
	for i, s := range a.Strings {
		b.Strings[i] = bytes.TrimRight(s, "\x00")
	}
	return &b
}

func TestLoadErrors(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "note[1]"), []byte("hello, this is no array"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ spec, want string }{
		{"testdata/none.npy", "npy: open testdata/none.npy: no such file"},
		{"testdata", "npy: testdata: expected a .npy or .npz file, got a folder"},
		{"testdata/expected.json", `npy: testdata/expected.json: expected a .npy file starting with "\x93NUMPY", got "{\n `},
		{"testdata/int8.npy[a]", `npy: testdata/int8.npy[a]: no archive: expected an .npz archive with an array "a", got a file that is none`},
		{"testdata/two.npz", `npy: testdata/two.npz: the archive holds 2 arrays ("a", "b"); name one as FILE[NAME]`},
		{"testdata/two.npz[c]", `npy: testdata/two.npz[c]: no array "c" in the archive; it holds "a", "b"`},
		{filepath.Join(dir, "note[1]"), `expected a .npy file starting with "\x93NUMPY", got "hello,"`},
	} {
		t.Run(tc.spec, func(t *testing.T) {
			_, err := npy.Load(tc.spec)
			oneLine(t, err, tc.want)
		})
	}
}

// oneLine fails the test unless err is one line that contains want.
func oneLine(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Fatalf("err = %v, want ...%s...", err, want)
	}
	if strings.Contains(err.Error(), "\n") || len(err.Error()) > 300 {
		t.Errorf("not one short line: %v", err)
	}
}
