package convert_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
	"github.com/gotf/gotf/tflite"
	"github.com/gotf/gotf/tflite/convert"
)

// TestTraining converts a model with signatures to train it, and to save and
// restore what it has learnt, and trains it where it runs.
func TestTraining(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "model")
	exportTraining(t, dir)
	t.Run("own", func(t *testing.T) { trainLite(t, dir, &convert.Options{Signatures: []string{"infer", "train"}}) })
	t.Run("flex", func(t *testing.T) {
		if version, err := tf.Version(); err != nil || version != "2.18.0" {
			t.Skip("TensorFlow", version, "has no Flex delegate")
		}
		trainLite(t, dir, &convert.Options{SelectTFOps: true})
	})
}

func trainLite(t *testing.T, dir string, o *convert.Options) {
	data, err := convert.Convert(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
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
	x, y := column(t, []float32{1, 0, 0, 1, 1, 1, 2, 1}, 4, 2), column(t, []float32{3, -1, 2, 5}, 4, 1) // y = 3a - b
	if got := runLite(t, it, "infer", map[string]*tf.Tensor{"x": x}); got[0] != 0.5 || got[1] != -0.5 {
		t.Errorf("before training: %v, want 0.5 and -0.5 first", got)
	}
	var losses []float32
	for range 200 {
		losses = append(losses, runLite(t, it, "train", map[string]*tf.Tensor{"x": x, "y": y})[0])
	}
	if last := losses[len(losses)-1]; last > losses[0]/100 {
		t.Errorf("the loss went from %v to %v", losses[0], last)
	}
	learnt := runLite(t, it, "infer", map[string]*tf.Tensor{"x": x})
	if learnt[0] < 2.5 || learnt[1] > -0.5 {
		t.Errorf("after training: %v, want about 3 and -1 first", learnt)
	}
	if !o.SelectTFOps {
		return
	}
	path, err := tf.NewScalar(filepath.Join(t.TempDir(), "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	defer path.Close()
	file := map[string]*tf.Tensor{"checkpoint_path": path}
	runLite(t, it, "save", file)
	runLite(t, it, "train", map[string]*tf.Tensor{"x": x, "y": column(t, []float32{9, 9, 9, 9}, 4, 1)})
	if got := runLite(t, it, "infer", map[string]*tf.Tensor{"x": x}); slices.Equal(got, learnt) {
		t.Error("more training changes nothing")
	}
	runLite(t, it, "restore", file)
	if got := runLite(t, it, "infer", map[string]*tf.Tensor{"x": x}); !slices.Equal(got, learnt) {
		t.Errorf("restored: %v, want %v", got, learnt)
	}
}

// runLite runs a signature, and returns its only output if that is of numbers.
func runLite(t *testing.T, it *tflite.Interpreter, key string, inputs map[string]*tf.Tensor) (v []float32) {
	t.Helper()
	s, err := it.Signature(key)
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.Run(t.Context(), inputs)
	if err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	for _, o := range out {
		if o.DType() == tf.Float32 {
			v, err = tf.Values[float32](o)
		}
		o.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func column(t *testing.T, data []float32, shape ...int64) *tf.Tensor {
	t.Helper()
	x, err := tf.NewTensor(data, shape...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

func exportTraining(t *testing.T, dir string) {
	g, err := tf.NewGraph()
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	s := g.Scope()
	x := tf.Placeholder(s.Named("x"), tf.Float32, tf.Shape{4, 2})
	y := tf.Placeholder(s.Named("y"), tf.Float32, tf.Shape{4, 1})
	w, b := tf.NewVariable(s, "w", tf.Float32, tf.Shape{2, 1}), tf.NewVariable(s, "b", tf.Float32, tf.Shape{1})
	init := []tf.Output{w.Assign(s, tf.Const(s, []float32{0.5, -0.5}, 2, 1)), b.Assign(s, tf.Const(s, []float32{0}))}
	out := op.AddV2(s, op.MatMul(s, x, w.Read(s), nil), b.Read(s))
	loss := op.Mean(s, op.Square(s, op.Sub(s, out, y)), tf.Const(s, []int32{0, 1}), nil)
	var updates []tf.Output
	for i, d := range grad.Gradients(s, []tf.Output{loss}, []tf.Output{w.Handle(), b.Handle()}, nil) {
		updates = append(updates, []*tf.Variable{w, b}[i].AssignSub(s.After(loss), op.Mul(s, d, tf.ConstScalar(s, float32(0.1)))))
	}
	session, err := tf.NewSession(g, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	if _, err := session.Run(context.Background(), nil, nil, init...); err != nil {
		t.Fatal(err)
	}
	path := tf.Placeholder(s.Named("path"), tf.String, tf.Shape{})
	names := []string{"w", "b"}
	saved := op.Save(s, path, tf.Const(s, names), []tf.Output{w.Read(s), b.Read(s)})
	var restored []tf.Output
	for i, v := range []*tf.Variable{w, b} {
		value := op.Reshape(s, op.Restore(s, path, tf.ConstScalar(s, names[i]), tf.Float32, nil), tf.Const(s, []int64(v.Shape())))
		restored = append(restored, v.Assign(s, value))
	}
	checkpoint := map[string]tf.Output{"checkpoint_path": path}
	err = savedmodel.Export(t.Context(), dir, session, &savedmodel.ExportConfig{Signatures: map[string]savedmodel.Endpoints{
		"save":    {Inputs: checkpoint, Outputs: map[string]tf.Output{"path": op.Identity(s.After(saved), path)}},
		"restore": {Inputs: checkpoint, Outputs: map[string]tf.Output{"path": op.Identity(s.After(restored...), path)}},
		"infer":   {Inputs: map[string]tf.Output{"x": x}, Outputs: map[string]tf.Output{"output": out}},
		"train":   {Inputs: map[string]tf.Output{"x": x, "y": y}, Outputs: map[string]tf.Output{"loss": op.Identity(s.After(updates...), loss)}},
	}})
	if err != nil {
		t.Fatal(err)
	}
}
