package checkpoint_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/leaktest"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/checkpoint"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Main(m)) }

var ctx = context.Background()

func entry[T tf.Element](t testing.TB, key string, data []T, shape ...int64) checkpoint.Entry {
	t.Helper()
	v, err := tf.NewTensor(data, shape...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	return checkpoint.Entry{Key: key, Value: v}
}

func TestWriteRead(t *testing.T) {
	prefix := filepath.Join(t.TempDir(), "a b", "ckpt-1")
	if err := os.MkdirAll(filepath.Dir(prefix), 0o777); err != nil {
		t.Fatal(err)
	}
	entries := []checkpoint.Entry{
		entry(t, "w", []float32{1, 2, 3, 4, 5, 6}, 2, 3),
		entry(t, "n", []int64{7}),
		entry(t, "text", []string{"one", "", "three"}),
		entry(t, "flag", []bool{true, false}),
		entry(t, "none", []float64{}, 0, 4),
	}
	for range 2 { // the second replaces the first
		if err := checkpoint.Write(ctx, prefix, entries); err != nil {
			t.Fatal(err)
		}
	}
	var want []tf.TensorSpec
	for _, e := range entries {
		want = append(want, tf.TensorSpec{Name: e.Key, DType: e.Value.DType(), Shape: e.Value.Shape()})
	}
	got, err := checkpoint.Read(ctx, prefix, want...)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range entries {
		defer got[i].Close()
		if text(t, got[i]) != text(t, e.Value) {
			t.Errorf("%s: read %s, want %s", e.Key, text(t, got[i]), text(t, e.Value))
		}
	}
	if names := list(t, filepath.Dir(prefix)); !slices.Equal(names, []string{"ckpt-1.data-00000-of-00001", "ckpt-1.index"}) {
		t.Errorf("the folder holds %v", names)
	}
}

// text is a tensor's type, shape and values.
func text(t *testing.T, x *tf.Tensor) string {
	t.Helper()
	if x.DType() == tf.String {
		v, err := tf.Values[string](x)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%v %q", x, v)
	}
	b, err := x.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%v %x", x, b)
}

func list(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// wrong fails unless err is one line that says want and has the code.
func wrong(t *testing.T, err error, want string, code tf.Code) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
		t.Fatalf("err = %v, want one line with %q", err, want)
	}
	if !errors.Is(err, code) {
		t.Errorf("err = %v, want code %v", err, code)
	}
}

func TestReadErrors(t *testing.T) {
	dir := t.TempDir()
	good, damaged := filepath.Join(dir, "good"), filepath.Join(dir, "damaged")
	if err := checkpoint.Write(ctx, good, []checkpoint.Entry{entry(t, "w", []float32{1, 2})}); err != nil {
		t.Fatal(err)
	}
	for _, ending := range []string{".index", ".data-00000-of-00001"} {
		if err := os.WriteFile(damaged+ending, []byte("no checkpoint"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	done, cancel := context.WithCancel(ctx)
	cancel()
	spec := tf.TensorSpec{Name: "w", DType: tf.Float32}
	for _, tc := range []struct {
		name, prefix string
		ctx          context.Context
		spec         tf.TensorSpec
		want         string
		code         tf.Code
	}{
		{"missing", filepath.Join(dir, "gone"), ctx, spec, "gone.index: not found: no such file", tf.NotFound},
		{"damaged", damaged, ctx, spec, "damaged", tf.DataLoss},
		{"no such key", good, ctx, tf.TensorSpec{Name: "v", DType: tf.Float32}, `it holds no "v" (float32 <unknown>), did you mean "w"?`, tf.NotFound},
		{"other type", good, ctx, tf.TensorSpec{Name: "w", DType: tf.Int32}, "w", tf.InvalidArgument},
		{"other shape", good, ctx, tf.TensorSpec{Name: "w", DType: tf.Float32, Shape: tf.Shape{3}}, `key "w" has shape (2,), want (3,)`, tf.InvalidArgument},
		{"cancelled", good, done, spec, "context canceled", tf.Cancelled},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := checkpoint.Read(tc.ctx, tc.prefix, tc.spec)
			wrong(t, err, tc.want, tc.code)
		})
	}
	_, err := checkpoint.Latest(dir)
	wrong(t, err, "no such file", tf.NotFound)
}

func TestWriteErrors(t *testing.T) {
	dir := t.TempDir()
	good := filepath.Join(dir, "good")
	w := entry(t, "w", []float32{1, 2})
	if err := checkpoint.Write(ctx, good, []checkpoint.Entry{w}); err != nil {
		t.Fatal(err)
	}
	done, cancel := context.WithCancel(ctx)
	cancel()
	closed, err := tf.NewTensor([]float32{1})
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	write := func(ctx context.Context, prefix string, e ...checkpoint.Entry) func() error {
		return func() error { return checkpoint.Write(ctx, prefix, e) }
	}
	spec := tf.TensorSpec{Name: "w", DType: tf.Float32}
	for _, tc := range []struct {
		name string
		do   func() error
		want string
		code tf.Code
	}{
		{"cancelled", write(done, good, w), "context canceled", tf.Cancelled},
		{"nothing", write(ctx, good), "nothing to write", tf.InvalidArgument},
		{"no value", write(ctx, good, checkpoint.Entry{Key: "w"}), `key "w" has no value`, tf.InvalidArgument},
		{"closed value", write(ctx, good, checkpoint.Entry{Key: "w", Value: closed}), "closed", tf.FailedPrecondition},
		{"twice", write(ctx, good, w, w), "w", tf.InvalidArgument},
		{"no value in no folder", write(ctx, filepath.Join(dir, "no", "such", "c"), checkpoint.Entry{Key: "w"}), "no value", tf.InvalidArgument},
		{"folder is a file", write(ctx, filepath.Join(good+".index", "c"), w), "not a folder", tf.InvalidArgument},
	} {
		t.Run(tc.name, func(t *testing.T) {
			wrong(t, tc.do(), tc.want, tc.code)
		})
	}
	if got, err := checkpoint.Read(ctx, good, spec); err != nil {
		t.Errorf("the checkpoint is gone after failed writes: %v", err)
	} else {
		got[0].Close()
	}
	if names := list(t, dir); len(names) != 2 {
		t.Errorf("failed writes left files: %v", names)
	}
}

func TestManager(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "checkpoints")
	m := &checkpoint.Manager{Dir: dir}
	for n := 1; n <= 5; n++ {
		prefix, err := m.Save(ctx, n, []checkpoint.Entry{entry(t, "n", []int64{int64(n)})})
		if err != nil {
			t.Fatal(err)
		}
		if want := filepath.Join(dir, fmt.Sprintf("ckpt-%d", n)); prefix != want {
			t.Errorf("prefix %q, want %q", prefix, want)
		}
		latest, err := checkpoint.Latest(dir)
		if err != nil || latest != prefix {
			t.Errorf("latest is %q, %v; want %q", latest, err, prefix)
		}
	}
	want := []string{"checkpoint"}
	for _, n := range []string{"3", "4", "5"} {
		want = append(want, "ckpt-"+n+".data-00000-of-00001", "ckpt-"+n+".index")
	}
	if names := list(t, dir); !slices.Equal(names, want) {
		t.Errorf("the folder holds %v, want %v", names, want)
	}
	m = &checkpoint.Manager{Dir: dir, Keep: 1} // another run goes on
	if _, err := m.Save(ctx, 6, []checkpoint.Entry{entry(t, "n", []int64{6})}); err != nil {
		t.Fatal(err)
	}
	if names := list(t, dir); len(names) != 3 {
		t.Errorf("Keep 1 leaves %v", names)
	}
}

