package tflite_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

func TestRunInto(t *testing.T) {
	it := load(t, "mlp.tflite", nil)
	s, err := it.Signature("serving_default")
	if err != nil {
		t.Fatal(err)
	}
	x, want := []float32{1, 2, 3, 4, 5, 6, 7, 8}, make([]float32, 4)
	if err := tflite.RunInto(background, it, x, want); err != nil || want[0] == 0 {
		t.Fatal(want, err)
	}
	for _, g := range []tflite.Graph{s, it, s} { // both are one graph of the file
		got := make([]float32, 4)
		if err := tflite.RunInto(background, g, x, got); err != nil || !slices.Equal(got, want) {
			t.Errorf("%v, %v; want %v", got, err, want)
		}
	}
	ctx, cancel := context.WithCancel(background)
	for range 3 { // the first in a goroutine, the others not
		got := make([]float32, 4)
		if err := tflite.RunInto(ctx, it, x, got); err != nil || !slices.Equal(got, want) {
			t.Errorf("with a ctx that can end: %v, %v; want %v", got, err, want)
		}
	}
	cancel()
	if n := testing.AllocsPerRun(100, func() { tflite.RunInto(background, s, x, want) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	strs := load(t, "strings.tflite", nil)
	for _, tc := range []struct {
		err  error
		want string
	}{
		{tflite.RunInto(ctx, it, x, want), "tflite: run: cancelled: context canceled"},
		{tflite.RunInto(background, it, x[:7], want), "the input's shape (1, 8) takes 8 values, got 7"},
		{tflite.RunInto(background, it, x, want[:3]), "the tensor's shape (1, 4) has 4 values, room is for 3"},
		{tflite.RunInto(background, it, []int32{1}, want), "the input takes float32, got int32"},
		{tflite.RunInto(background, it, x, []int8{1}), "the tensor holds float32, not int8"},
		{tflite.RunInto(background, strs, x, want), "RunInto takes a graph with one input and one output, this has 2 and 3"},
	} {
		if tc.err == nil || !strings.Contains(tc.err.Error(), tc.want) {
			t.Errorf("error %v, want %s", tc.err, tc.want)
		}
	}
}

// TestReadInto has strings and a shape that only values decide.
func TestReadInto(t *testing.T) {
	it := load(t, "dynamic.tflite", nil)
	s, err := it.Signature("serving_default")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Resize("x", tf.Shape{3}); err != nil {
		t.Fatal(err)
	}
	for _, x := range [][]float32{{1, -1, 2}, {1, 2, 3}, {-1, -1, 4}} {
		if err := errors.Join(tflite.Set(s, "x", x), s.Invoke(background)); err != nil {
			t.Fatal(err)
		}
		double := make([]float32, 3)
		if err := tflite.ReadInto(s, "double", double); err != nil || double[2] != 2*x[2] {
			t.Errorf("double of %v = %v, %v", x, double, err)
		}
		positive, err := tflite.Read[int64](s, "positive")
		if err != nil {
			t.Fatal(err)
		}
		again := make([]int64, len(positive))
		if err := tflite.ReadInto(s, "positive", again); err != nil || !slices.Equal(again, positive) {
			t.Errorf("positive %v, then %v, %v", positive, again, err)
		}
		if err := tflite.ReadInto(s, "positive", make([]int64, 7)); !errors.Is(err, tf.InvalidArgument) {
			t.Errorf("error %v", err)
		}
	}
}

// TestLeave gives up an invocation that the runtime cannot end at once.
func TestLeave(t *testing.T) {
	var options string
	var rows int
	started, release := make(chan bool, 1), make(chan bool)
	slow := tflite.CustomOp{Name: "Atanh", Invoke: func(ctx context.Context, n *tflite.Node) error {
		if ctx.Done() != nil {
			started <- true
			<-release
		}
		return nil
	}}
	it := load(t, "features/custom.tflite", &tflite.Options{Ops: []tflite.CustomOp{slow, twice(&options, &rows)}})
	if err := it.Invoke(background); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(background)
	go func() {
		<-started
		cancel()
	}()
	start := time.Now()
	if err := it.Invoke(ctx); !errors.Is(err, context.Canceled) || !errors.Is(err, tf.Cancelled) {
		t.Errorf("error %v", err)
	}
	if d := time.Since(start); d > 2*time.Second {
		t.Errorf("returned after %v", d)
	}
	short, stop := context.WithTimeout(background, 10*time.Millisecond)
	defer stop()
	if err := it.Invoke(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while the first one is at work: %v", err)
	}
	close(release)
	if err := it.Invoke(background); err != nil {
		t.Errorf("after it has left: %v", err)
	}
}

func TestQuantize(t *testing.T) {
	one := tflite.Quantization{Scales: []float32{0.5}, ZeroPoints: []int32{10}}
	got, err := tflite.Quantize[int8](one, tf.Shape{6}, []float32{0, 0.25, -0.25, 1000, -1000, float32(math.NaN())})
	if err != nil || !slices.Equal(got, []int8{10, 11, 9, 127, -128, 10}) {
		t.Errorf("%v, %v", got, err)
	}
	real, err := tflite.Dequantize(one, tf.Shape{2}, []uint8{0, 255})
	if err != nil || !slices.Equal(real, []float32{-5, 122.5}) {
		t.Errorf("%v, %v", real, err)
	}
	rows := tflite.Quantization{Scales: []float32{1, 10}, ZeroPoints: []int32{0, 0}, Axis: 1}
	wide, err := tflite.Quantize[int16](rows, tf.Shape{2, 2, 2}, []float32{7, 8, 70, 80, 9, 10, 90, 100})
	if err != nil || !slices.Equal(wide, []int16{7, 8, 7, 8, 9, 10, 9, 10}) {
		t.Errorf("%v, %v", wide, err)
	}
	for _, q := range []tflite.Quantization{{}, {Scales: []float32{1, 2}, Axis: 3}, {Scales: []float32{1, 2, 3}}} {
		if _, err := tflite.Quantize[int32](q, tf.Shape{2}, make([]float32, 2)); !errors.Is(err, tf.InvalidArgument) {
			t.Errorf("%+v: error %v", q, err)
		}
	}

	it := load(t, "conv_int8.tflite", nil)
	in, out := it.Inputs()[0], it.Outputs()[0]
	x := make([]float32, in.Shape.NumElements())
	for i := range x {
		x[i] = float32(i%5) / 5
	}
	if err := errors.Join(tflite.SetReal(it, in.Name, x), it.Invoke(background)); err != nil {
		t.Fatal(err)
	}
	back, err := tflite.ReadReal(it, in.Name)
	if err != nil {
		t.Fatal(err)
	}
	for i := range x {
		if math.Abs(float64(back[i]-x[i])) > float64(in.Quantization.Scales[0])/2+1e-6 {
			t.Errorf("input %v is held as %v", x[i], back[i])
		}
	}
	raw, _ := tflite.Read[int8](it, out.Name)
	y, err := tflite.ReadReal(it, out.Name)
	if want := out.Quantization.Scales[0] * float32(int32(raw[0])-out.Quantization.ZeroPoints[0]); err != nil || y[0] != want {
		t.Errorf("output %v, %v; want %v first", y, err, want)
	}
	if err := tflite.SetReal(load(t, "loop.tflite", nil), "serving_default_steps:0", []float32{1}); !errors.Is(err, tf.InvalidArgument) {
		t.Errorf("error %v", err)
	}
}
