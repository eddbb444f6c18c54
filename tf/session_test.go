package tf_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	config "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"

	"github.com/gotf/gotf/tf"
)

func TestSessionAfterClose(t *testing.T) {
	g := newGraph(t)
	s := g.Scope()
	x := tf.ConstScalar(s, int32(7))
	wantOK(t, s)
	sess := newSession(t, g)
	sess.Close()
	if err := sess.Close(); err != nil {
		t.Error("second Close: ", err)
	}
	_, err := sess.Run(background, nil, []tf.Output{x})
	wantError(t, err, tf.FailedPrecondition, "run session", "the session is closed")
	_, err = sess.Devices()
	wantError(t, err, tf.FailedPrecondition, "the session is closed")
	wantValues(t, run(t, newSession(t, g), x), int32(7))
}

func TestNewSessionErrors(t *testing.T) {
	_, err := tf.NewSession(nil, nil)
	wantError(t, err, tf.InvalidArgument, "the graph is nil")
	_, err = tf.NewSession(newGraph(t), &tf.Config{Target: "nowhere://x"})
	wantError(t, err, tf.NotFound, "new session", "nowhere://x") // the library writes it to stderr, too
}

func TestSessionDevices(t *testing.T) {
	sess, err := tf.NewSession(newGraph(t), &tf.Config{DeviceCount: map[string]int{"CPU": 2}})
	closing(t, sess, err)
	devices, err := sess.Devices()
	if err != nil {
		t.Fatal(err)
	}
	if len(devices) != 2 || devices[1].Type != "CPU" || !strings.HasSuffix(devices[1].Name, "/device:CPU:1") || devices[1].MemoryBytes <= 0 {
		t.Errorf("devices %v", devices)
	}
}

// blocked is a graph whose fetch never ends: a dequeue from an empty queue.
func blocked(t *testing.T) (*tf.Graph, tf.Output) {
	t.Helper()
	g := newGraph(t)
	s := g.Scope()
	q := s.Begin("FIFOQueueV2").Types("component_types", []tf.DType{tf.Float32}).One()
	x := s.Begin("QueueDequeueV2").In(q).Types("component_types", []tf.DType{tf.Float32}).One()
	wantOK(t, s)
	return g, x
}

func TestSessionCloseEndsRuns(t *testing.T) {
	for name, cfg := range map[string]*tf.Config{"default": nil, "single-threaded": {SingleThreaded: true}} {
		t.Run(name, func(t *testing.T) {
			g, x := blocked(t)
			sess, err := tf.NewSession(g, cfg)
			if err != nil {
				t.Fatal(err)
			}
			var wg sync.WaitGroup
			for range 4 {
				wg.Add(1)
				go func() {
					defer wg.Done()
					_, err := sess.Run(background, nil, []tf.Output{x})
					if err == nil {
						t.Error("a dequeue from an empty queue ended without an error")
						return
					}
					var e *tf.Error
					if !asError(err, &e) || e.Code != tf.Cancelled && e.Code != tf.FailedPrecondition {
						t.Errorf("err = %v", err)
					}
				}()
			}
			time.Sleep(50 * time.Millisecond)
			g.Close() // the session holds what it runs
			start := time.Now()
			sess.Close()
			wg.Wait()
			if d := time.Since(start); d > 2*time.Second {
				t.Errorf("the runs ended after %v", d)
			}
		})
	}
}

func TestLoadSavedModelErrors(t *testing.T) {
	_, _, err := tf.LoadSavedModel(t.TempDir(), []string{"serve"}, nil)
	wantError(t, err, tf.NotFound, "load SavedModel")
	_, _, err = tf.LoadSavedModel("nul\x00", []string{"serve"}, nil)
	wantError(t, err, tf.InvalidArgument, "NUL")
}

func TestConfig(t *testing.T) {
	t.Run("threads", func(t *testing.T) {
		for _, tc := range []struct {
			name  string
			cfg   *tf.Config
			check func(*config.ConfigProto) bool
		}{
			{"threads", &tf.Config{IntraOpThreads: 3, InterOpThreads: 5}, func(c *config.ConfigProto) bool {
				return c.IntraOpParallelismThreads == 3 && c.InterOpParallelismThreads == 5
			}},
			{"default threads", &tf.Config{}, func(c *config.ConfigProto) bool {
				return c.IntraOpParallelismThreads > 0 && c.InterOpParallelismThreads == c.IntraOpParallelismThreads
			}},
			{"executor", &tf.Config{SingleThreaded: true}, func(c *config.ConfigProto) bool {
				return c.Experimental.ExecutorType == "SINGLE_THREADED_EXECUTOR"
			}},
			{"memory", &tf.Config{MemoryGrowth: true, MemoryFraction: 0.25}, func(c *config.ConfigProto) bool {
				return c.GpuOptions.AllowGrowth && c.GpuOptions.PerProcessGpuMemoryFraction == 0.25
			}},
			{"devices", &tf.Config{DeviceCount: map[string]int{"GPU": 0}}, func(c *config.ConfigProto) bool {
				n, ok := c.DeviceCount["GPU"]
				return ok && n == 0
			}},
			{"XLA", &tf.Config{XLA: true}, func(c *config.ConfigProto) bool {
				return c.GraphOptions.OptimizerOptions.GlobalJitLevel == config.OptimizerOptions_ON_1
			}},
			{"placement", &tf.Config{}, func(c *config.ConfigProto) bool { return c.AllowSoftPlacement && !c.LogDevicePlacement }},
			{"strict placement", &tf.Config{StrictPlacement: true}, func(c *config.ConfigProto) bool { return !c.AllowSoftPlacement }},
		} {
			t.Run(tc.name, func(t *testing.T) {
				called := false
				tc.cfg.Edit = func(c *config.ConfigProto) {
					called = true
					if !tc.check(c) {
						t.Errorf("config %v", c)
					}
				}
				sess, err := tf.NewSession(newGraph(t), tc.cfg)
				closing(t, sess, err)
				if !called {
					t.Error("Edit was not called")
				}
			})
		}
	})
	t.Run("placement", func(t *testing.T) {
		g := newGraph(t)
		s := g.Scope()
		x := node(s.OnDevice("/gpu:7"), "Neg", tf.ConstScalar(s, int32(7)))
		wantOK(t, s)
		if x.Device() != "/gpu:7" {
			t.Errorf("asks for device %q", x.Device())
		}
		wantValues(t, run(t, newSession(t, g), x), int32(-7))
		strict, err := tf.NewSession(g, &tf.Config{StrictPlacement: true})
		closing(t, strict, err)
		_, err = strict.Run(background, nil, []tf.Output{x})
		wantError(t, err, tf.InvalidArgument, "gpu:7", `Neg "Neg" at main_test.go:`)
	})
}