// TestLatest reads state files as Python writes them.
func TestLatest(t *testing.T) {
	for _, tc := range []struct {
		name, state, want string // want is a name in the folder, or the error
	}{
		{"python", "model_checkpoint_path: \"ckpt-2\"\nall_model_checkpoint_paths: \"ckpt-1\"\nall_model_checkpoint_paths: \"ckpt-2\"\nall_model_checkpoint_timestamps: 1.5\nall_model_checkpoint_timestamps: 2.5\nlast_preserved_timestamp: 0.5\n", "ckpt-2"},
		{"only the latest", "model_checkpoint_path: 'ckpt-2'", "ckpt-2"},
		{"not the last", "model_checkpoint_path: \"ckpt-1\"\nall_model_checkpoint_paths: \"ckpt-1\"\nall_model_checkpoint_paths: \"ckpt-2\"", "ckpt-1"},
		{"escaped", `model_checkpoint_path: "a\"b\\c"`, `a"b\c`},
		{"empty", "", "names none"},
		{"damaged", "model_checkpoint_path: ckpt", "line 1: expected a quoted name, got ckpt"},
		{"gone", `model_checkpoint_path: "ckpt-9"`, "no such file"},
		{"long", `model_checkpoint_path: "` + strings.Repeat("long", 5000) + `"`, `…long`},
		{"long and damaged", "model_checkpoint_path: " + strings.Repeat("long", 5000), `…long`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, name := range []string{"ckpt-1", "ckpt-2", `a"b\c`} {
				if err := os.WriteFile(filepath.Join(dir, name+".index"), nil, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.WriteFile(filepath.Join(dir, "checkpoint"), []byte(tc.state), 0o666); err != nil {
				t.Fatal(err)
			}
			got, err := checkpoint.Latest(dir)
			if err != nil && !strings.Contains(err.Error(), tc.want) || err == nil && got != filepath.Join(dir, tc.want) {
				t.Errorf("got %q, %v; want %q", got, err, tc.want)
			}
			if err != nil && len(err.Error()) > 500 {
				t.Errorf("%d bytes of error", len(err.Error()))
			}
		})
	}
}

func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	w, err := tf.NewTensor([]float32{1, 2, 3})
	if err != nil {
		panic(err)
	}
	defer w.Close()

	m := &checkpoint.Manager{Dir: dir}
	if _, err := m.Save(context.Background(), 1, []checkpoint.Entry{{Key: checkpoint.Key("w"), Value: w}}); err != nil {
		panic(err)
	}
	prefix, err := checkpoint.Latest(dir)
	if err != nil {
		panic(err)
	}
	back, err := checkpoint.Read(context.Background(), prefix, tf.TensorSpec{Name: checkpoint.Key("w"), DType: tf.Float32})
	if err != nil {
		panic(err)
	}
	defer back[0].Close()
	values, _ := tf.Values[float32](back[0])
	fmt.Println(filepath.Base(prefix), values)
	// Output: ckpt-1 [1 2 3]
}
