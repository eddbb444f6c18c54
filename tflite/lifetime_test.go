package tflite_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

func TestCancel(t *testing.T) {
	for _, key := range []string{"", "serving_default"} {
		t.Run("graph "+key, func(t *testing.T) {
			it := load(t, "loop.tflite", nil)
			s, err := it.Signature(key)
			if err != nil {
				t.Fatal(err)
			}
			steps := s.Inputs()[0].Name
			if err := tflite.Set(s, steps, []int32{math.MaxInt32}); err != nil { // minutes
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(background, 30*time.Millisecond)
			defer cancel()
			start := time.Now()
			if err := s.Invoke(ctx); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, tf.DeadlineExceeded) {
				t.Errorf("error %v, want the deadline", err)
			}
			if d := time.Since(start); d > 5*time.Second {
				t.Errorf("stopped after %v", d)
			}
			ctx, cancel = context.WithCancel(background)
			time.AfterFunc(20*time.Millisecond, cancel)
			if err := s.Invoke(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("error %v, want the cancellation", err)
			}
			if err := s.Invoke(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("ctx over from the start: %v", err)
			}
			if err := tflite.Set(s, steps, []int32{3}); err != nil {
				t.Fatal(err)
			}
			if err := s.Invoke(background); err != nil {
				t.Fatalf("after a cancelled invocation: %v", err)
			}
			if y, err := tflite.Read[float32](s, s.Outputs()[0].Name); err != nil || y[0] != 3 {
				t.Errorf("0+1+2 = %v, %v", y, err)
			}
		})
	}
}

// TestLifetimes closes in every order.
func TestLifetimes(t *testing.T) {
	m, err := tflite.LoadModel(filepath.Join(models, "mlp.tflite"))
	if err != nil {
		t.Fatal(err)
	}
	it, err := tflite.NewInterpreter(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := it.Signature("serving_default")
	if err != nil {
		t.Fatal(err)
	}
	m.Close()
	m.Close()
	if _, err := tflite.NewInterpreter(m, nil); !errors.Is(err, tf.FailedPrecondition) {
		t.Errorf("interpreter of a closed model: %v", err)
	}
	if err := s.Invoke(background); err != nil {
		t.Errorf("invoke after the model was closed: %v", err)
	}
	it.Close()
	it.Close()
	for name, err := range map[string]error{
		"invoke": s.Invoke(background), "set": tflite.Set(s, "x", []float32{1}), "resize": it.Resize("x", tf.Shape{1}),
	} {
		if !errors.Is(err, tf.FailedPrecondition) {
			t.Errorf("%s after Close: %v", name, err)
		}
	}
	if _, err := it.Signature("other"); !errors.Is(err, tf.NotFound) {
		t.Errorf("signature after Close: %v", err)
	}
	if got := s.Inputs(); len(got) != 1 || got[0].Name != "x" {
		t.Errorf("inputs after Close: %v", got)
	}
}

// TestConcurrent runs one interpreter, and one each, from many goroutines, and
// closes the shared one while they work.
func TestConcurrent(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(models, "signatures.tflite"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := tflite.NewModel(data)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	shared, err := tflite.NewInterpreter(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			own, err := tflite.NewInterpreter(m, nil)
			if err != nil {
				t.Error(err)
				return
			}
			defer own.Close()
			for i := range 50 {
				n := int64(1 + (g+i)%5)
				if err := scale(own, n, float32(g)); err != nil {
					t.Error(err)
				}
				if err := scale(shared, n, float32(g)); err != nil && !errors.Is(err, tf.FailedPrecondition) {
					t.Error(err)
				}
			}
		}()
	}
	time.Sleep(5 * time.Millisecond)
	shared.Close()
	wg.Wait()
}

// scale runs signature "scale" on n ones and checks the sum.
func scale(it *tflite.Interpreter, n int64, factor float32) error {
	x, err := tf.NewTensor(slices.Repeat([]float32{1}, int(n)), n)
	if err != nil {
		return err
	}
	defer x.Close()
	f, err := tf.NewScalar(factor)
	if err != nil {
		return err
	}
	defer f.Close()
	out, err := it.Run(background, "scale", map[string]*tf.Tensor{"x": x, "factor": f})
	if err != nil {
		return err
	}
	total, err := tf.Values[float32](out["total"])
	for _, y := range out {
		y.Close()
	}
	if err == nil && total[0] != float32(n)*factor {
		err = fmt.Errorf("total %v, want %v", total[0], float32(n)*factor)
	}
	return err
}

// TestMemory loads, runs and closes many times.
func TestMemory(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(models, "wide_float16.tflite"))
	if err != nil {
		t.Fatal(err)
	}
	round := func() {
		m, err := tflite.NewModel(data)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		it, err := tflite.NewInterpreter(m, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer it.Close()
		if err := it.Invoke(background); err != nil {
			t.Fatal(err)
		}
	}
	for range 100 {
		round()
	}
	before := resident(t)
	for range 1000 {
		round()
	}
	if grown := resident(t) - before; grown > 8<<20 {
		t.Errorf("1,000 rounds took %d KiB more", grown>>10)
	}
}

// resident is the process's memory in bytes.
func resident(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("no /proc")
	}
	var size, pages int
	fmt.Sscan(string(text), &size, &pages)
	return pages * os.Getpagesize()
}
