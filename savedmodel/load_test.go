package savedmodel_test

import (
	"bytes"
	"context"
	"errors"
	"google.golang.org/protobuf/encoding/prototext"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	attrpb "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	"google.golang.org/protobuf/proto"
)

type goldenCase struct {
	Name, Dir, Signature  string
	Tags, Inputs, Outputs []string
	Strings               map[string]struct {
		Shape  []int64
		Values []string
	}
}

// TestPython runs models that Python wrote and compares with what they gave there.
func TestPython(t *testing.T) {
	arrays := golden.Load(t, "testdata/values.safetensors.gz")
	for _, c := range golden.Cases[goldenCase](t, "testdata/values.json") {
		t.Run(c.Name, func(t *testing.T) {
			m, err := savedmodel.Load(filepath.Join("testdata", c.Dir), &savedmodel.LoadConfig{Tags: c.Tags})
			if err != nil {
				t.Fatal(err)
			}
			defer m.Close()
			in := map[string]*tf.Tensor{}
			defer closeAll(in)
			for _, name := range c.Inputs {
				if s, ok := c.Strings["in/"+name]; ok {
					in[name], err = tf.NewTensor(s.Values, s.Shape...)
				} else {
					in[name], err = toTensor(arrays[c.Name+"/in/"+name])
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			out, err := m.Call(t.Context(), c.Signature, in)
			if err != nil {
				t.Fatal(err)
			}
			defer closeAll(out)
			if len(out) != len(c.Outputs) {
				t.Errorf("%d outputs, want %v", len(out), c.Outputs)
			}
			for _, name := range c.Outputs {
				if s, ok := c.Strings["out/"+name]; ok {
					if got, err := tf.Values[string](out[name]); err != nil || !slices.Equal(got, s.Values) || !slices.Equal(out[name].Shape(), s.Shape) {
						t.Errorf("%s = %q %v (%v), want %q %v", name, got, out[name].Shape(), err, s.Values, s.Shape)
					}
					continue
				}
				compare(t, name, out[name], arrays[c.Name+"/out/"+name])
			}
		})
	}
}

var dtypes = map[string]tf.DType{"F32": tf.Float32, "I32": tf.Int32, "I64": tf.Int64, "BOOL": tf.Bool}

func toTensor(a golden.Tensor) (*tf.Tensor, error) { return tf.NewRaw(dtypes[a.DType], a.Shape, a.Raw) }

// compare checks one output: floats to the project's rule, others exactly.
func compare(t *testing.T, name string, got *tf.Tensor, want golden.Tensor) {
	t.Helper()
	if got.DType() != dtypes[want.DType] || !slices.Equal(got.Shape(), want.Shape) {
		t.Errorf("%s is %v, want %s %v", name, got, want.DType, want.Shape)
		return
	}
	if got.DType() != tf.Float32 {
		if raw, _ := got.Bytes(); !bytes.Equal(raw, want.Raw) {
			t.Errorf("%s differs", name)
		}
		return
	}
	g, _ := tf.Values[float32](got)
	w, err := want.Float32()
	if err == nil {
		err = golden.Near(g, w, 1e-5)
	}
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

func TestSignatures(t *testing.T) {
	m, err := savedmodel.Load("testdata/multi", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	var keys []string
	for _, s := range m.Signatures() {
		keys = append(keys, s.Key)
	}
	if want := []string{"lookup", "serving_default", "text"}; !slices.Equal(keys, want) {
		t.Errorf("signatures %v, want %v", keys, want)
	}
	s, err := m.Signature("serving_default")
	if err != nil {
		t.Fatal(err)
	}
	a := s.Inputs[0]
	if s.Method != savedmodel.Predict || a.Name != "a" || a.DType != tf.Float32 || !a.Shape.Equal(tf.Shape{-1, 3}) || a.Optional {
		t.Errorf("signature %+v", s)
	}
}

func TestCallErrors(t *testing.T) {
	m, err := savedmodel.Load("testdata/multi", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	a, b := ramp(t, 2, 3), tensor(t, []int64{1, 2}, 2)
	for _, tc := range []struct {
		name, signature string
		in              map[string]*tf.Tensor
		want            string
		code            tf.Code
	}{
		{"signature", "serving_defalt", nil, `no signature "serving_defalt", did you mean "serving_default"?`, tf.NotFound},
		{"missing", "serving_default", map[string]*tf.Tensor{"a": a}, `input "b" (int64 (None,)) is missing`, tf.InvalidArgument},
		{"nil", "serving_default", map[string]*tf.Tensor{"a": a, "b": nil}, `input "b" (int64 (None,)) is missing`, tf.InvalidArgument},
		{"misspelt", "lookup", map[string]*tf.Tensor{"word": a}, `no input "word", did you mean "words"?`, tf.InvalidArgument},
		{"too many", "serving_default", map[string]*tf.Tensor{"a": a, "b": b, "c": b}, `no input "c"`, tf.InvalidArgument},
		{"dtype", "serving_default", map[string]*tf.Tensor{"a": b, "b": b}, `input "a" takes float32 (None, 3), got int64 (2,)`, tf.InvalidArgument},
		{"shape", "serving_default", map[string]*tf.Tensor{"a": ramp(t, 2, 4), "b": b}, `input "a" takes shape (None, 3), got (2, 4)`, tf.InvalidArgument},
		{"rank", "serving_default", map[string]*tf.Tensor{"a": ramp(t, 3), "b": b}, `input "a" takes shape (None, 3), got (3,)`, tf.InvalidArgument},
		{"in the graph", "serving_default", map[string]*tf.Tensor{"a": ramp(t, 5, 3), "b": b}, `run session`, tf.InvalidArgument},
	} {
		t.Run(tc.name, func(t *testing.T) {
			out, err := m.Call(t.Context(), tc.signature, tc.in)
			if out != nil || err == nil || !strings.Contains(err.Error(), tc.want) || !errors.Is(err, tc.code) || strings.Contains(err.Error(), "\n") {
				t.Errorf("err = %v, want %q and %v in one line", err, tc.want, tc.code)
			}
		})
	}
}

func tensor[T tf.Element](t *testing.T, data []T, shape ...int64) *tf.Tensor {
	t.Helper()
	x, err := tf.NewTensor(data, shape...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

func TestLoadErrors(t *testing.T) {
	for _, tc := range []struct {
		name   string
		from   string
		damage func(t *testing.T, dir string)
		tags   []string
		want   string
		code   tf.Code
	}{
		{"no folder", "multi", func(t *testing.T, dir string) { must(t, os.RemoveAll(dir)) }, nil, "there is no folder", tf.NotFound},
		{"no saved_model.pb", "multi", func(t *testing.T, dir string) { remove(t, dir, "saved_model.pb") }, nil, "saved_model.pb: not found: the folder holds no SavedModel", tf.NotFound},
		{"cut short", "multi", func(t *testing.T, dir string) { truncate(t, dir, "saved_model.pb", 0.5) }, nil, "saved_model.pb: data loss: not a SavedModel", tf.DataLoss},
		{"empty", "multi", func(t *testing.T, dir string) { truncate(t, dir, "saved_model.pb", 0) }, nil, "holds no MetaGraph", tf.DataLoss},
		{"tags", "tf1", nil, []string{"serve", "gpu"}, `no tag set 'gpu,serve'; the SavedModel has 'serve', 'extra,serve'`, tf.NotFound},
		{"no variables", "keras", func(t *testing.T, dir string) { must(t, os.RemoveAll(filepath.Join(dir, "variables"))) }, nil, "variables.index: not found", tf.NotFound},
		{"no data", "keras", func(t *testing.T, dir string) { remove(t, dir, "variables/variables.data-00000-of-00001") }, nil, "variables.data-00000-of-00001: not found", tf.NotFound},
		{"half an index", "keras", func(t *testing.T, dir string) { truncate(t, dir, "variables/variables.index", 0.5) }, nil, "variables.index: data loss", tf.DataLoss},
		{"half the data", "keras", func(t *testing.T, dir string) { truncate(t, dir, "variables/variables.data-00000-of-00001", 0.5) }, nil, "variables.data-00000-of-00001: data loss: the values of the variables are cut short", tf.DataLoss},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "model")
			must(t, os.CopyFS(dir, os.DirFS(filepath.Join("testdata", tc.from))))
			if tc.damage != nil {
				tc.damage(t, dir)
			}
			m, err := savedmodel.Load(dir, &savedmodel.LoadConfig{Tags: tc.tags})
			if m != nil || err == nil || !strings.Contains(err.Error(), tc.want) || !errors.Is(err, tc.code) || strings.Contains(err.Error(), "\n") {
				t.Errorf("err = %v, want %q and %v in one line", err, tc.want, tc.code)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, dir, file string) { t.Helper(); must(t, os.Remove(filepath.Join(dir, file))) }

func truncate(t *testing.T, dir, file string, share float64) {
	t.Helper()
	path := filepath.Join(dir, file)
	info, err := os.Stat(path)
	must(t, err)
	must(t, os.Truncate(path, int64(share*float64(info.Size()))))
}

// TestNoSaver takes the SaverDef away: the values could not be restored.
func TestNoSaver(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "model")
	must(t, os.CopyFS(dir, os.DirFS("testdata/keras")))
	sm, err := savedmodel.Read(dir)
	must(t, err)
	sm.MetaGraphs[0].SaverDef = nil
	raw, err := proto.Marshal(sm)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "saved_model.pb"), raw, 0o644))
	if _, err := savedmodel.Load(dir, nil); !errors.Is(err, tf.FailedPrecondition) || !strings.Contains(err.Error(), "SaverDef") {
		t.Errorf("err = %v, want it to name the SaverDef", err)
	}
}

// TestCallsNotInlined runs functions that the optimiser leaves in place. The
// single-threaded executor waits for them, which must not wait for ever.
func TestCallsNotInlined(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "model")
	must(t, os.CopyFS(dir, os.DirFS("testdata/keras")))
	sm, err := savedmodel.Read(dir)
	must(t, err)
	for _, f := range sm.MetaGraphs[0].GraphDef.Library.Function {
		f.Attr["_noinline"] = &attrpb.AttrValue{Value: &attrpb.AttrValue_B{B: true}}
	}
	raw, err := proto.Marshal(sm)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "saved_model.pb"), raw, 0o644))
	m, err := savedmodel.Load(dir, nil)
	must(t, err)
	defer m.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	out, err := m.Call(ctx, savedmodel.ServingDefault, map[string]*tf.Tensor{"input_layer": ramp(t, 1, 8, 8, 1)})
	must(t, err)
	closeAll(out)
}

