package checkpoint_test

import (
	"errors"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/checkpoint"
)

// TestFullDisk limits the size of files, which fails as a full disk does.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	m := &checkpoint.Manager{Dir: dir}
	small := []checkpoint.Entry{entry(t, "w", []float32{1})}
	if _, err := m.Save(ctx, 1, small); err != nil {
		t.Fatal(err)
	}
	before := list(t, dir)
	big := []checkpoint.Entry{entry(t, "w", make([]float32, 1<<20))}
	limitFiles(t, 1<<16)
	_, err := m.Save(ctx, 2, big)
	if want := "tf: write checkpoint " + filepath.Join(dir, "ckpt-2") + ": resource exhausted: file too large"; !errors.Is(err, tf.ResourceExhausted) || err.Error() != want {
		t.Errorf("err = %v, want %s", err, want)
	}
	if after := list(t, dir); len(after) != len(before) {
		t.Errorf("left behind: %v", after)
	}
	prefix, err := checkpoint.Latest(dir)
	if err != nil {
		t.Fatal(err)
	}
	got, err := checkpoint.Read(ctx, prefix, tf.TensorSpec{Name: "w", DType: tf.Float32})
	if err != nil {
		t.Fatalf("the checkpoint before is gone: %v", err)
	}
	got[0].Close()
}

func limitFiles(t *testing.T, bytes uint64) {
	t.Helper()
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	limit := old
	limit.Cur = bytes
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		signal.Reset(syscall.SIGXFSZ)
		syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old)
	})
}
