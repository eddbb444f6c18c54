package run

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
	"github.com/gotf/gotf/cmd/gotf/internal/modelio"
	"github.com/gotf/gotf/internal/npy"
)

const (
	textDir  = "../../../../savedmodel/testdata/multi"            // strings, a table, numbers
	multiDir = "../../../../tflite/convert/testdata/models/multi" // {a, b} -> {product, sum}, x -> y
)

func TestRun(t *testing.T) {
	dir := t.TempDir()
	a := gotftest.WriteNPY(t, dir, "a.npy", []int64{1, 4}, float32(1), 2, 3, 4)
	b := gotftest.WriteNPY(t, dir, "b.npy", []int64{1, 4}, float32(1), 1, 2, -1)
	words := gotftest.WriteNPY(t, dir, "words.npy", []int64{3}, "two", "", "Größe")
	const lite = "../../../../tflite/convert/testdata/2.18.0/multi-none.tflite"
	numbers := "Result for output key product:\n[[ 1.  2.  6. -4.]]\nOutput product is saved to OUT/product.npy\n" +
		"Result for output key sum:\n[[3. 1. 4. 1.]]\nOutput sum is saved to OUT/sum.npy\n"
	for _, tc := range []struct {
		name  string
		args  []string
		want  string
		files []string
	}{
		{"SavedModel", []string{"--dir", multiDir, "--inputs", "a=" + a + ";b=" + b}, numbers, []string{"product.npy", "sum.npy"}},
		{"tflite", []string{"--model", lite, "--inputs", "a=" + a + "; b=" + b + ";"}, numbers, []string{"product.npy", "sum.npy"}},
		{"tflite, other signature", []string{"--model", lite, "--signature_def", "scale", "--inputs", "x=" + a},
			"Result for output key y:\n[[ 2.   0.   1.5 12. ]]\nOutput y is saved to OUT/y.npy\n", []string{"y.npy"}},
		{"strings", []string{"--dir", textDir, "--tag_set", "serve", "--signature_def", "text", "--inputs", "words=" + reshaped(t, dir, words)},
			"Result for output key bytes:\n[[3 0 7]]\nOutput bytes is saved to OUT/bytes.npy\n" +
				"Result for output key upper:\n[[b'TWO' b'' b'GR\\xc3\\x96SSE']]\nOutput upper is saved to OUT/upper.npy\n", []string{"bytes.npy", "upper.npy"}},
		{"table", []string{"--dir", textDir, "--signature_def", "lookup", "--inputs", "words=" + words},
			"Result for output key index:\n[ 2 -1 -1]\nOutput index is saved to OUT/index.npy\n", []string{"index.npy"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "new", "out")
			args := append([]string{"run", "--outdir", out}, tc.args...)
			code, stdout, stderr := gotftest.Run(t, args...)
			if want := strings.ReplaceAll(tc.want, "OUT", out); code != exit.Done || stdout != want || stderr != "" {
				t.Fatalf("exit %d, stdout %q, stderr %q; want %q", code, stdout, stderr, want)
			}
			if files := gotftest.FileNames(t, out); !slices.Equal(files, tc.files) {
				t.Errorf("files %v, want %v", files, tc.files)
			}
			code, _, stderr = gotftest.Run(t, args...)
			if code != exit.Failed || !strings.Contains(stderr, "is there already; --overwrite replaces it") {
				t.Errorf("again: exit %d, stderr %q", code, stderr)
			}
			if code, _, stderr = gotftest.Run(t, append(args, "--overwrite")...); code != exit.Done {
				t.Errorf("--overwrite: exit %d, stderr %q", code, stderr)
			}
		})
	}
}

// reshaped is the strings of a file in one row.
func reshaped(t *testing.T, dir, path string) string {
	t.Helper()
	a, err := npy.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	a.Shape = append([]int64{1}, a.Shape...)
	row := filepath.Join(dir, "row.npy")
	if err := npy.WriteFile(row, a, true); err != nil {
		t.Fatal(err)
	}
	return row
}

