package savedmodel_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
)

// TestLongLoads loads, calls and closes a model 1,000 times: memory stays flat.
func TestLongLoads(t *testing.T) {
	m, dir := newCNN(t), filepath.Join(t.TempDir(), "model")
	must(t, savedmodel.Export(t.Context(), dir, m.session, m.config()))
	x := map[string]*tf.Tensor{"x": ramp(t, 1, 28, 28, 1)}
	flat(t, 1000, func() { loadOnce(t, dir, x) })
}

// TestLongPythonLoads is that with a model with functions, tables and strings.
func TestLongPythonLoads(t *testing.T) {
	x := map[string]*tf.Tensor{"a": ramp(t, 2, 3), "b": tensor(t, []int64{1, 2}, 2)}
	flat(t, 1000, func() { loadOnce(t, "testdata/multi", x) })
}

// TestLongSaves trains, saves and loads again 500 times.
func TestLongSaves(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "model")
	must(t, os.CopyFS(dir, os.DirFS("testdata/keras")))
	flat(t, 500, func() {
		m, err := savedmodel.Load(dir, nil)
		must(t, err)
		defer m.Close()
		closeAll(trained(t, m, 0.001))
		must(t, m.Save(t.Context(), dir, &savedmodel.SaveConfig{Overwrite: true}))
	})
}

// TestLongFreezes writes and opens a frozen graph 300 times.
func TestLongFreezes(t *testing.T) {
	m, err := savedmodel.Load("testdata/gradients/gru", nil)
	must(t, err)
	defer m.Close()
	path := filepath.Join(t.TempDir(), "graph.pb")
	flat(t, 300, func() {
		must(t, m.Freeze(t.Context(), path, savedmodel.ServingDefault))
		frozen, err := savedmodel.LoadFrozen(path, nil)
		must(t, err)
		must(t, frozen.Close())
	})
}

// TestLongReloads lets 8 goroutines reload a model that is called meanwhile.
func TestLongReloads(t *testing.T) {
	x := map[string]*tf.Tensor{"a": ramp(t, 2, 3), "b": tensor(t, []int64{1, 2}, 2)}
	flat(t, 100, func() {
		var group sync.WaitGroup
		for range 8 {
			group.Add(1)
			go func() {
				defer group.Done()
				loadOnce(t, "testdata/multi", x)
			}()
		}
		group.Wait()
	})
}

// TestLongExports writes a model 1,000 times: the allocator keeps memory for each
// thread, and there are more of them after other tests.
func TestLongExports(t *testing.T) {
	m, dir := newMLP(t), filepath.Join(t.TempDir(), "model")
	cfg := m.config()
	cfg.Overwrite = true
	flat(t, 1000, func() { must(t, savedmodel.Export(t.Context(), dir, m.session, cfg)) })
}

// TestLongObjects writes a model with tables, assets and loops' functions 300
// times.
func TestLongObjects(t *testing.T) {
	for _, name := range []string{"file", "mutable", "loop", "infer"} {
		t.Run(name, func(t *testing.T) {
			if os.Getenv("GOTF_LONG") != "1" {
				t.Skip("takes minutes: run make test-long, or set GOTF_LONG=1")
			}
			m, cfg := objectCases(t)[name].make(t)
			cfg.Overwrite = true
			dir := filepath.Join(t.TempDir(), "model")
			flat(t, 300, func() { must(t, savedmodel.Export(t.Context(), dir, m.session, cfg)) })
		})
	}
}

func loadOnce(t *testing.T, dir string, x map[string]*tf.Tensor) {
	t.Helper()
	m, err := savedmodel.Load(dir, nil)
	must(t, err)
	defer m.Close()
	out, err := m.Call(context.Background(), savedmodel.ServingDefault, x)
	must(t, err)
	closeAll(out)
}

// flat fails if memory grows by more than 5 % from a fifth of the rounds on.
func flat(t *testing.T, rounds int, f func()) {
	t.Helper()
	if os.Getenv("GOTF_LONG") != "1" {
		t.Skip("takes minutes: run make test-long, or set GOTF_LONG=1")
	}
	start := 0
	for i := range rounds {
		f()
		if i == rounds/5 {
			start = rss(t)
		}
		if i%(rounds/10) == 0 {
			t.Logf("round %d: %d MB", i, rss(t))
		}
	}
	if end := rss(t); end > start+start/20 {
		t.Errorf("%d MB after %d rounds, %d MB after %d", end, rounds, start, rounds/5)
	}
}

// rss is the resident memory in MB.
func rss(t *testing.T) (n int) {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	must(t, err)
	for _, line := range strings.Split(string(status), "\n") {
		if _, err := fmt.Sscanf(line, "VmRSS: %d kB", &n); err == nil {
			return n / 1024
		}
	}
	t.Fatal("no VmRSS")
	return 0
}
