package train_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
)

// start begins a command in a process of its own.
func start(t *testing.T, args ...string) (cmd *exec.Cmd, stderr *bytes.Buffer) {
	t.Helper()
	cmd, stderr = exec.Command(os.Args[0], args...), &bytes.Buffer{}
	cmd.Env = append(os.Environ(), "GOTF_TEST_MAIN=1")
	cmd.Stderr = stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	return cmd, stderr
}

// await waits until a file matches pattern.
func await(t *testing.T, pattern string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("no %s in a minute", pattern)
		}
	}
}

// TestTrainInterrupted sends SIGINT while epochs go by: the last checkpoint
// stays and can be exported.
func TestTrainInterrupted(t *testing.T) {
	data := smallDigits(t, 500, 28, 28, tenClasses)
	out := filepath.Join(t.TempDir(), "run")
	cmd, stderr := start(t, "train", "--model", "mnist-mlp", "--data", data, "--epochs", "100000", "--out", out)
	await(t, filepath.Join(out, "checkpoints", "ckpt-*.index"))
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exit.Interrupted || !strings.HasSuffix(stderr.String(), "gotf: interrupted\n") {
		t.Errorf("exit %d, %s; want %d", code, stderr.String(), exit.Interrupted)
	}
	if _, err := os.Stat(filepath.Join(out, "saved_model")); !os.IsNotExist(err) {
		t.Errorf("saved_model: %v, want none", err)
	}
	if hidden, _ := filepath.Glob(filepath.Join(out, ".*")); len(hidden) != 0 {
		t.Errorf("left behind: %v", hidden)
	}
	to := filepath.Join(t.TempDir(), "model")
	if code, _, stderr := gotftest.Run(t, "export", "--from", out, "--to", to); code != exit.Done {
		t.Errorf("export: exit %d, %s", code, stderr)
	}
}

// TestTrainInterruptedEarly sends SIGINT in the first epoch: the run before
// stays, and of a new folder nothing does.
func TestTrainInterruptedEarly(t *testing.T) {
	data := smallDigits(t, 20, 28, 28, tenClasses)
	old := trained(t, "--model", "mnist-mlp", "--data", data, "--epochs", "1")
	long := smallDigits(t, 20000, 28, 28, tenClasses)
	for _, out := range []string{old, filepath.Join(t.TempDir(), "new")} {
		var before map[string]string
		if out == old {
			before = contents(t, out)
		}
		cmd, stderr := start(t, "train", "--model", "lenet5", "--data", long, "--batch-size", "2", "--out", out)
		await(t, filepath.Join(out, ".training-*", "model.json"))
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
		if code := cmd.ProcessState.ExitCode(); code != exit.Interrupted {
			t.Errorf("exit %d, %s; want %d", code, stderr.String(), exit.Interrupted)
		}
		if out == old {
			if after := contents(t, out); !reflect.DeepEqual(before, after) {
				t.Errorf("the run before is not what it was: %d files of %d", len(after), len(before))
			}
		} else if _, err := os.Lstat(out); !os.IsNotExist(err) {
			t.Errorf("%s is left: %v", out, err)
		}
	}
}

// TestTrainKilled kills a run in its first epoch, which another then clears
// away, but not what a living process writes.
func TestTrainKilled(t *testing.T) {
	out := filepath.Join(t.TempDir(), "[run]")
	long := smallDigits(t, 20000, 28, 28, tenClasses)
	cmd, _ := start(t, "train", "--model", "lenet5", "--data", long, "--batch-size", "2", "--out", out)
	living := filepath.Join(out, fmt.Sprintf(".training-%d", os.Getppid()))
	killed := filepath.Join(out, fmt.Sprintf(".training-%d", cmd.Process.Pid))
	for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(killed, "model.json")); err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the run did not begin in a minute")
		}
	}
	cmd.Process.Kill()
	cmd.Wait()
	if err := os.Mkdir(living, 0o777); err != nil {
		t.Fatal(err)
	}
	data := smallDigits(t, 20, 28, 28, tenClasses)
	if code, _, stderr := gotftest.Run(t, "train", "--model", "mnist-mlp", "--data", data, "--epochs", "1", "--out", out); code != exit.Done {
		t.Fatalf("exit %d, %s", code, stderr)
	}
	if _, err := os.Stat(killed); !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", killed, err)
	}
	if _, err := os.Stat(living); err != nil {
		t.Errorf("the folder of a living process: %v", err)
	}
}