// TestRunWithoutOutdir only prints.
func TestRunWithoutOutdir(t *testing.T) {
	x := gotftest.WriteNPY(t, t.TempDir(), "x.npy", []int64{1, 4}, float32(1), 2, 3, 4)
	code, stdout, stderr := gotftest.Run(t, "run", "--dir", multiDir, "--signature-def", "scale", "--inputs", "x="+x)
	if want := "Result for output key y:\n[[ 2.   0.   1.5 12. ]]\n"; code != exit.Done || stdout != want {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

func TestRunErrors(t *testing.T) {
	dir := t.TempDir()
	x := gotftest.WriteNPY(t, dir, "x.npy", []int64{1, 4}, float32(1), 2, 3, 4)
	narrow := gotftest.WriteNPY(t, dir, "narrow.npy", []int64{1, 3}, float32(1), 2, 3)
	words := gotftest.WriteNPY(t, dir, "words.npy", []int64{1, 4}, "a", "b", "c", "d")
	broken := filepath.Join(dir, "broken.tflite")
	whole, err := os.ReadFile("../../../../tflite/convert/testdata/2.18.0/multi-none.tflite")
	if err != nil {
		t.Fatal(err)
	}
	lite := filepath.Join(dir, "lite.tflite")
	for path, data := range map[string][]byte{broken: whole[:len(whole)/2], lite: whole} {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	scale := []string{"--signature-def", "scale", "--inputs"}
	sm := append([]string{"--dir", multiDir}, scale...)
	tl := append([]string{"--model", lite}, scale...)
	with := func(args []string, last string) []string { return append(slices.Clone(args), last) }
	for _, tc := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no model", []string{"--inputs", "x=" + x}, exit.Usage, "needs --dir, for a SavedModel, or --model"},
		{"both", []string{"--dir", multiDir, "--model", lite}, exit.Usage, "not both"},
		{"a file for a folder", []string{"--dir", lite}, exit.Failed, "is a file; a SavedModel is a folder"},
		{"a folder for a file", []string{"--model", multiDir}, exit.Failed, "is a folder; --model takes a .tflite file"},
		{"tags of a file", []string{"--model", lite, "--tag-set", "serve"}, exit.Usage, "--tag-set goes with --dir"},
		{"no equals sign", with(sm, x), exit.Usage, "want NAME=FILE"},
		{"twice", with(sm, "x="+x+";x="+x), exit.Usage, `names "x" twice`},
		{"no folder", []string{"--dir", filepath.Join(dir, "none")}, exit.Failed, "there is no folder"},
		{"no SavedModel", []string{"--dir", dir}, exit.Failed, "the folder holds no SavedModel"},
		{"no tag set", append(with(sm, "x="+x), "--tag-set", "serve,gpu"), exit.Failed, "no tag set 'gpu,serve'; the SavedModel has 'serve'"},
		{"signature", []string{"--dir", multiDir, "--signature-def", "scal", "--inputs", "x=" + x}, exit.Failed, `no signature "scal", did you mean "scale"?`},
		{"input", with(sm, "y="+x), exit.Failed, multiDir + `: no input "y"`},
		{"input of another signature", []string{"--dir", multiDir, "--inputs", "x=" + x}, exit.Failed, `no input "x", but --signature-def scale has it (signature "serving_default" takes ["a" "b"])`},
		{"tflite: input of another signature", []string{"--model", lite, "--inputs", "x=" + x}, exit.Failed, `no input "x", but --signature-def scale has it (signature "serving_default" takes`},
		{"twice in two flags", []string{"--dir", multiDir, "--inputs", "x=" + x, "--inputs", "x=" + x}, exit.Usage, `--inputs names "x" twice`},
		{"missing input", with(sm, ""), exit.Failed, multiDir + `: savedmodel: call scale: invalid argument: input "x" (float32 (None, 4)) is missing`},
		{"missing file", with(sm, "x="+filepath.Join(dir, "none.npy")), exit.Failed, "none.npy"},
		{"wrong shape", with(sm, "x="+narrow), exit.Failed, `narrow.npy holds float32 (1, 3); input "x" takes float32 (None, 4)`},
		{"wrong dtype", with(sm, "x="+words), exit.Failed, `words.npy holds string (1, 4); input "x" takes float32 (None, 4)`},
		{"no array", with(sm, "x="+lite), exit.Failed, "lite.tflite"},
		{"tflite: no file", []string{"--model", filepath.Join(dir, "none.tflite")}, exit.Failed, "none.tflite"},
		{"tflite: corrupt", []string{"--model", broken}, exit.Failed, "broken.tflite"},
		{"tflite: no model", []string{"--model", x}, exit.Failed, "x.npy"},
		{"tflite: signature", []string{"--model", lite, "--signature-def", "scal"}, exit.Failed, `did you mean "scale"?`},
		{"tflite: wrong shape", with(tl, "x="+narrow), exit.Failed, `narrow.npy holds float32 (1, 3)`},
		{"tflite: input", with(tl, "y="+x), exit.Failed, lite + `: no input "y"`},
		{"tflite: missing input", with(tl, ""), exit.Failed, lite + `: tflite: run: invalid argument: input "x"`},
		{"outdir is a file", append(with(sm, "x="+x), "--outdir", lite), exit.Failed, "write outputs to " + lite + ": "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			code, stdout, stderr := gotftest.Run(t, append([]string{"run"}, tc.args...)...)
			if code != tc.code || !strings.HasPrefix(stderr, "gotf: ") || !strings.Contains(stderr, tc.want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit %d, stdout %q, stderr %q; want %d and %q in one line", code, stdout, stderr, tc.code, tc.want)
			}
		})
	}
}

func TestFileName(t *testing.T) {
	for name, want := range map[string]string{
		"output_0": "output_0", "a/b": "a_b", "../../etc/x": ".._.._etc_x", `..\x`: ".._x", "": "_", "y:0": "y:0", "a\x00b": "a_b", "é": "é",
		"\x1b[2J\u009b31m\u202e\n": "_[2J_31m__", strings.Repeat("é", 100): strings.Repeat("é", 100),
		strings.Repeat("é", 150): strings.Repeat("é", 91) + "_cb1fa3158102cb16",
	} {
		if got := fileName(name); got != want || filepath.Dir(filepath.Join("out", got+".npy")) != "out" {
			t.Errorf("fileName(%q) = %q, want %q", name, got, want)
		}
	}
	to, err := outputFiles(t.TempDir(), []modelio.Port{{Name: "a/b"}, {Name: "a_b"}}, false)
	if err != nil || filepath.Base(to["a/b"]) != "a_b_1.npy" || filepath.Base(to["a_b"]) != "a_b.npy" {
		t.Errorf("outputs a/b and a_b go to %v (%v)", to, err)
	}
}

// TestRunEscape gives a model whose output's name would leave the folder.
func TestRunEscape(t *testing.T) {
	dir := t.TempDir()
	whole, err := os.ReadFile("../../../../tflite/convert/testdata/2.18.0/multi-none.tflite")
	if err != nil {
		t.Fatal(err)
	}
	lite := filepath.Join(dir, "lite.tflite")
	// The names of the outputs are stored with their lengths: "product" has seven letters.
	evil := bytes.ReplaceAll(whole, []byte("product\x00"), []byte("../../x\x00"))
	if bytes.Equal(evil, whole) {
		t.Fatal("the file does not hold the name")
	}
	if err := os.WriteFile(lite, evil, 0o644); err != nil {
		t.Fatal(err)
	}
	a := gotftest.WriteNPY(t, dir, "a.npy", []int64{1, 4}, float32(1), 2, 3, 4)
	out := filepath.Join(dir, "deep", "out")
	if code, _, stderr := gotftest.Run(t, "run", "--model", lite, "--inputs", "a="+a+";b="+a, "--outdir", out); code != exit.Done {
		t.Fatal(stderr)
	}
	if files := gotftest.FileNames(t, out); !slices.Equal(files, []string{".._.._x.npy", "sum.npy"}) {
		t.Errorf("files %v", files)
	}
	if files := gotftest.FileNames(t, dir); !slices.Equal(files, []string{"a.npy", "deep", "lite.tflite"}) {
		t.Errorf("files %v", files)
	}
}

// A disk that is full at the second output leaves neither.
func TestSaveAll(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	good := &npy.Array{DType: "float32", Shape: []int64{1}, Raw: make([]byte, 4)}
	bad := &npy.Array{DType: "float32", Shape: []int64{2}, Raw: make([]byte, 4)}
	to := map[string]string{"a": filepath.Join(dir, "a.npy"), "b": filepath.Join(dir, "b.npy")}
	if err := saveAll(dir, map[string]*npy.Array{"a": good, "b": bad}, to); err == nil || !strings.Contains(err.Error(), to["b"]) {
		t.Errorf("err = %v, want one that names %s", err, to["b"])
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the folder that was made is left behind")
	}
	if err := saveAll(dir, map[string]*npy.Array{"a": good, "b": good}, to); err != nil {
		t.Fatal(err)
	}
	if files := gotftest.FileNames(t, dir); !slices.Equal(files, []string{"a.npy", "b.npy"}) {
		t.Errorf("files %q", files)
	}
}
