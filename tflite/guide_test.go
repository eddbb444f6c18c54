package tflite_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

// The functions below are what docs/tflite.md shows.

func guideRun(ctx context.Context, path string, x *tf.Tensor) ([]float32, error) {
	m, err := tflite.LoadModel(path)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	it, err := tflite.NewInterpreter(m, nil)
	if err != nil {
		return nil, err
	}
	defer it.Close()
	out, err := it.Run(ctx, "serving_default", map[string]*tf.Tensor{"x": x})
	if err != nil {
		return nil, err
	}
	defer out["probabilities"].Close()
	return tf.Values[float32](out["probabilities"])
}

func guideRunInto(ctx context.Context, it *tflite.Interpreter, rows [][]float32) error {
	y := make([]float32, 4) // one row of the output, used again
	for _, x := range rows {
		if err := tflite.RunInto(ctx, it, x, y); err != nil {
			return err
		}
		fmt.Println(slices.Index(y, slices.Max(y)))
	}
	return nil
}

func guidePool(ctx context.Context, m *tflite.Model, x []float32) ([]float32, error) {
	o := &tflite.Options{XNNPACK: tflite.XNNPACK{ShareWeights: true}}
	pool, err := tflite.NewPool(m, 0, o) // at most an interpreter for each processor
	if err != nil {
		return nil, err
	}
	defer pool.Close()

	// In each goroutine:
	y := make([]float32, 4)
	err = pool.Do(ctx, func(it *tflite.Interpreter) error {
		return tflite.RunInto(ctx, it, x, y)
	})
	return y, err
}

func guideGet(ctx context.Context, pool *tflite.Pool, x []float32) ([]float32, error) {
	it, err := pool.Get(ctx) // waits for a free one
	if err != nil {
		return nil, err
	}
	defer pool.Put(it)
	s, err := it.Signature("serving_default")
	if err != nil {
		return nil, err
	}
	if err := tflite.Set(s, "x", x); err != nil {
		return nil, err
	}
	if err := s.Invoke(ctx); err != nil {
		return nil, err
	}
	return tflite.Read[float32](s, "probabilities")
}

func guideQuantized(ctx context.Context, it *tflite.Interpreter, pixels []float32) ([]float32, error) {
	in, out := it.Inputs()[0], it.Outputs()[0]
	fmt.Println(in.DType, in.Quantization.Scales, in.Quantization.ZeroPoints) // real = scale * (value - zero point)
	if err := tflite.SetReal(it, in.Name, pixels); err != nil {
		return nil, err
	}
	if err := it.Invoke(ctx); err != nil {
		return nil, err
	}
	return tflite.ReadReal(it, out.Name)
}

func guideShapes(ctx context.Context, it *tflite.Interpreter, rows int, x []float32) ([]float32, error) {
	in, out := it.Inputs()[0], it.Outputs()[0]
	fmt.Println(in.ShapeSignature) // (None, 8): what may differ is None
	if err := it.Resize(in.Name, tf.Shape{int64(rows), 8}); err != nil {
		return nil, err
	}
	if err := tflite.Set(it, in.Name, x); err != nil {
		return nil, err
	}
	if err := it.Invoke(ctx); err != nil {
		return nil, err
	}
	fmt.Println(it.Outputs()[0].Shape) // (rows, 4)
	return tflite.Read[float32](it, out.Name)
}

func guideProfile(ctx context.Context, m *tflite.Model) error {
	it, err := tflite.NewInterpreter(m, &tflite.Options{NoXNNPACK: true})
	if err != nil {
		return err
	}
	defer it.Close()
	ops, err := it.Profile(ctx, 20) // means of 20 runs
	if err != nil {
		return err
	}
	for _, op := range ops {
		fmt.Printf("%-20s %10v %5.1f%%  %s\n", op.Op, op.Mean, 100*op.Share, op.Name)
	}
	return nil
}

func guideFlex(m *tflite.Model) (*tflite.Interpreter, error) {
	it, err := tflite.NewInterpreter(m, nil) // the runtime gets a Flex delegate where it needs one
	if err != nil {
		return nil, err // names the operations, and the library that has them
	}
	return it, nil
}

