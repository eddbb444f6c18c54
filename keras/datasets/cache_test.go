package datasets_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/gotf/gotf/keras/datasets"
)

// emptyCache gives the test a cache folder of its own.
func emptyCache(t *testing.T) string {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the cache folder is set by XDG_CACHE_HOME on Linux only")
	}
	dir := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", dir)
	return dir
}

func TestMNISTMissing(t *testing.T) {
	cache := emptyCache(t)
	_, err := datasets.Load("mnist", 0)
	oneLine(t, err, filepath.Join(cache, "gotf", "data", "mnist", trainImages)+": file does not exist")
	oneLine(t, err, "; fetch it with: scripts/data mnist")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("err = %v, want fs.ErrNotExist", err)
	}
}

func TestMNISTIsAll(t *testing.T) {
	dir := filepath.Join(emptyCache(t), "gotf", "data", "mnist")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for name, b := range small() {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	_, err := datasets.Load("mnist", 0)
	oneLine(t, err, ": expected 60000 training images of 28x28, got 2 of 1x3; fetch it with: scripts/data mnist")
}

func TestNoCacheFolder(t *testing.T) {
	emptyCache(t)
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("HOME", "")
	_, err := datasets.Load("mnist", 0)
	oneLine(t, err, "datasets: mnist: no cache folder to find it in: ")
}

// script runs scripts/data and returns its output and exit code.
func script(t *testing.T, args ...string) (string, int) {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip(err)
	}
	cmd := exec.Command(bash, append([]string{"../../scripts/data"}, args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func TestScriptErrors(t *testing.T) {
	cache := emptyCache(t)
	wrong := filepath.Join(t.TempDir(), "wrong.tgz")
	if err := os.WriteFile(wrong, []byte("no package"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, want string
		args       []string
		code       int
	}{
		{"no name", "usage: scripts/data mnist", nil, 2},
		{"unknown", `unknown data set "cifar": expected mnist`, []string{"cifar"}, 2},
		{"no file", "none.tgz: no such file", []string{"mnist", "--from", "none.tgz"}, 1},
		{"wrong file", wrong + ": expected sha256 8f87f2d0", []string{"mnist", "--from", wrong}, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			out, code := script(t, tc.args...)
			if code != tc.code || !strings.Contains(out, tc.want) {
				t.Errorf("exit %d, %q; want %d, %q", code, out, tc.code, tc.want)
			}
			if code == 1 && strings.Count(out, "\n") != 1 {
				t.Errorf("not one line: %q", out)
			}
		})
	}
	if left, _ := os.ReadDir(filepath.Join(cache, "gotf", "data")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestScriptWithoutNPM gives the script the commands it needs, but no npm.
func TestScriptWithoutNPM(t *testing.T) {
	emptyCache(t)
	bin := t.TempDir()
	for _, name := range []string{"bash", "uname", "mkdir", "mktemp", "rm", "cut", "sha256sum"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Skip(err)
		}
		if err := os.Symlink(path, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin)
	out, code := script(t, "mnist")
	if code != 1 || !strings.Contains(out, "npm was not found: install it (Debian: apt install npm)") {
		t.Errorf("exit %d, %q", code, out)
	}
}

// TestScriptAgain runs the script where MNIST is in place already: it must be
// content and fetch nothing.
func TestScriptAgain(t *testing.T) {
	real, err := os.UserCacheDir()
	if err != nil {
		t.Skip(err)
	}
	if _, err := datasets.Load("mnist", 0); err != nil {
		t.Skip(err)
	}
	cache := emptyCache(t)
	if err := os.MkdirAll(filepath.Join(cache, "gotf"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(real, "gotf", "data"), filepath.Join(cache, "gotf", "data")); err != nil {
		t.Fatal(err)
	}
	out, code := script(t, "mnist")
	if code != 0 || !strings.Contains(out, "mnist is already in "+cache) {
		t.Errorf("exit %d, %q", code, out)
	}
}
