package pack

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
	"github.com/gotf/gotf/internal/library"
)

// TestPackageArchive packs a program and a model twice, checks, and unpacks.
func TestPackageArchive(t *testing.T) {
	if _, err := library.Find(library.TFLite); err != nil {
		t.Skip(err)
	}
	model := filepath.Join(models, "conv.tflite")
	program := filepath.Join(t.TempDir(), "serve")
	copyTo(t, "/bin/true", program)
	for _, suffix := range []string{".tar.gz", ".zip"} {
		t.Run(suffix, func(t *testing.T) {
			dir := t.TempDir()
			one, two := filepath.Join(dir, "ship"+suffix), filepath.Join(dir, "two", "ship"+suffix)
			if err := os.Mkdir(filepath.Dir(two), 0o777); err != nil {
				t.Fatal(err)
			}
			mustRun(t, "--archive", one, "--model", model, "--binary", program)
			mustRun(t, model, "--archive", two, "--binary", program)
			wantSame(t, one, two)
			stdout, _ := mustRun(t, "--check", one)
			if !strings.Contains(stdout, " is whole: ") {
				t.Errorf("stdout %q", stdout)
			}
			files := unpackArchive(t, one)
			for _, name := range []string{"ship/serve", "ship/conv.tflite", "ship/manifest.json", "ship/lib/libjnitensorflowlite.so"} {
				if files[name] == nil {
					t.Errorf("%s is missing", name)
				}
			}
		})
	}
}

// unpackArchive reads all files of an archive.
func unpackArchive(t *testing.T, path string) map[string][]byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	if strings.HasSuffix(path, ".zip") {
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			files[f.Name], err = io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
		}
		return files
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return files
		}
		if err == nil {
			files[h.Name], err = io.ReadAll(r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// tarOf makes a .tar.gz of names and texts.
func tarOf(t *testing.T, files ...[2]string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f[0], Size: int64(len(f[1])), Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, f[1])
	}
	w.Close()
	z.Close()
	return textFile(t, "x.tar.gz", b.String())
}

func TestPackageCheckErrors(t *testing.T) {
	const sum = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb" // of "a"
	manifest := [2]string{"x/manifest.json", `{"files":[{"path":"f","size":1,"sha256":"` + sum + `"}]}`}
	good := [2]string{"x/f", "a"}
	whole, err := os.ReadFile(tarOf(t, manifest, good))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ name, file, want string }{
		{"whole", tarOf(t, manifest, good), ""},
		{"content", tarOf(t, manifest, [2]string{"x/f", "b"}), "has the sha256"},
		{"length", tarOf(t, manifest, [2]string{"x/f", "aa"}), "is not 1 bytes long"},
		{"missing", tarOf(t, manifest), "lacks f"},
		{"twice", tarOf(t, manifest, good, good), "does not list, or twice"},
		{"more", tarOf(t, manifest, good, [2]string{"x/g", ""}), "does not list"},
		{"parent", tarOf(t, manifest, [2]string{"x/../../f", "a"}), "would leave the folder"},
		{"absolute", tarOf(t, manifest, [2]string{"/f", "a"}), "would leave the folder"},
		{"other folder", tarOf(t, manifest, [2]string{"y/f", "a"}), "is not in the archive's folder"},
		{"no manifest", tarOf(t, good), "begins with"},
		{"empty", tarOf(t), "holds no manifest.json"},
		{"broken manifest", tarOf(t, [2]string{"x/manifest.json", "{"}), "manifest.json: "},
		{"cut off", textFile(t, "cut.tar.gz", string(whole[:len(whole)-20])), "unexpected EOF"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			code, _, stderr := gotftest.Run(t, "package", "--check", tc.file)
			if tc.want == "" {
				if code != exit.Done {
					t.Errorf("exit %d: %s", code, stderr)
				}
				return
			}
			if code != exit.Failed || !strings.Contains(stderr, tc.want) || !strings.Contains(stderr, tc.file+": ") {
				t.Errorf("exit %d, stderr %q, want %s", code, stderr, tc.want)
			}
		})
	}
}

func copyTo(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o777)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestPackageArchiveRefuses does not ship what could not run.
func TestPackageArchiveRefuses(t *testing.T) {
	const whole = "../../../../savedmodel/testdata/keras"
	dir := t.TempDir()
	for _, name := range []string{"without", "cut"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(whole)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.RemoveAll(filepath.Join(dir, "without", "variables")); err != nil {
		t.Fatal(err)
	}
	values := filepath.Join(dir, "cut", "variables", "variables.data-00000-of-00001")
	if err := os.Truncate(values, 5); err != nil {
		t.Fatal(err)
	}
	model, script := filepath.Join(models, "conv.tflite"), textFile(t, "serve.py", "#!/usr/bin/python3\n")
	for _, tc := range []struct {
		args []string
		want []string
	}{
		{[]string{"--model", filepath.Join(dir, "without")}, []string{"without: the values of its ", "variables.index: not found: "}},
		{[]string{"--model", filepath.Join(dir, "cut")}, []string{values + ": data loss: it is cut short: "}},
		{[]string{"--model", model, "--binary", script}, []string{script + " is no program: want an ELF executable for linux/"}},
		{[]string{"--model", model, "--binary", script + "x"}, []string{script + "x: no such file"}},
	} {
		out := filepath.Join(dir, "ship.zip")
		code, _, stderr := gotftest.Run(t, append([]string{"package", "--archive", out}, tc.args...)...)
		for _, want := range tc.want {
			if code != exit.Failed || !strings.Contains(stderr, want) {
				t.Errorf("%v: exit %d, %q, want %q", tc.args, code, stderr, want)
			}
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%v: there is an archive", tc.args)
		}
	}
}

// TestPackageCheckDamagedZip flips a byte of a file in a .zip archive.
func TestPackageCheckDamagedZip(t *testing.T) {
	if _, err := library.Find(library.TFLite); err != nil {
		t.Skip(err)
	}
	file := filepath.Join(t.TempDir(), "ship.zip")
	mustRun(t, "--archive", file, "--model", filepath.Join(models, "conv.tflite"), "--binary", "/bin/true")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{len(data) / 2, len(data) / 3} {
		bad := bytes.Clone(data)
		bad[at] ^= 0x55
		if err := os.WriteFile(file, bad, 0o666); err != nil {
			t.Fatal(err)
		}
		code, _, stderr := gotftest.Run(t, "package", "--check", file)
		if code != exit.Failed || !strings.Contains(stderr, " is damaged") {
			t.Errorf("byte %d: exit %d, %q", at, code, stderr)
		}
	}
}

// TestLongPackageArchive unpacks gotf itself with both libraries somewhere else
// and runs a model there, without a home.
func TestLongPackageArchive(t *testing.T) {
	if os.Getenv("GOTF_LONG") != "1" {
		t.Skip("packs half a gigabyte: set GOTF_LONG=1")
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "gotf")
	if out, err := exec.Command("go", "build", "-o", program, "github.com/gotf/gotf/cmd/gotf").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	archive := filepath.Join(dir, "ship.tar.gz")
	model, err := filepath.Abs(filepath.Join(models, "conv.tflite"))
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(program, "package", model, "--archive", archive).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if out, err := exec.Command("tar", "-xzf", archive, "-C", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cmd := exec.Command("./gotf", "run", "--model", "conv.tflite", "--input-exprs", "image=np.ones((1,8,8,3), dtype=np.float32)")
	cmd.Dir, cmd.Env = filepath.Join(dir, "ship"), []string{}
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "Result for output key logits") {
		t.Fatalf("%v: %s", err, out)
	}
}
