package library

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func needPip(t *testing.T) {
	t.Helper()
	if err := exec.Command("python3", "-m", "pip", "--version").Run(); err != nil {
		t.Skip("this test runs pip: ", err)
	}
}

// TestFetchPip lets the real pip fetch a wheel from a folder.
func TestFetchPip(t *testing.T) {
	needPip(t)
	links, cache := t.TempDir(), t.TempDir()
	l := wheel(t, links)
	t.Setenv("PIP_NO_INDEX", "1")
	t.Setenv("PIP_FIND_LINKS", links)

	if in, err := installOne(t.Context(), Options{}, cache, l); err != nil || !in.Fresh {
		t.Fatalf("fresh %v, %v", in.Fresh, err)
	}
	onlyFolders(t, cache, "tensorflow-cpu-1.0")

	l.Version, l.Archives[0].Version = "2.0", "2.0"
	_, err := installOne(t.Context(), Options{}, cache, l)
	if err == nil || !strings.Contains(err.Error(), "gotf-sample==2.0") || !strings.Contains(err.Error(), "--from DIR") {
		t.Errorf("a version that is nowhere: err = %v", err)
	}
	onlyFolders(t, cache, "tensorflow-cpu-1.0")
}

func TestFetchWithoutClients(t *testing.T) {
	l := wheel(t, t.TempDir())
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	_, err := installOne(t.Context(), Options{}, t.TempDir(), l)
	if err == nil || !strings.Contains(err.Error(), "python3 is not in PATH") || !strings.Contains(err.Error(), "--from DIR") {
		t.Errorf("without Python: err = %v", err)
	}
	l.Archives[0].Client = "maven"
	if _, err = installOne(t.Context(), Options{}, t.TempDir(), l); err == nil || !strings.Contains(err.Error(), "mvn is not in PATH") {
		t.Errorf("without Maven: err = %v", err)
	}
}

func TestFetchWithoutPip(t *testing.T) {
	venv := t.TempDir()
	if out, err := exec.Command("python3", "-m", "venv", "--without-pip", venv).CombinedOutput(); err != nil {
		t.Skipf("this test makes a Python without pip: %v: %s", err, out)
	}
	t.Setenv("PATH", filepath.Join(venv, "bin"))
	_, err := installOne(t.Context(), Options{}, t.TempDir(), wheel(t, t.TempDir()))
	if err == nil || !strings.Contains(err.Error(), "python3 has no pip") || !strings.Contains(err.Error(), "python3-pip") {
		t.Errorf("err = %v, want a word on pip", err)
	}
}

// TestClientStops cancels a client that has started another process.
func TestClientStops(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithTimeoutCause(t.Context(), 200*time.Millisecond, context.Canceled)
	defer cancel()
	start := time.Now()
	err := runClient(ctx, dir, "sh", "-c", "sleep 20 & wait")
	if !errors.Is(err, context.Canceled) || time.Since(start) > 4*time.Second {
		t.Errorf("err = %v after %v, want context.Canceled at once", err, time.Since(start))
	}
}

// TestFullDisk installs in a child process whose files may have 64 KiB.
func TestFullDisk(t *testing.T) {
	if cache := os.Getenv("GOTF_TEST_FULL_DISK"); cache != "" {
		_, err := installOne(t.Context(), Options{From: os.Getenv("GOTF_TEST_FROM")}, cache, wheel(t, t.TempDir()))
		os.Stdout.WriteString("error: " + err.Error() + "\n")
		return
	}
	from, cache := t.TempDir(), t.TempDir()
	wheel(t, from)
	cmd := exec.Command("bash", "-c", `trap "" XFSZ; ulimit -f 64; exec "$0" -test.run '^TestFullDisk$' -test.v`, os.Args[0])
	cmd.Env = append(os.Environ(), "GOTF_TEST_FULL_DISK="+cache, "GOTF_TEST_FROM="+from)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "cannot write libtensorflow_cc.so.2 into the cache folder: file too large") {
		t.Errorf("%v: %s", err, out)
	}
	onlyFolders(t, cache)
}