func guideCustomOp(m *tflite.Model, solve tflite.CustomOp) (*tflite.Interpreter, error) {
	atanh := tflite.CustomOp{Name: "Atanh", Invoke: func(ctx context.Context, n *tflite.Node) error {
		x, err := tflite.View[float32](n.Input(0))
		if err != nil {
			return err
		}
		y, err := tflite.View[float32](n.Output(0)) // has the shape of x
		if err != nil {
			return err
		}
		for i, v := range x {
			y[i] = float32(math.Atanh(float64(v)))
		}
		return nil
	}}
	return tflite.NewInterpreter(m, &tflite.Options{Ops: []tflite.CustomOp{atanh, solve}})
}

func guideInspect(path string) error {
	s, err := tflite.InspectFile(path)
	if err != nil {
		return err
	}
	for _, d := range s.Signatures {
		fmt.Println(d.Key, d.Inputs[0].Name)
	}
	for _, o := range s.OperatorCounts() {
		fmt.Println(o.Count, o.Name)
	}
	return nil
}

func guideModel(t *testing.T, name string) *tflite.Model {
	t.Helper()
	m, err := tflite.LoadModel(models + "/" + name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// TestGuideRuns runs what the guide shows.
func TestGuideRuns(t *testing.T) {
	row := []float32{1, 2, 3, 4, 5, 6, 7, 8}
	want, err := guideRun(background, models+"/mlp.tflite", tensor(t, row, 1, 8))
	if err != nil || len(want) != 4 {
		t.Fatal(want, err)
	}
	same := func(what string, got []float32, err error) {
		t.Helper()
		if err != nil || len(got)%len(want) != 0 || len(got) == 0 {
			t.Fatalf("%s: %v, %v", what, got, err)
		}
		for i, y := range got {
			if math.Abs(float64(y-want[i%len(want)])) > 1e-6 {
				t.Errorf("%s: %v, want %v", what, got, want)
			}
		}
	}
	m := guideModel(t, "mlp.tflite")
	it := load(t, "mlp.tflite", nil)
	if err := guideRunInto(background, it, [][]float32{row, row}); err != nil {
		t.Error(err)
	}
	y, err := guidePool(background, m, row)
	same("pool", y, err)
	pool, err := tflite.NewPool(m, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	y, err = guideGet(background, pool, row)
	same("get", y, err)
	y, err = guideShapes(background, it, 2, append(row, row...))
	same("shapes", y, err)
	if y, err := guideQuantized(background, load(t, "conv_int8.tflite", nil), make([]float32, 8*8*3)); err != nil || len(y) != 5 {
		t.Error(y, err)
	}
	if err := guideProfile(background, m); err != nil {
		t.Error(err)
	}
	if err := guideInspect(models + "/mlp.tflite"); err != nil {
		t.Error(err)
	}
	var options string
	var rows int
	custom, err := guideCustomOp(guideModel(t, "features/custom.tflite"), twice(&options, &rows))
	if err != nil {
		t.Fatal(err)
	}
	custom.Close()
	if flex, err := guideFlex(guideModel(t, "features/flex.tflite")); err == nil {
		flex.Close()
	} else if version, _ := tf.Version(); version == "2.18.0" || !strings.Contains(err.Error(), "Atan, Cumprod") {
		t.Error(err)
	}
}

// TestGuide checks that the guide's snippets are parts of this file.
func TestGuide(t *testing.T) {
	src, err := os.ReadFile("guide_test.go")
	if err != nil {
		t.Fatal(err)
	}
	guide, err := os.ReadFile("../docs/tflite.md")
	if err != nil {
		t.Fatal(err)
	}
	indent := regexp.MustCompile(`(?m)^\s+`)
	tests := indent.ReplaceAllString(string(src), "")
	snippets := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(guide), -1)
	if len(snippets) < 9 {
		t.Errorf("found %d snippets", len(snippets))
	}
	for _, s := range snippets {
		if !strings.Contains(tests, indent.ReplaceAllString(s[1], "")) {
			t.Errorf("no test has the snippet\n%s", s[1])
		}
	}
}
