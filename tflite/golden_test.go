package tflite_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gotf/gotf/internal/leaktest"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

const models = "../testdata/tflite"

func TestMain(m *testing.M) {
	if _, err := tflite.Version(); errors.Is(err, tf.Unimplemented) {
		fmt.Println("skipped:", err)
		return
	}
	os.Exit(leaktest.Main(m))
}

// value is a tensor in golden.json.
type value struct {
	DType  string
	Shape  []int64
	Values json.RawMessage
}

func (v value) tensor(t *testing.T) *tf.Tensor {
	t.Helper()
	switch v.DType {
	case "float32":
		return decode[float32](t, v)
	case "float64":
		return decode[float64](t, v)
	case "int32":
		return decode[int32](t, v)
	case "int64":
		return decode[int64](t, v)
	case "int8":
		return decode[int8](t, v)
	case "uint8":
		var wide []uint16 // a []byte would be base64
		unmarshal(t, v.Values, &wide)
		narrow := make([]uint8, len(wide))
		for i, x := range wide {
			narrow[i] = uint8(x)
		}
		return tensor(t, narrow, v.Shape...)
	case "bool":
		return decode[bool](t, v)
	case "string":
		return decode[string](t, v)
	case "complex64":
		var parts []float32
		unmarshal(t, v.Values, &parts)
		var c []complex64
		for pair := range slices.Chunk(parts, 2) {
			c = append(c, complex(pair[0], pair[1]))
		}
		return tensor(t, c, v.Shape...)
	}
	t.Fatalf("golden dtype %q", v.DType)
	return nil
}

func decode[T tf.Element](t *testing.T, v value) *tf.Tensor {
	t.Helper()
	var data []T
	unmarshal(t, v.Values, &data)
	return tensor(t, data, v.Shape...)
}

func unmarshal(t *testing.T, raw []byte, to any) {
	t.Helper()
	if err := json.Unmarshal(raw, to); err != nil {
		t.Fatal(err)
	}
}

// tensor makes a tensor that the test closes.
func tensor[T tf.Element](t *testing.T, data []T, shape ...int64) *tf.Tensor {
	t.Helper()
	if shape == nil {
		shape = []int64{}
	}
	x, err := tf.NewTensor(data, shape...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

// load opens a model of testdata and an interpreter that the test closes.
func load(t testing.TB, file string, o *tflite.Options) *tflite.Interpreter {
	t.Helper()
	m, err := tflite.LoadModel(filepath.Join(models, file))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	it, err := tflite.NewInterpreter(m, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { it.Close() })
	return it
}

// TestGolden runs the models and compares with Python's interpreter.
func TestGolden(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(models, "golden.json"))
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Cases []struct {
			Model, Signature string
			Inputs, Outputs  map[string]value
		}
	}
	unmarshal(t, text, &golden)
	for _, o := range []tflite.Options{{}, {NoXNNPACK: true}, {Threads: 2}} {
		for _, c := range golden.Cases {
			t.Run(c.Model+"/"+c.Signature, func(t *testing.T) {
				it := load(t, c.Model, &o)
				inputs := map[string]*tf.Tensor{}
				for name, v := range c.Inputs {
					inputs[name] = v.tensor(t)
				}
				for range 2 { // the second time on used memory
					got, err := it.Run(context.Background(), c.Signature, inputs)
					if err != nil {
						t.Fatal(err)
					}
					if len(got) != len(c.Outputs) {
						t.Fatalf("%d outputs, want %d", len(got), len(c.Outputs))
					}
					for name, v := range c.Outputs {
						if got[name] == nil {
							t.Fatalf("no output %q", name)
						}
						compare(t, name, got[name], v.tensor(t))
						got[name].Close()
					}
				}
			})
		}
	}
}

// compare allows floats |got-want| <= 1e-5*(|want|+max|want|), int8 one step.
func compare(t *testing.T, name string, got, want *tf.Tensor) {
	t.Helper()
	if got.DType() != want.DType() || !got.Shape().Equal(want.Shape()) {
		t.Errorf("%s: %v, want %v", name, got, want)
		return
	}
	switch want.DType() {
	case tf.Float32:
		g, w := values[float32](t, got), values[float32](t, want)
		most := 0.0
		for _, x := range w {
			most = max(most, math.Abs(float64(x)))
		}
		for i := range w {
			if d := math.Abs(float64(g[i] - w[i])); !(d <= 1e-5*(math.Abs(float64(w[i]))+most)) {
				t.Errorf("%s[%d] = %v, want %v", name, i, g[i], w[i])
			}
		}
	case tf.Int8:
		g, w := values[int8](t, got), values[int8](t, want)
		for i := range w {
			if d := int(g[i]) - int(w[i]); d < -1 || d > 1 {
				t.Errorf("%s[%d] = %d, want %d", name, i, g[i], w[i])
			}
		}
	case tf.String:
		equal[string](t, name, got, want)
	case tf.Bool:
		equal[bool](t, name, got, want)
	case tf.Int32:
		equal[int32](t, name, got, want)
	case tf.Int64:
		equal[int64](t, name, got, want)
	default:
		t.Errorf("%s: no comparison of %v", name, want.DType())
	}
}

func equal[T tf.Element](t *testing.T, name string, got, want *tf.Tensor) {
	t.Helper()
	if g, w := values[T](t, got), values[T](t, want); !slices.Equal(g, w) {
		t.Errorf("%s = %v, want %v", name, g, w)
	}
}

func values[T tf.Element](t *testing.T, x *tf.Tensor) []T {
	t.Helper()
	v, err := tf.Values[T](x)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
