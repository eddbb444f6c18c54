package libraries

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
	"github.com/gotf/gotf/cmd/gotf/internal/machine"
	"github.com/gotf/gotf/internal/library"
)

const wheel218 = "tensorflow_cpu-2.18.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"

func TestInstallBadInput(t *testing.T) {
	corrupt := t.TempDir()
	if err := os.WriteFile(filepath.Join(corrupt, wheel218), []byte("not a wheel"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, from string
		env        map[string]string
		want       string
	}{
		{"empty folder", t.TempDir(), nil, "neither " + wheel218 + " nor its libtensorflow_cc.so.2, libtensorflow_framework.so.2 is there"},
		{"corrupt wheel", corrupt, nil, wheel218 + ": sha256 is "},
		{"no home", corrupt, map[string]string{"XDG_CACHE_HOME": "", "HOME": ""}, "no user cache folder"},
		{"unwritable cache", corrupt, map[string]string{"XDG_CACHE_HOME": "/proc"}, "cannot make the cache folder: mkdir /proc/gotf"},
		{"no Python", "", map[string]string{"PATH": corrupt}, "needs Python 3 with pip: python3 is not in PATH"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cache := gotftest.NoLibraries(t)
			for k, v := range tc.env {
				t.Setenv(k, v)
			}
			args := []string{"install"}
			if tc.from != "" {
				args = append(args, "--from", tc.from)
			}
			code, _, stderr := gotftest.Run(t, args...)
			if code != exit.Failed || !strings.Contains(stderr, tc.want) {
				t.Errorf("exit %d, stderr %q; want 1 and %q", code, stderr, tc.want)
			}
			if dirs, _ := filepath.Glob(filepath.Join(cache, "gotf", "*tensorflow-[cl]*", "*")); len(dirs) > 0 {
				t.Errorf("left behind: %q", dirs)
			}
		})
	}
}

func TestWithoutLibraries(t *testing.T) {
	gotftest.NoLibraries(t)
	code, stdout, stderr := gotftest.Run(t, "doctor")
	if code != exit.Failed || !strings.Contains(stderr, "the TensorFlow library is missing") || !strings.Contains(stdout, "TensorFlow: run gotf install") ||
		strings.Contains(stdout, "GPU") {
		t.Errorf("doctor: exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	code, stdout, _ = gotftest.Run(t, "version")
	if code != exit.Done || !strings.HasPrefix(stdout, "gotf ") || !strings.Contains(stdout, "the TensorFlow Lite library is missing") {
		t.Errorf("version: exit %d, stdout %q", code, stdout)
	}
}

// A GOTF_LIB without libraries is a failure that doctor tells, though another
// place has one; nothing is said of GPUs then.
func TestDoctorWrongEnv(t *testing.T) {
	for _, dir := range []string{"/nope", t.TempDir()} {
		t.Setenv("GOTF_LIB", dir)
		code, stdout, stderr := gotftest.Run(t, "doctor")
		if code != exit.Failed || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "GOTF_LIB is "+dir+", which ") {
			t.Errorf("exit %d, stderr %q", code, stderr)
		}
		for text, want := range map[string]bool{"GPU": false, "run gotf install": false, "unset it, or point it at the folder": true} {
			if strings.Contains(stdout, text) != want {
				t.Errorf("doctor prints %q: want %v:\n%s", text, want, stdout)
			}
		}
		code, stdout, _ = gotftest.Run(t, "version")
		if code != exit.Done || !strings.Contains(stdout, "TensorFlow: the TensorFlow library is missing: GOTF_LIB is "+dir) {
			t.Errorf("version: exit %d, stdout %q", code, stdout)
		}
	}
}

// TestDoctorBrokenLibrary gives doctor files that are no libraries.
func TestDoctorBrokenLibrary(t *testing.T) {
	gotftest.NoLibraries(t)
	dir := t.TempDir()
	for _, name := range []string{"libtensorflow_cc.so.2", "libtensorflow_framework.so.2", "libjnitensorflowlite.so"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("not a library"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GOTF_LIB", dir)
	code, stdout, stderr := gotftest.Run(t, "doctor")
	if code != exit.Failed || !strings.Contains(stderr, "cannot open "+filepath.Join(dir, "libtensorflow_cc.so.2")) || !strings.Contains(stdout, "the file is broken") {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

// TestDoctorCrash gives doctor a library that ends the process that opens it.
func TestDoctorCrash(t *testing.T) {
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("this test compiles a library: ", err)
	}
	gotftest.NoLibraries(t)
	dir := t.TempDir()
	for _, name := range []string{"libtensorflow_cc.so.2", "libtensorflow_framework.so.2"} {
		cmd := exec.Command(gcc, "-shared", "-fPIC", "-xc", "-", "-o", filepath.Join(dir, name))
		cmd.Stdin = strings.NewReader("__attribute__((constructor)) void f(void) { *(volatile int*)0 = 1; }\n")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	t.Setenv("GOTF_LIB", dir)
	code, _, stderr := gotftest.Run(t, "doctor")
	if code != exit.Failed || !strings.Contains(stderr, "it ends the process") {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
}

func TestDoctor(t *testing.T) {
	found, err := library.Find(library.TensorFlow)
	if err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := gotftest.Run(t, "doctor", "--json")
	if code != exit.Done {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	var d diagnosis
	if err := json.Unmarshal([]byte(stdout), &d); err != nil {
		t.Fatal(err)
	}
	h := d.Libraries[0]
	if h.Path != found.Path || h.Version == "" || len(h.Devices) == 0 || h.Devices[0].Type != "CPU" || len(d.CPU.Features) == 0 {
		t.Errorf("diagnosis %+v", d)
	}
	for _, a := range h.Can {
		if want := a.Name != "Flex delegate" || h.Version == "2.18.0"; a.OK != want {
			t.Errorf("TensorFlow %s: %s is %v, want %v", h.Version, a.Name, a.OK, want)
		}
	}
	if h = d.Libraries[1]; h.Version != "2.20.0" || len(h.Can) != 3 || !h.Can[2].OK {
		t.Errorf("TFLite %+v", h)
	}
	t.Setenv("GOTF_LIB", found.Dir)
	_, stdout, _ = gotftest.Run(t, "doctor")
	if strings.Count(stdout, found.Path) != 1 {
		t.Errorf("%s is not there once:\n%s", found.Path, stdout)
	}
	for _, want := range []string{"TensorFlow " + d.Libraries[0].Version, "eager execution      yes", "XNNPACK              yes", "GPU: ", "Cache: "} {
		if !strings.Contains(stdout, want) {
			t.Errorf("doctor does not print %q:\n%s", want, stdout)
		}
	}
}

func TestVersionJSON(t *testing.T) {
	code, stdout, stderr := gotftest.Run(t, "version", "--json")
	var v versionReport
	if err := json.Unmarshal([]byte(stdout), &v); err != nil || code != exit.Done || len(v.Libraries) != 2 {
		t.Errorf("exit %d, %v, stdout %q, stderr %q", code, err, stdout, stderr)
	}
}

func TestReadCPU(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cpuinfo")
	os.WriteFile(file, []byte("processor\t: 0\nmodel name\t: Old One\nflags\t\t: fpu sse4_2 fma avx2x\n"), 0o644)
	c := machine.ReadCPU(file)
	if c.Model != "Old One" || strings.Join(c.Features, " ") != "sse4_2 fma" || c.Has("avx") {
		t.Errorf("cpu %+v", c)
	}
}
