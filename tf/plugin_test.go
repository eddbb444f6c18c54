package tf_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/library"
	"github.com/gotf/gotf/tf"
)

// sharedObject compiles a C++ source as scripts/customop does. It skips the test
// where there is no compiler or no headers.
func sharedObject(t *testing.T, source string, flags ...string) string {
	t.Helper()
	found, err := library.Find(library.TensorFlow)
	if err != nil {
		t.Fatal(err)
	}
	_, err = exec.LookPath("g++")
	if err != nil {
		t.Skip("there is no g++ to compile " + filepath.Base(source))
	}
	if _, err := os.Stat(filepath.Join(found.Dir, "include")); err != nil {
		t.Skip("there are no headers in " + found.Dir + ": run scripts/setup")
	}
	so := filepath.Join(t.TempDir(), "plugin.so")
	cmd := exec.Command("../scripts/customop", append([]string{so, source}, flags...)...)
	cmd.Env = append(os.Environ(), "GOTF_LIB="+found.Dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return so
}

// source writes a C++ file.
func source(t *testing.T, code string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "plugin.cc")
	if err := os.WriteFile(path, []byte(code), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// Both loaders say what is wrong with a file.
func TestPluginErrors(t *testing.T) {
	version, err := tf.Version()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	text := filepath.Join(dir, "text.so")
	if err := os.WriteFile(text, []byte("not a library"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		path string
		code tf.Code
		want string
	}{
		{"/nowhere/ops.so", tf.NotFound, "/nowhere/ops.so: not found: no such file"},
		{"a\x00b", tf.InvalidArgument, "NUL"},
		{dir, tf.InvalidArgument, "it is a folder"},
		{text, tf.InvalidArgument, "it is not a shared object of this system"},
	} {
		_, err := tf.LoadLibrary(tc.path)
		wantError(t, err, tc.code, tc.want)
		wantError(t, tf.LoadPluggableDevice(tc.path), tc.code, tc.want)
	}
	t.Run("undefined symbol", func(t *testing.T) {
		so := sharedObject(t, source(t, `extern int of_another_version(void); int f(void) { return of_another_version(); }`))
		_, err := tf.LoadLibrary(so)
		wantError(t, err, tf.FailedPrecondition, "it was built for TensorFlow "+version+" and needs the symbol ", "of_another_version", ", which TensorFlow "+version+" lacks: build it against the headers of "+version)
	})
	t.Run("library that it needs", func(t *testing.T) {
		so := sharedObject(t, source(t, `int f(void) { return 0; }`), "-Wl,--no-as-needed", "-l:libm.so.6")
		patched, err := os.ReadFile(so)
		if err != nil {
			t.Fatal(err)
		}
		patched = []byte(strings.ReplaceAll(string(patched), "libm.so.6\x00", "libq.so.6\x00"))
		if err := os.WriteFile(so, patched, 0o644); err != nil {
			t.Fatal(err)
		}
		_, err = tf.LoadLibrary(so)
		wantError(t, err, tf.NotFound, "it needs libq.so.6, which the system loader does not find")
	})
	t.Run("no operations", func(t *testing.T) {
		so := sharedObject(t, source(t, `int f(void) { return 0; }`))
		for range 2 {
			_, err := tf.LoadLibrary(so)
			wantError(t, err, tf.InvalidArgument, "it registers no operations")
		}
	})
	t.Run("no device", func(t *testing.T) {
		so := sharedObject(t, source(t, `int f(void) { return 0; }`))
		err := tf.LoadPluggableDevice(so)
		wantError(t, err, tf.InvalidArgument, "it is no pluggable device: it does not define SE_InitPlugin")
	})
}

// A copy of a library is refused before it does harm; one that is compiled anew
// is told of after it did. It runs in a process of its own.
func TestLoadLibraryCopy(t *testing.T) {
	const key = "GOTF_TEST_LIBRARIES"
	if libs := filepath.SplitList(os.Getenv(key)); len(libs) > 0 {
		testLoadLibraryCopy(t, libs[0], libs[1])
		return
	}
	const code = "../examples/customop/op/logcosh.cc"
	so, anew := sharedObject(t, code), sharedObject(t, code, "-O0")
	cmd := exec.Command(os.Args[0], "-test.run=^TestLoadLibraryCopy$", "-test.v")
	cmd.Env = append(os.Environ(), key+"="+so+string(filepath.ListSeparator)+anew)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	} else if !strings.Contains(string(out), "--- PASS: TestLoadLibraryCopy") {
		t.Errorf("the test did not run:\n%s", out)
	}
}

func testLoadLibraryCopy(t *testing.T, so, anew string) {
	logCosh := func() error {
		s := newScope(t, newEager(t)) // one that has no kernel yet
		s.Begin("LogCosh").In(tf.Const(s, []float32{1})).Float("scale", 2).One()
		return s.Err()
	}
	for range 2 {
		if ops, err := tf.LoadLibrary(so); err != nil || !slices.Equal(ops, []string{"LogCosh"}) {
			t.Fatal(ops, err)
		}
	}
	raw, err := os.ReadFile(so)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy.so")
	if err := os.WriteFile(copied, raw, 0o755); err != nil {
		t.Fatal(err)
	}
	_, err = tf.LoadLibrary(copied)
	wantError(t, err, tf.AlreadyExists, copied, "it is a copy of "+so+", which is loaded and registers LogCosh")
	if err := logCosh(); err != nil {
		t.Error(err)
	}
	s := newScope(t, newEager(t))
	s.Begin("LogCosh").In(tf.Const(s, []float32{1})).Float("scal", 2).One()
	wantError(t, s.Err(), tf.InvalidArgument, `LogCosh at plugin_test.go:`, `the operation has no attribute "scal", did you mean "scale"?`)
	_, err = tf.LoadLibrary(anew)
	wantError(t, err, tf.InvalidArgument, "only ones that were registered before, whose kernels are ambiguous now")
	wantError(t, logCosh(), tf.InvalidArgument, "Multiple OpKernel registrations")
}

// TestPluggableDevice runs in a process of its own, whose devices it changes.
func TestPluggableDevice(t *testing.T) {
	const key = "GOTF_TEST_DEVICE"
	if so := os.Getenv(key); so != "" {
		testPluggableDevice(t, so)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestPluggableDevice$", "-test.v")
	cmd.Env = append(os.Environ(), key+"="+sharedObject(t, "testdata/device.cc"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	} else if !strings.Contains(string(out), "--- PASS: TestPluggableDevice") {
		t.Errorf("the test did not run:\n%s", out)
	}
}

func testPluggableDevice(t *testing.T, so string) {
	for range 2 { // the second time does nothing
		if err := tf.LoadPluggableDevice(so); err != nil {
			t.Fatal(err)
		}
	}
	devices, err := tf.ListDevices()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(devices, func(d tf.Device) bool { return d.Type == "TOY" })
	if i < 0 || !strings.HasSuffix(devices[i].Name, "/device:TOY:0") {
		t.Fatalf("devices %v", devices)
	}
	// A value goes to the device's memory and back.
	s := newScope(t, newEager(t))
	x := node(s.OnDevice("/device:TOY:0"), "Identity", tf.Const(s, []float32{1, 2, 3}))
	wantOK(t, s)
	if !strings.HasSuffix(x.Device(), "/device:TOY:0") {
		t.Errorf("the value is on %s", x.Device())
	}
	wantValues(t, value(t, x), float32(1), 2, 3)
	wantValues(t, value(t, node(s, "Neg", x)), float32(-1), -2, -3) // on the CPU
	wantOK(t, s)
}
