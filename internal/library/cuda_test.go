package library

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// gpuBuild makes a folder with a library that looks for NVIDIA's beside itself,
// as TensorFlow's build for GPUs does.
func gpuBuild(t *testing.T, runpath string) Found {
	t.Helper()
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("this test compiles a library: ", err)
	}
	dir := filepath.Join(t.TempDir(), "tensorflow")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	f := Found{Kind: TensorFlow, Dir: dir, Path: filepath.Join(dir, "libtensorflow_cc.so.2")}
	cmd := exec.Command(gcc, "-shared", "-fPIC", "-xc", "-", "-o", f.Path, "-Wl,-rpath,"+runpath)
	cmd.Stdin = strings.NewReader("int f(void) { return 0; }\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return f
}

func TestForGPU(t *testing.T) {
	if f := gpuBuild(t, "$ORIGIN/../nvidia/cudnn/lib"); !f.ForGPU() {
		t.Error("a build for GPUs is not seen as one")
	}
	if f := gpuBuild(t, "$ORIGIN"); f.ForGPU() {
		t.Error("a build for CPUs is seen as one for GPUs")
	}
	if (Found{Path: "/nowhere"}).ForGPU() {
		t.Error("no file is seen as a build for GPUs")
	}
}

// Each file is found in the library's folder and in a wheel's, and its package is
// told.
func TestCUDA(t *testing.T) {
	f := gpuBuild(t, "nvidia")
	files := f.CUDA()
	seen := map[string]bool{}
	for i, c := range files {
		seen[c.Name] = true
		if (c.Package == "") != (c.Name == DriverLibrary) || c.For == "" {
			t.Errorf("%+v", c)
		}
		for _, place := range []string{filepath.Join(f.Dir, c.Name), filepath.Join(f.Dir, "..", c.wheel)} {
			if c.Package == "" {
				continue
			}
			if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(place, nil, 0o644); err != nil {
				t.Fatal(err)
			}
			if got := f.CUDA()[i].Path; got != place {
				t.Errorf("%s is at %q, want %q", c.Name, got, place)
			}
			os.Remove(place)
		}
	}
	for _, name := range []string{DriverLibrary, "libcudart.so.12", "libcublas.so.12", "libcudnn.so.9", "libcudnn_ops.so.9", "libcufft.so.11", "libnccl.so.2", "cuda/bin/ptxas"} {
		if !seen[name] {
			t.Errorf("%s is not among the files", name)
		}
	}
}

func TestReadDriver(t *testing.T) {
	const kernel = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  %s  Fri Mar  1 09:00:00 UTC 2024\nGCC version:  gcc version 12.2.0\n"
	const open = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  %s  Release Build\n"
	for _, tc := range []struct {
		text string
		want Driver
		old  bool
	}{
		{strings.Replace(kernel, "%s", "550.54.15", 1), Driver{"550.54.15", true}, false},
		{strings.Replace(kernel, "%s", "525.60.13", 1), Driver{"525.60.13", true}, false},
		{strings.Replace(kernel, "%s", "525.60.11", 1), Driver{"525.60.11", true}, true},
		{strings.Replace(kernel, "%s", "470.57", 1), Driver{"470.57", true}, true},
		{strings.Replace(open, "%s", "570.86.10", 1), Driver{"570.86.10", true}, false},
		{"something else\n", Driver{"", true}, false},
	} {
		path := filepath.Join(t.TempDir(), "version")
		if err := os.WriteFile(path, []byte(tc.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := ReadDriver(path); got != tc.want || got.TooOld() != tc.old {
			t.Errorf("%q: %+v, too old %v", tc.text, got, got.TooOld())
		}
	}
	if got := ReadDriver("/nowhere"); got.Loaded || got.TooOld() {
		t.Errorf("no driver: %+v", got)
	}
}
