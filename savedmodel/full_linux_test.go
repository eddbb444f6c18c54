package savedmodel_test

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
)

// TestDiskFull exports under a limit on the size of files, in a process of its
// own: nothing may be left, and what was there stays.
func TestDiskFull(t *testing.T) {
	if dir := os.Getenv("GOTF_TEST_FULL"); dir != "" {
		exportLimited(t, dir)
		return
	}
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestDiskFull$", "-test.v")
	cmd.Env = append(os.Environ(), "GOTF_TEST_FULL="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "PASS: TestDiskFull") {
		t.Fatalf("%v: %s", err, out)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("%v (%v), want only the first model", entries, err)
	}
}

func exportLimited(t *testing.T, dir string) {
	signal.Ignore(syscall.SIGXFSZ) // as gotf does
	m := newMLP(t)
	there, cfg := filepath.Join(dir, "there"), m.config()
	must(t, savedmodel.Export(t.Context(), there, m.session, cfg))
	want := call(t, there, ramp(t, 1, 784))
	limit := syscall.Rlimit{Cur: 1 << 16, Max: 1 << 16}
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
	cfg.Overwrite = true
	for _, path := range []string{there, filepath.Join(dir, "new")} {
		err := savedmodel.Export(t.Context(), path, m.session, cfg)
		if err == nil || !errors.Is(err, tf.ResourceExhausted) || !strings.Contains(err.Error(), "file too large") || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), ".part") {
			t.Errorf("err = %v, want it to say that the file is too large", err)
		}
	}
	if got := call(t, there, ramp(t, 1, 784)); got[0] != want[0] {
		t.Error("the model that was there has changed")
	}
}
