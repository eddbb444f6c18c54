package library

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// place makes the files of a TensorFlow library in dir.
func place(t *testing.T, dir string, names ...string) string {
	t.Helper()
	if len(names) == 0 {
		names = TensorFlow.files()[0]
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// emptyWorld points every place that a search looks at to empty folders.
func emptyWorld(t *testing.T) (root, exe string) {
	root = t.TempDir()
	t.Setenv("XDG_CACHE_HOME", filepath.Join(root, "cache"))
	t.Setenv("LD_LIBRARY_PATH", "")
	t.Setenv("GOTF_LIB", "")
	return root, filepath.Join(root, "bin", "gotf")
}

func TestSearchOrder(t *testing.T) {
	root, exe := emptyWorld(t)
	env := place(t, filepath.Join(root, "env"))
	beside := place(t, filepath.Join(root, "bin", "lib"))
	cpu := place(t, filepath.Join(root, "cache", "gotf", "tensorflow-cpu-2.18.0"))
	gpu := place(t, filepath.Join(root, "cache", "gotf", "tensorflow-gpu-2.18.0"))
	newer := place(t, filepath.Join(root, "cache", "gotf", "tensorflow-cpu-2.21.0"))
	older := place(t, filepath.Join(root, "cache", "gotf", "tensorflow-cpu-2.9.1"))
	loader := place(t, filepath.Join(root, "loader"))
	t.Setenv("LD_LIBRARY_PATH", loader)

	found, err := search(TensorFlow, env, exe)
	if err != nil {
		t.Fatal(err)
	}
	want := []Found{
		{TensorFlow, env, "", "", Env},
		{TensorFlow, beside, "", "", Beside},
		{TensorFlow, gpu, "", "2.18.0", Cache},
		{TensorFlow, cpu, "", "2.18.0", Cache},
		{TensorFlow, newer, "", "2.21.0", Cache},
		{TensorFlow, older, "", "2.9.1", Cache},
		{TensorFlow, loader, "", "", System},
	}
	for i := range want {
		want[i].Path = filepath.Join(want[i].Dir, "libtensorflow_cc.so.2")
	}
	if !slices.Equal(found, want) {
		t.Errorf("found %v\n want %v", found, want)
	}
}

// A library that several places lead to is there once.
func TestSearchOnce(t *testing.T) {
	root, exe := emptyWorld(t)
	dir := place(t, filepath.Join(root, "cache", "gotf", "tensorflow-cpu-2.18.0"))
	link := filepath.Join(root, "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	for _, env := range []string{dir, link} {
		if found, err := search(TensorFlow, env, exe); err != nil || len(found) != 1 || found[0].Source != Env {
			t.Errorf("GOTF_LIB %s: found %v, %v; want one", env, found, err)
		}
	}
}

func TestSearchTFLite(t *testing.T) {
	root, exe := emptyWorld(t)
	dir := place(t, filepath.Join(root, "env"), "libtensorflowlite_c.so")
	found, err := search(TFLite, dir, exe)
	if err != nil || found[0].Path != filepath.Join(dir, "libtensorflowlite_c.so") {
		t.Errorf("found %v, %v", found, err)
	}
}

func TestSearchMissing(t *testing.T) {
	root, exe := emptyWorld(t)
	lite := place(t, filepath.Join(root, "lite"), "libtensorflowlite_c.so")
	half := place(t, filepath.Join(root, "bin", "lib"), "libtensorflow_cc.so.2")
	t.Chdir(place(t, filepath.Join(root, "cwd")))
	t.Setenv("LD_LIBRARY_PATH", ".:")

	_, err := search(TensorFlow, lite, exe)
	var missing *MissingError
	if !errors.As(err, &missing) || missing.Kind != TensorFlow {
		t.Fatalf("err = %v, want a MissingError", err)
	}
	for _, want := range []string{
		"libtensorflow_cc.so.2 and libtensorflow_framework.so.2",
		"GOTF_LIB " + lite, half + " (lacks " + filepath.Join(half, "libtensorflow_framework.so.2") + ")",
		filepath.Join(root, "cache", "gotf"), "system loader", "gotf install",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not say %q", err, want)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("error %q has more than one line", err)
	}
	if got := (&MissingError{program: "/x/server"}).Command(); !strings.HasPrefix(got, "go run ") {
		t.Errorf("command for another program = %q", got)
	}
}

// A GOTF_LIB that holds no library is an error that says so, whatever is in the
// other places; one that holds the other library is not.
func TestSearchWrongEnv(t *testing.T) {
	root, exe := emptyWorld(t)
	inCache := place(t, filepath.Join(root, "cache", "gotf", "tensorflow-cpu-2.18.0"))
	file := filepath.Join(inCache, "libtensorflow_cc.so.2")
	half := place(t, filepath.Join(root, "half"), "libtensorflow_cc.so.2", "libtensorflowlite_c.so")
	for _, tc := range []struct{ env, why string }{
		{filepath.Join(root, "nope"), "which does not exist: "},
		{place(t, filepath.Join(root, "other"), "libother.so"), "which holds none of the libraries: "},
		{half, "which lacks libtensorflow_framework.so.2: "},
		{file, "which is not a folder: "},
	} {
		found, err := search(TensorFlow, tc.env, exe)
		var missing *MissingError
		if !errors.As(err, &missing) || !missing.InEnv() {
			t.Errorf("GOTF_LIB %s: found %v, err = %v; want a MissingError on GOTF_LIB", tc.env, found, err)
			continue
		}
		for _, want := range []string{"GOTF_LIB is " + tc.env + ", " + tc.why, "a folder that holds libtensorflow_cc.so.2 and libtensorflow_framework.so.2"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("error %q does not say %q", err, want)
			}
		}
	}
	if found, err := search(TFLite, half, exe); err != nil || found[0].Source != Env {
		t.Errorf("the other library of a folder: %v, %v", found, err)
	}
	lite := place(t, filepath.Join(root, "lite"), "libtensorflowlite_c.so")
	if found, err := search(TensorFlow, lite, exe); err != nil || found[0].Dir != inCache {
		t.Errorf("GOTF_LIB with TFLite only: %v, %v", found, err)
	}
}

func TestSearchWithoutHome(t *testing.T) {
	_, exe := emptyWorld(t)
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("HOME", "")
	if _, err := search(TensorFlow, "", exe); err == nil || !strings.Contains(err.Error(), "HOME is not set") {
		t.Errorf("err = %v, want a word on HOME", err)
	}
	if _, err := CacheDir(); err == nil || !strings.Contains(err.Error(), "set HOME") {
		t.Errorf("err = %v, want a word on HOME", err)
	}
}

func TestCacheEntries(t *testing.T) {
	b := []byte("glibc-ld.so.cache1.1\x00\x01\x02libtf.so.2\x00/opt/tf/lib/libtf.so.2\x00/usr/lib/notlibtf.so.2\x00")
	if got, want := cacheEntries(b, "libtf.so.2"), []string{"/opt/tf/lib"}; !slices.Equal(got, want) {
		t.Errorf("cacheEntries = %v, want %v", got, want)
	}
	if got := loaderFile("libc.so.6"); !strings.HasSuffix(got, "/libc.so.6") {
		t.Errorf("the loader's libc.so.6 is %q", got)
	}
}

func TestCheckLibc(t *testing.T) {
	if err := checkLibc("/proc/self/exe", "/"); err != nil {
		t.Errorf("this system: %v", err)
	}
	alpine := t.TempDir()
	place(t, filepath.Join(alpine, "lib"), "ld-musl-x86_64.so.1")
	if err := checkLibc(filepath.Join(alpine, "none"), alpine); !errors.Is(err, ErrLibc) {
		t.Errorf("a musl system: err = %v, want ErrLibc", err)
	}
}
