package savedmodel_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
)

// BenchmarkCall runs one sample at a time, from Go slice to Go slice.
func BenchmarkCall(b *testing.B) {
	for _, model := range []struct {
		name string
		make func(testing.TB) *graphModel
		in   []int64
	}{
		{"mlp", newMLP, []int64{1, 784}},
		{"cnn", newCNN, []int64{1, 28, 28, 1}},
	} {
		m, dir := model.make(b), filepath.Join(b.TempDir(), "model")
		if err := savedmodel.Export(context.Background(), dir, m.session, m.config()); err != nil {
			b.Fatal(err)
		}
		for _, config := range []struct {
			name string
			*tf.Config
		}{
			{"chosen", nil},
			{"default", &tf.Config{}},
		} {
			b.Run(model.name+"/"+config.name, func(b *testing.B) { benchmarkCall(b, dir, config.Config, model.in) })
		}
	}
}

func benchmarkCall(b *testing.B, dir string, config *tf.Config, shape []int64) {
	m, err := savedmodel.Load(dir, &savedmodel.LoadConfig{Config: config})
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close()
	data, err := tf.Values[float32](ramp(b, shape...))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	var times []time.Duration
	for b.Loop() {
		start := time.Now()
		x, err := tf.NewTensor(data, shape...)
		if err != nil {
			b.Fatal(err)
		}
		out, err := m.Call(context.Background(), savedmodel.ServingDefault, map[string]*tf.Tensor{"x": x})
		if err != nil {
			b.Fatal(err)
		}
		x.Close()
		floats(b, out["output_0"])
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2])/1000, "us-p50")
}

func BenchmarkExport(b *testing.B) {
	m := newCNN(b)
	cfg := m.config()
	cfg.Overwrite = true
	dir := filepath.Join(b.TempDir(), "model")
	for b.Loop() {
		if err := savedmodel.Export(b.Context(), dir, m.session, cfg); err != nil {
			b.Fatal(err)
		}
	}
}
