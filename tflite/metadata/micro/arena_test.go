package micro_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/metadata/micro"
)

const models = "../../../testdata/tflite"

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(models, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestEstimate compares with what tflite_micro 0.dev20261023182759 measures
// (scripts/peers/package_arena.py).
func TestEstimate(t *testing.T) {
	for _, tc := range []struct {
		model            string
		head, tail, size int // size: the smallest arena that it runs in
	}{
		{"branch.tflite", 80, 1680, 2696},
		{"conv.tflite", 2304, 1808, 4104},
		{"conv_int8.tflite", 576, 1952, 2624},
		{"loop.tflite", 144, 1632, 2792},
		{"mlp.tflite", 160, 1344, 1800},
	} {
		t.Run(tc.model, func(t *testing.T) {
			a, err := micro.Estimate(read(t, tc.model))
			if err != nil {
				t.Fatal(err)
			}
			if a.Planned != tc.head || a.Persistent != tc.tail || a.Total != tc.head+tc.tail || len(a.Guessed) != 0 {
				t.Errorf("%+v, want %d planned and %d persistent", a, tc.head, tc.tail)
			}
			if a.Reserve < tc.size || a.Reserve > tc.size+tc.size/10+64 {
				t.Errorf("reserve %d, it needs %d", a.Reserve, tc.size)
			}
		})
	}
}

func TestEstimateOther(t *testing.T) {
	a, err := micro.Estimate(read(t, "ops.tflite"))
	if err != nil || !strings.Contains(strings.Join(a.Guessed, " "), "ONE_HOT") {
		t.Errorf("%+v, %v, want ONE_HOT among the guessed", a, err)
	}
	if _, err := micro.Estimate(read(t, "strings.tflite")); !errors.Is(err, tf.InvalidArgument) || !strings.Contains(err.Error(), "STRING") {
		t.Errorf("strings: %v", err)
	}
	for model, want := range map[string]string{
		"wide_dynamic.tflite": "FULLY_CONNECTED of float32 int8 ", "wide_float16.tflite": "DEQUANTIZE of float16 -> float32 (2, ", "conv.tflite": "",
	} {
		a, err := micro.Estimate(read(t, model))
		if got := ""; err != nil {
			t.Error(err)
		} else if got = strings.Join(a.Refused, "; "); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s: refused %q, want %q", model, got, want)
		}
	}
	data := read(t, "conv.tflite")
	for n := 0; n < len(data); n += 7 {
		if _, err := micro.Estimate(data[:n]); !errors.Is(err, tf.DataLoss) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
}

func ExampleEstimate() {
	data, err := os.ReadFile("../../../testdata/tflite/conv_int8.tflite")
	if err != nil {
		fmt.Println(err)
		return
	}
	a, err := micro.Estimate(data)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(a.Planned, a.Persistent, a.Total)
	// Output: 576 1952 2528
}
