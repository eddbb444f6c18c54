package convert_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/convert"
	"google.golang.org/protobuf/proto"
)

const multi = "testdata/models/multi"

// edited is a copy of a model with a changed saved_model.pb.
func edited(t *testing.T, from string, edit func(dir string)) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "model")
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	edit(dir)
	return dir
}

func TestErrors(t *testing.T) {
	noSaver := edited(t, multi, func(dir string) {
		m, err := savedmodel.Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		m.MetaGraphs[0].SaverDef = nil
		raw, err := proto.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "saved_model.pb"), raw, 0o644); err != nil {
			t.Fatal(err)
		}
	})
	short := edited(t, multi, func(dir string) {
		if err := os.Truncate(filepath.Join(dir, "variables/variables.data-00000-of-00001"), 10); err != nil {
			t.Fatal(err)
		}
	})
	for _, tc := range []struct {
		name, dir string
		o         convert.Options
		want      string
		code      tf.Code
	}{
		{"no folder", "testdata/none", convert.Options{}, "there is no folder", tf.NotFound},
		{"no SavedModel", "testdata", convert.Options{}, "holds no SavedModel", tf.NotFound},
		{"tags", multi, convert.Options{Tags: []string{"gpu"}}, "no tag set 'gpu'; the SavedModel has 'serve'", tf.NotFound},
		{"signature", multi, convert.Options{Signatures: []string{"scal"}}, `no signature "scal", did you mean "scale"?`, tf.NotFound},
		{"signature twice", multi, convert.Options{Signatures: []string{"scale", "scale"}}, `"scale" is named twice`, tf.InvalidArgument},
		{"quantize", multi, convert.Options{Quantize: "int4"}, `Quantize is "int4", want "none", "dynamic", "float16" or "int8"`, tf.InvalidArgument},
		{"int16x8", multi, convert.Options{Quantize: "int16x8"}, "makes invalid models of it", tf.Unimplemented},
		{"no samples", multi, convert.Options{Quantize: convert.Int8}, "int8 needs samples to calibrate with", tf.InvalidArgument},
		{"samples for nothing", multi, convert.Options{Calibration: convert.Tensors("scale")}, `only Quantize "int8" calibrates`, tf.InvalidArgument},
		{"samples of nothing", multi, convert.Options{Quantize: convert.Int8, Calibration: convert.Tensors("scale")}, "there are no samples", tf.InvalidArgument},
		{"type", multi, convert.Options{InputType: tf.Int8}, `InputType is int8, which Quantize "int8" goes with`, tf.InvalidArgument},
		{"type of dynamic", multi, convert.Options{Quantize: convert.Dynamic, OutputType: tf.Int8}, `OutputType is int8, which Quantize "int8" goes with`, tf.InvalidArgument},
		{"type int16", multi, convert.Options{Quantize: convert.Int8, OutputType: tf.Int16}, "OutputType is int16, want float32, int8 or uint8", tf.InvalidArgument},
		{"lists", "../../savedmodel/testdata/gradients/gru", convert.Options{}, "known in advance (TensorList (functional_1/gru_1/TensorArrayV2, ", tf.Unimplemented},
		{"flex", "testdata/models/flex", convert.Options{}, "Cholesky (encoder/Cholesky, decoder/Cholesky): SelectTFOps", tf.Unimplemented},
		{"name of a variable", "../../savedmodel/testdata/names/clash", convert.Options{}, `signature "w" has the name of a variable`, tf.Unimplemented},
		{"no SaverDef", noSaver, convert.Options{}, "SaverDef", tf.FailedPrecondition},
		{"half the variables", short, convert.Options{}, "cut short or damaged", tf.DataLoss},
		{"operations", "../../savedmodel/testdata/multi", convert.Options{Signatures: []string{"text"}}, "TFLite has no kernel for ", tf.Unimplemented},
	} {
		t.Run(tc.name, func(t *testing.T) {
			model, err := convert.Convert(t.Context(), tc.dir, &tc.o)
			if model != nil || err == nil || !strings.Contains(err.Error(), tc.want) || !errors.Is(err, tc.code) || strings.Contains(err.Error(), "\n") {
				t.Errorf("err = %v, want %q and %v in one line", err, tc.want, tc.code)
			}
		})
	}
}

func TestSignatures(t *testing.T) {
	both, err := convert.Convert(t.Context(), multi, &convert.Options{Signatures: []string{"serving_default", "scale"}})
	if err != nil {
		t.Fatal(err)
	}
	all, err := convert.Convert(t.Context(), multi, nil)
	if err != nil {
		t.Fatal(err)
	}
	one, err := convert.Convert(t.Context(), multi, &convert.Options{Signatures: []string{"scale"}})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(both, all) || !bytes.Contains(all, []byte("serving_default")) {
		t.Error("no signatures named are not all of them, in the model's order")
	}
	if bytes.Contains(one, []byte("serving_default")) || !bytes.Contains(one, []byte("scale")) {
		t.Error("a signature not named was converted")
	}
}

// TestConcurrent converts on many goroutines, some of which fail.
func TestConcurrent(t *testing.T) {
	want, err := convert.Convert(t.Context(), multi, nil)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 5 {
				if i == 0 {
					if _, err := convert.Convert(context.Background(), "../../savedmodel/testdata/multi", &convert.Options{Signatures: []string{"text"}}); !errors.Is(err, tf.Unimplemented) {
						t.Errorf("err = %v, want %v", err, tf.Unimplemented)
					}
					continue
				}
				if got, err := convert.Convert(context.Background(), multi, nil); err != nil || !bytes.Equal(got, want) {
					t.Errorf("a conversion beside others differs (%v)", err)
				}
			}
		}()
	}
	wg.Wait()
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := convert.Convert(ctx, multi, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want %v", err, context.Canceled)
	}
	file := filepath.Join(t.TempDir(), "m.tflite")
	if _, err := convert.ConvertFile(ctx, multi, file, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want %v", err, context.Canceled)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a cancelled conversion wrote a file")
	}
}

func TestConvertFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "m.tflite")
	for _, q := range []convert.Quantize{convert.None, convert.Float16} { // the second replaces the first
		n, err := convert.ConvertFile(t.Context(), multi, file, &convert.Options{Quantize: q})
		if err != nil {
			t.Fatal(err)
		}
		want, err := convert.Convert(t.Context(), multi, &convert.Options{Quantize: q})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) || n != int64(len(got)) {
			t.Errorf("the file holds %d bytes, want %d (%v)", len(got), len(want), err)
		}
	}
	for to, code := range map[string]tf.Code{filepath.Join(file, "m.tflite"): tf.InvalidArgument, dir: tf.InvalidArgument} {
		if _, err := convert.ConvertFile(t.Context(), multi, to, nil); !errors.Is(err, code) || !strings.Contains(err.Error(), "write "+to) {
			t.Errorf("to %s: err = %v, want %v", to, err, code)
		}
	}
	deep := filepath.Join(dir, "a", "b", "m.tflite")
	if _, err := convert.ConvertFile(t.Context(), multi, deep, &convert.Options{Signatures: []string{"none"}}); !errors.Is(err, tf.NotFound) {
		t.Errorf("err = %v", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left %v", entries)
	}
	if n, err := convert.ConvertFile(t.Context(), multi, deep, nil); err != nil || n == 0 {
		t.Errorf("to a new folder: %d bytes, %v", n, err)
	}
}
