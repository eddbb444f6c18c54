package micro_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/metadata/micro"
)

// TestCheck names what TFLM does not run; scripts/peers/package_arena.py agrees.
func TestCheck(t *testing.T) {
	for model, want := range map[string][]string{
		"conv.tflite": nil, "conv_int8.tflite": nil, "mlp.tflite": nil, "branch.tflite": nil, "loop.tflite": nil, "features/rnn.tflite": nil,
		"dynamic.tflite":         {`WHERE (makes tensor "PartitionedCall:1"): TFLM has no such operator`},
		"wide_dynamic.tflite":    {`FULLY_CONNECTED of float32 int8 - -> float32 (makes tensor "matmul;Relu"): TFLM wants weights of float32 here`},
		"wide_float16.tflite":    {`DEQUANTIZE of float16 -> float32 (2, the first makes tensor "tfl.dequantize"): TFLM has no float16`},
		"features/custom.tflite": {`MatrixSolve (makes tensor "PartitionedCall:0"): TFLM has no such custom operator`, `Atanh (makes`},
		"features/flex.tflite":   {`FlexAtan (makes tensor "Atan"): an operator of TensorFlow`, `FlexCumprod (makes`},
		"strings.tflite":         {`GATHER (2, the first makes tensor "PartitionedCall:1"): TFLM has no string`, `EQUAL (makes`},
		"signatures.tflite":      {`SUM (makes tensor "PartitionedCall_1:0"): TFLM crashes`},
	} {
		s, err := micro.Check(read(t, model))
		if err != nil {
			t.Errorf("%s: %v", model, err)
			continue
		}
		if idle := strings.Join(s.Idle, " "); idle != map[string]string{"signatures.tflite": "scale"}[model] {
			t.Errorf("%s: signatures that do not run: %q", model, idle)
		}
		bad := slices.Concat(s.Missing, s.Refused)
		if len(bad) != len(want) {
			t.Errorf("%s: %v, want %q", model, bad, want)
			continue
		}
		for i, o := range bad {
			if !strings.HasPrefix(o.String(), want[i]) || o.Advice == "" {
				t.Errorf("%s: %s, want %s", model, o, want[i])
			}
		}
		err = s.Err()
		if len(want) == 0 && err != nil || len(want) > 0 && (!errors.Is(err, tf.Unimplemented) || !strings.Contains(err.Error(), bad[0].Advice)) {
			t.Errorf("%s: %v", model, err)
		}
	}
}

// TestRefused has what types alone do not say.
func TestRefused(t *testing.T) {
	for model, want := range map[string]string{
		"lstm_peephole.tflite": "TFLM takes it only with all four gates, and without peepholes",
		"slice_5d.tflite":      "TFLM takes at most 4 dimensions here, the model has 5",
		"fill_dims.tflite":     `TFLM wants its input 0, "t0", to be a constant`,
	} {
		data, err := os.ReadFile("testdata/" + model)
		if err != nil {
			t.Fatal(err)
		}
		s, err := micro.Check(data)
		if err != nil || len(s.Refused) != 1 || !strings.HasPrefix(s.Refused[0].Reason, want) {
			t.Errorf("%s: %+v, %v, want %s", model, s, err, want)
		}
	}
}

// TestMissing tells what TFLM does not run, and what to do.
func TestMissing(t *testing.T) {
	data := read(t, "features/custom.tflite")
	src, err := micro.CSource(data, "m", "m.h")
	if err != nil || len(src.Support.Missing) != 2 || !src.Support.Missing[0].Custom || len(src.Arena.Guessed) != 2 {
		t.Fatalf("%+v, %v", src, err)
	}
	if err := src.Support.Err(); !errors.Is(err, tf.Unimplemented) || !strings.Contains(err.Error(), `AddCustom("Atanh", ...)`) {
		t.Errorf("err = %v", err)
	}
	s, err := micro.Check(read(t, "ops.tflite"))
	if err != nil || strings.Count(s.Err().Error(), "(") > 12 {
		t.Errorf("%v, %v: want an error that is short", err, s.Err())
	}
}

func ExampleCheck() {
	data, err := os.ReadFile("../../../testdata/tflite/dynamic.tflite")
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := micro.Check(data)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range s.Missing {
		fmt.Println(o.Name, o.Count, o.Advice)
	}
	// Output: WHERE 1 compute it outside the model, or from operators that TFLM has
}