// limited runs a command that may write so many blocks of 512 bytes to a file.
func limited(t *testing.T, blocks string, args ...string) (code int, last string) {
	t.Helper()
	cmd := exec.Command("sh", append([]string{"-c", `ulimit -f "$1"; shift; exec "$0" "$@"`, os.Args[0], blocks}, args...)...)
	cmd.Env = append(os.Environ(), "GOTF_TEST_MAIN=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.Run()
	return cmd.ProcessState.ExitCode(), lastLine(stderr.String())
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// TestTrainFullDisk limits the size of files so that model.json, or the first
// checkpoint, does not fit: the run before stays, and of a new folder nothing.
func TestTrainFullDisk(t *testing.T) {
	data := smallDigits(t, 100, 28, 28, tenClasses)
	old := trained(t, "--model", "mnist-mlp", "--data", data, "--epochs", "1")
	for _, out := range []string{old, filepath.Join(t.TempDir(), "new")} {
		for blocks, want := range map[string]string{
			"0":   "gotf: write " + filepath.Join(out, "model.json") + ": file too large",
			"100": "gotf: tf: write checkpoint " + filepath.Join(out, "checkpoints", "ckpt-1") + ": resource exhausted: file too large",
		} {
			before := map[string]string{}
			if out == old {
				before = contents(t, out)
			}
			code, last := limited(t, blocks, "train", "--model", "mnist-mlp", "--data", data, "--epochs", "1", "--out", out)
			if code != exit.Failed || last != want {
				t.Errorf("exit %d, last line %q; want 1 and %q", code, last, want)
			}
			if out != old {
				if _, err := os.Lstat(out); !os.IsNotExist(err) {
					t.Errorf("%s is left: %v", out, err)
				}
			} else if after := contents(t, out); !reflect.DeepEqual(before, after) {
				t.Errorf("the run before is not what it was: %d files of %d", len(after), len(before))
			}
		}
	}
}

// TestTrainDiskFillsUp limits the size of files in the middle of a run: the
// checkpoints before stay, and can be exported when there is room again.
func TestTrainDiskFillsUp(t *testing.T) {
	data := smallDigits(t, 100, 28, 28, tenClasses)
	out := filepath.Join(t.TempDir(), "run")
	cmd, stderr := start(t, "train", "--model", "mnist-mlp", "--data", data, "--epochs", "100000", "--out", out)
	await(t, filepath.Join(out, "checkpoints", "ckpt-2.index"))
	limit := syscall.Rlimit{Cur: 50 << 10, Max: 50 << 10}
	_, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(cmd.Process.Pid), syscall.RLIMIT_FSIZE, uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
	if errno != 0 {
		t.Skip(errno)
	}
	cmd.Wait()
	want := regexp.MustCompile(`^gotf: tf: write checkpoint ` + regexp.QuoteMeta(out) + `/checkpoints/ckpt-\d+: resource exhausted: file too large$`)
	if code, last := cmd.ProcessState.ExitCode(), lastLine(stderr.String()); code != exit.Failed || !want.MatchString(last) {
		t.Errorf("exit %d, last line %q; want 1 and %v", code, last, want)
	}
	if half, _ := filepath.Glob(filepath.Join(out, "checkpoints", ".*")); len(half) != 0 {
		t.Errorf("left behind: %v", half)
	}
	to := filepath.Join(t.TempDir(), "model")
	export := []string{"export", "--from", out, "--to", to}
	if code, last := limited(t, "100", export...); code != exit.Failed || !strings.Contains(last, "file too large") || !strings.Contains(last, to) {
		t.Errorf("export without room: exit %d, last line %q; want 1 and the folder's name", code, last)
	}
	if _, err := os.Lstat(to); !os.IsNotExist(err) {
		t.Errorf("export without room left %s: %v", to, err)
	}
	if code, _, stderr := gotftest.Run(t, export...); code != exit.Done {
		t.Errorf("export: exit %d, %s", code, stderr)
	}
}
