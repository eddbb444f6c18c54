package libraries

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/library"
)

// A build for GPUs without NVIDIA's files: each that is missing gets a line with
// the package and the command; then none is missing.
func TestDoctorGPU(t *testing.T) {
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("this test compiles a library: ", err)
	}
	dir := t.TempDir()
	f := library.Found{Kind: library.TensorFlow, Dir: dir, Path: filepath.Join(dir, "libtensorflow_cc.so.2")}
	cmd := exec.Command(gcc, "-shared", "-fPIC", "-xc", "-", "-o", f.Path, "-Wl,-rpath,nvidia")
	cmd.Stdin = strings.NewReader("int f(void) { return 0; }\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}

	for _, file := range f.CUDA()[1:] {
		if file.Path != "" { // this system has it
			continue
		}
		g := gpuHealthOf(f, library.Driver{})
		want := file.Name + " (" + file.For + "): gotf install --gpu fetches it, in " + file.Package
		if got := strings.Join(g.advise(true), "\n"); !strings.Contains(got, want) || !strings.Contains(g.String(), file.Name) {
			t.Errorf("%s: %q, no %q in\n%s", file.Name, g, want, got)
		}
		path := filepath.Join(dir, file.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(gpuHealthOf(f, library.Driver{}).advise(true), "\n"); strings.Contains(got, want) {
			t.Errorf("%s is there now: %s", file.Name, got)
		}
	}
}

// What is said of the driver.
func TestDoctorDriver(t *testing.T) {
	with := func(path string, d library.Driver) gpuHealth {
		g := gpuHealth{Build: true, Driver: d.Version, driver: d, Files: []library.CUDAFile{{Name: library.DriverLibrary, Path: path}}}
		if path == "" {
			g.Missing = []string{library.DriverLibrary}
		}
		return g
	}
	fine := library.Driver{Version: "550.54.15", Loaded: true}
	for _, tc := range []struct {
		g             gpuHealth
		state, advice string
	}{
		{with("", library.Driver{}), "missing libcuda.so.1", "libcuda.so.1: install NVIDIA's driver, 525.60.13 or newer; without it TensorFlow computes on the CPU"},
		{with("", fine), "missing libcuda.so.1", "libcuda.so.1: NVIDIA's driver 550.54.15 is loaded, but the loader does not find its library: in a container, start it with --gpus all"},
		{with("x", library.Driver{}), "the driver is not loaded", "modprobe nvidia"},
		{with("x", library.Driver{Version: "470.57.02", Loaded: true}), "driver 470.57.02 is too old", "NVIDIA's driver 470.57.02 is too old for CUDA 12: install 525.60.13 or newer"},
		{with("x", fine), "all CUDA files are there, driver 550.54.15", ""},
		{gpuHealth{driver: fine}, "no (a build for CPUs)", "gotf install --gpu"},
		{gpuHealth{}, "no (a build for CPUs)", ""},
	} {
		advice := strings.Join(tc.g.advise(true), "\n")
		if !strings.Contains(tc.g.String(), tc.state) || !strings.Contains(advice, tc.advice) || tc.advice == "" && advice != "" {
			t.Errorf("%q: %q, want %q and %q", tc.g, advice, tc.state, tc.advice)
		}
	}
}
