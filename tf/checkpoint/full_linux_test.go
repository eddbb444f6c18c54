package checkpoint_test

import (
	"os/signal"
	"path/filepath"
	"strings"
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
	if _, err := m.Save(ctx, 2, big); err == nil || !strings.Contains(err.Error(), filepath.Join(dir, "ckpt-2")) || strings.Contains(err.Error(), "\n") {
		t.Errorf("err = %v, want one line that names the checkpoint", err)
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
