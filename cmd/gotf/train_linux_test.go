package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gotf/gotf/tf/checkpoint"
)

// TestTrainInterrupted sends SIGINT while epochs go by: the last checkpoint
// stays and can be exported.
func TestTrainInterrupted(t *testing.T) {
	data := smallDigits(t, 500, 28, 28, tenClasses)
	out := filepath.Join(t.TempDir(), "run")
	cmd := exec.Command(os.Args[0], "train", "--model", "mnist-mlp", "--data", data, "--epochs", "100000", "--out", out)
	cmd.Env = append(os.Environ(), "GOTF_TEST_MAIN=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if _, err := checkpoint.Latest(filepath.Join(out, "checkpoints")); err == nil {
			break
		}
		if time.Now().After(end) {
			cmd.Process.Kill()
			t.Fatalf("no checkpoint in a minute: %s", stderr.String())
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted || !strings.HasSuffix(stderr.String(), "gotf: interrupted\n") {
		t.Errorf("exit %d, %s; want %d", code, stderr.String(), exitInterrupted)
	}
	if _, err := os.Stat(filepath.Join(out, "saved_model")); !os.IsNotExist(err) {
		t.Errorf("saved_model: %v, want none", err)
	}
	to := filepath.Join(t.TempDir(), "model")
	if code, _, stderr := gotf(t, "export", "--from", out, "--to", to); code != exitDone {
		t.Errorf("export: exit %d, %s", code, stderr)
	}
}

// TestTrainFullDisk limits the size of files so that the first checkpoint does
// not fit.
func TestTrainFullDisk(t *testing.T) {
	data := smallDigits(t, 100, 28, 28, tenClasses)
	out := filepath.Join(t.TempDir(), "run")
	cmd := exec.Command("sh", "-c", `ulimit -f 100; exec "$0" "$@"`, os.Args[0],
		"train", "--model", "mnist-mlp", "--data", data, "--epochs", "1", "--out", out)
	cmd.Env = append(os.Environ(), "GOTF_TEST_MAIN=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.Run()
	lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
	last := lines[len(lines)-1]
	if code := cmd.ProcessState.ExitCode(); code != exitFailed || !strings.HasPrefix(last, "gotf: ") || !strings.Contains(last, filepath.Join(out, "checkpoints", "ckpt-1")) {
		t.Errorf("exit %d, last line %q; want 1 and the checkpoint's name", code, last)
	}
	left, err := filepath.Glob(filepath.Join(out, "checkpoints", "*"))
	if err != nil || len(left) != 0 {
		t.Errorf("half-written: %v, %v", left, err)
	}
	if hidden, _ := filepath.Glob(filepath.Join(out, "checkpoints", ".*")); len(hidden) != 0 {
		t.Errorf("left behind: %v", hidden)
	}
}
