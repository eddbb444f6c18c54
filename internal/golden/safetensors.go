package golden

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"testing"
)

// Tensor is one array of a golden file.
type Tensor struct {
	DType string  // "F32", "F64", "I8" to "I64", "U8" to "U64", "BOOL"
	Shape []int64 // empty for a scalar
	Raw   []byte  // row-major, little-endian
}

// Load reads the arrays of a .safetensors.gz file that a script of
// scripts/golden wrote, by name. It ends the test when that fails.
func Load(t testing.TB, path string) map[string]Tensor {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	arrays, err := parse(data)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return arrays
}

// Cases reads the "cases" of the .json file that goes with a .safetensors.gz
// file. It ends the test when that fails or when there are none.
func Cases[C any](t testing.TB, path string) []C {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Cases []C `json:"cases"`
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if len(doc.Cases) == 0 {
		t.Fatalf("%s: no cases", path)
	}
	return doc.Cases
}

// parse cuts a safetensors file into its arrays, which share data.
func parse(data []byte) (map[string]Tensor, error) {
	if len(data) < 8 {
		return nil, fmt.Errorf("safetensors: want a header of 8 bytes, got %d", len(data))
	}
	n := binary.LittleEndian.Uint64(data)
	if data = data[8:]; n > uint64(len(data)) {
		return nil, fmt.Errorf("safetensors: header of %d bytes in a file of %d", n, len(data))
	}
	var header map[string]struct {
		DType   string   `json:"dtype"`
		Shape   []int64  `json:"shape"`
		Offsets [2]int64 `json:"data_offsets"`
	}
	if err := json.Unmarshal(data[:n], &header); err != nil {
		return nil, fmt.Errorf("safetensors: header: %w", err)
	}
	data = data[n:]
	arrays := make(map[string]Tensor, len(header))
	for name, h := range header {
		from, to := h.Offsets[0], h.Offsets[1]
		if from < 0 || from > to || to > int64(len(data)) {
			return nil, fmt.Errorf("safetensors: %s: bytes %d to %d of %d", name, from, to, len(data))
		}
		arrays[name] = Tensor{h.DType, h.Shape, data[from:to]}
	}
	return arrays, nil
}

// Float32 copies the values of an F32 array out.
func (a Tensor) Float32() ([]float32, error) { return values[float32](a, "F32") }

// Float64 copies the values of an F64 or F32 array out.
func (a Tensor) Float64() ([]float64, error) {
	if a.DType != "F32" {
		return values[float64](a, "F64")
	}
	single, err := a.Float32()
	wide := make([]float64, len(single))
	for i, v := range single {
		wide[i] = float64(v)
	}
	return wide, err
}

// Int32 copies the values of an I32 array out.
func (a Tensor) Int32() ([]int32, error) { return values[int32](a, "I32") }

// Int64 copies the values of an I64 array out.
func (a Tensor) Int64() ([]int64, error) { return values[int64](a, "I64") }

// Bool copies the values of a BOOL array out.
func (a Tensor) Bool() ([]bool, error) { return values[bool](a, "BOOL") }

func values[T any](a Tensor, dtype string) ([]T, error) {
	if a.DType != dtype {
		return nil, fmt.Errorf("golden: array is %s, want %s", a.DType, dtype)
	}
	n := int64(1)
	for _, d := range a.Shape {
		n *= d
	}
	out := make([]T, n)
	if err := binary.Read(bytes.NewReader(a.Raw), binary.LittleEndian, out); err != nil {
		return nil, fmt.Errorf("golden: %s array of shape %v in %d bytes: %w", dtype, a.Shape, len(a.Raw), err)
	}
	return out, nil
}

// Near says where got differs from want by more than
// tolerance*(|want| + max|want|), or returns nil. The project's tolerance is
// 1e-5 in float32 and 1e-12 in float64.
func Near[T float32 | float64](got, want []T, tolerance float64) error {
	if len(got) != len(want) {
		return fmt.Errorf("%d values, want %d", len(got), len(want))
	}
	var most float64
	for _, w := range want {
		if !math.IsInf(float64(w), 0) {
			most = max(most, math.Abs(float64(w)))
		}
	}
	for i, w := range want {
		g, w := float64(got[i]), float64(w)
		if g != w && (math.IsInf(w, 0) || !(math.Abs(g-w) <= tolerance*(math.Abs(w)+most))) {
			return fmt.Errorf("value %d is %g, want %g within %g (largest %g)", i, g, w, tolerance, most)
		}
	}
	return nil
}