func TestConcurrentCalls(t *testing.T) {
	m, err := savedmodel.Load("testdata/keras", nil)
	must(t, err)
	defer m.Close()
	x := map[string]*tf.Tensor{"input_layer": ramp(t, 4, 8, 8, 1)}
	want, err := m.Call(t.Context(), savedmodel.ServingDefault, x)
	must(t, err)
	expected := floats(t, want["output_0"])
	var wg sync.WaitGroup
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 50 {
				out, err := m.Call(context.Background(), savedmodel.ServingDefault, x)
				if err != nil {
					t.Error(err)
					return
				}
				got, err := tf.Values[float32](out["output_0"])
				closeAll(out)
				if err != nil || !slices.Equal(got, expected) {
					t.Errorf("got %v (%v), want %v", got, err, expected)
					return
				}
			}
		}()
	}
	wg.Wait()
}

func TestCloseDuringCalls(t *testing.T) {
	m, err := savedmodel.Load("testdata/keras", nil)
	must(t, err)
	x := map[string]*tf.Tensor{"input_layer": ramp(t, 64, 8, 8, 1)}
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				out, err := m.Call(context.Background(), savedmodel.ServingDefault, x)
				closeAll(out)
				if err != nil {
					if !errors.Is(err, tf.FailedPrecondition) && !errors.Is(err, tf.Cancelled) {
						t.Errorf("err = %v after Close", err)
					}
					return
				}
			}
		}()
	}
	must(t, m.Close())
	must(t, m.Close())
	wg.Wait()
}

// TestLoadText loads a model whose description is text.
func TestLoadText(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/multi")); err != nil {
		t.Fatal(err)
	}
	m, err := savedmodel.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	text, err := prototext.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "saved_model.pbtxt"), text, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "saved_model.pb")); err != nil {
		t.Fatal(err)
	}
	loaded, err := savedmodel.Load(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer loaded.Close()
	if got, want := len(loaded.Signatures()), len(m.MetaGraphs[0].SignatureDef); got == 0 || got > want {
		t.Errorf("%d signatures, want %d", got, want)
	}
}
