package savedmodel_test

import (
	"archive/zip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/control"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// objectCases are models of different shapes.
func objectCases(t *testing.T) map[string]objectCase {
	x := func(shape ...int64) map[string]*tf.Tensor { return map[string]*tf.Tensor{"x": ramp(t, shape...)} }
	words := map[string]*tf.Tensor{"words": tensor(t, []string{"two", "none", "one", "three"}, 2, 2)}
	return map[string]objectCase{
		"mlp":      {make: smallMLP, inputs: x(5, 4), trainable: "hidden/kernel,hidden/bias,out/kernel,out/bias"},
		"bn":       {make: convBN, inputs: x(2, 8, 8, 1), trainable: "conv/kernel,bn/gamma,bn/beta,out/kernel", frozen: "bn/mean,bn/variance,steps"},
		"words":    {make: wordModel(""), inputs: words, trainable: "embedding/table", skip: "layer,tflite"},
		"file":     {make: wordModel("file"), inputs: words, trainable: "embedding/table", skip: "layer,tflite"},
		"mutable":  {make: wordModel("mutable"), inputs: words, trainable: "embedding/table", skip: "layer,tflite"},
		"infer":    {make: trainable, signature: "infer", inputs: x(5, 4), trainable: "w,b", skip: "main"},
		"train":    {make: trainable, signature: "train", inputs: map[string]*tf.Tensor{"x": ramp(t, 5, 4), "y": ramp(t, 5, 2)}, trainable: "w,b", trains: "loss", skip: "call,main,gradient,tune,layer,tflite"},
		"two":      {make: twoInputs, inputs: map[string]*tf.Tensor{"a": ramp(t, 3), "z": ramp(t, 3)}, skip: "gradient,tune,layer"},
		"loop":     {make: loopModel, inputs: x(3, 4), trainable: "w", skip: "tflite"},
		"branch":   {make: branchModel, inputs: x(3, 4), trainable: "w"},
		"function": {make: functionModel, inputs: x(3, 4), trainable: "w"},
		"constant": {make: constantModel, inputs: x(3, 4), trainable: "w", skip: "layer"},
		"names":    {make: oddNames, signature: "my sig/1", inputs: map[string]*tf.Tensor{"the in:put": ramp(t, 3, 4), "2nd": ramp(t, 3, 4)}, trainable: "x____model/k___,v.a/..,signatures,serve/__call__", skip: "call,layer,save,tune"},
		"asset":    {make: assetModel, inputs: x(2), skip: "gradient,tune,layer,tflite"},
	}
}

func serving(in, out map[string]tf.Output) *savedmodel.ExportConfig {
	return &savedmodel.ExportConfig{Signatures: map[string]savedmodel.Endpoints{savedmodel.ServingDefault: {Inputs: in, Outputs: out}}}
}

func one(m *graphModel) *savedmodel.ExportConfig {
	return serving(map[string]tf.Output{"x": m.x}, map[string]tf.Output{"y": m.y})
}

func smallMLP(t testing.TB) (*graphModel, *savedmodel.ExportConfig) {
	m := newModel(t)
	m.x = tf.Placeholder(m.scope.Named("x"), tf.Float32, tf.Shape{-1, 4})
	m.y = m.dense(op.Tanh(m.scope, m.dense(m.x, "hidden", 4, 8)), "out", 8, 3)
	return m.start(t), one(m)
}

// convBN has variables that are not to be trained, and one that cannot be.
func convBN(t testing.TB) (*graphModel, *savedmodel.ExportConfig) {
	m := newModel(t)
	s := m.scope
	m.x = tf.Placeholder(s.Named("x"), tf.Float32, tf.Shape{-1, 8, 8, 1})
	h := op.Conv2D(s, m.x, m.weight("conv/kernel", 3, 3, 1, 4), []int64{1, 1, 1, 1}, "SAME", nil)
	gamma, beta, mean := m.weight("bn/gamma", 4), m.weight("bn/beta", 4), m.weight("bn/mean", 4)
	variance := tf.NewVariable(s, "bn/variance", tf.Float32, tf.Shape{4})
	steps := tf.NewVariable(s, "steps", tf.Int64, tf.Shape{})
	m.inits = append(m.inits, variance.Assign(s, tf.Const(s, []float32{1, 2, 3, 4})), steps.Assign(s, tf.ConstScalar(s, int64(7))))
	scale := op.Mul(s, gamma, op.Rsqrt(s, op.AddV2(s, variance.Read(s), tf.ConstScalar(s, float32(1e-3)))))
	h = op.AddV2(s, op.Mul(s, op.Sub(s, h, mean), scale), beta)
	h = op.Mean(s, op.Tanh(s, h), tf.Const(s, []int32{1, 2}), nil)
	m.y = op.MatMul(s, h, m.weight("out/kernel", 4, 2), nil)
	m.start(t)
	cfg := one(m)
	for _, v := range m.vars {
		cfg.Variables = append(cfg.Variables, savedmodel.Variable{Handle: v.Handle(), Frozen: v.Name() == "bn/mean"})
	}
	cfg.Variables = append(cfg.Variables, savedmodel.Variable{Handle: variance.Handle(), Frozen: true}, savedmodel.Variable{Handle: steps.Handle()})
	return m, cfg
}

// wordModel looks words up in a table and gives the means of their vectors.
func wordModel(kind string) func(testing.TB) (*graphModel, *savedmodel.ExportConfig) {
	return func(t testing.TB) (*graphModel, *savedmodel.ExportConfig) {
		m := newModel(t)
		s := m.scope
		vocabulary, ids := []string{"one", "two", "three"}, []int64{1, 2, 3}
		for i := range 300 { // a constant that functions do not copy
			vocabulary, ids = append(vocabulary, fmt.Sprint("word", i)), append(ids, 0)
		}
		var table tf.Output
		keys, values := tf.Const(s, vocabulary), tf.Const(s, ids)
		switch kind {
		case "":
			table = op.HashTableV2(s.Named("vocabulary"), tf.String, tf.Int64, nil)
			m.inits = append(m.inits, op.InitializeTableV2(s, table, keys, values))
		case "mutable":
			table = op.MutableHashTableV2(s.Named("vocabulary"), tf.String, tf.Int64, nil)
			m.inits = append(m.inits, op.LookupTableInsertV2(s, table, keys, values))
		case "file":
			path := filepath.Join(t.TempDir(), "words.txt")
			if err := os.WriteFile(path, []byte("zero\none\ntwo\nthree\n"), 0o666); err != nil {
				t.Fatal(err)
			}
			table = op.HashTableV2(s.Named("vocabulary"), tf.String, tf.Int64, nil)
			m.inits = append(m.inits, op.InitializeTableFromTextFileV2(s, table, tf.ConstScalar(s, path), -2, -1, nil))
		}
		words := tf.Placeholder(s.Named("words"), tf.String, tf.Shape{-1, -1})
		found := op.LookupTableFindV2(s, table, words, tf.ConstScalar(s, int64(0)))
		vectors := op.GatherV2(s, m.weight("embedding/table", 4, 8), found, tf.ConstScalar(s, int32(0)), nil)
		m.y = op.Mean(s, vectors, tf.Const(s, []int32{1}), nil)
		return m.start(t), serving(map[string]tf.Output{"words": words}, map[string]tf.Output{"ids": found, "vector": m.y})
	}
}

// trainable has signatures to train, to infer and to read a weight.
func trainable(t testing.TB) (*graphModel, *savedmodel.ExportConfig) {
	m := newModel(t)
	s := m.scope
	m.x = tf.Placeholder(s.Named("x"), tf.Float32, tf.Shape{-1, 4})
	label := tf.Placeholder(s.Named("label"), tf.Float32, tf.Shape{-1, 2})
	m.y = op.BiasAdd(s, op.MatMul(s, m.x, m.weight("w", 4, 2), nil), m.weight("b", 2), nil)
	loss := op.Mean(s, op.Square(s, op.Sub(s, m.y, label)), tf.Const(s, []int32{0, 1}), nil)
	handles := []tf.Output{m.vars[0].Handle(), m.vars[1].Handle()}
	grads := grad.Gradients(s, []tf.Output{loss}, handles, nil)
	var updates []tf.Output
	for i, g := range grads {
		updates = append(updates, m.vars[i].AssignSub(s.After(loss), op.Mul(s, g, tf.ConstScalar(s, float32(0.1)))))
	}
	trained := op.Identity(s.After(updates...), loss)
	m.start(t)
	return m, &savedmodel.ExportConfig{Signatures: map[string]savedmodel.Endpoints{
		"infer":   {Inputs: map[string]tf.Output{"x": m.x}, Outputs: map[string]tf.Output{"output": m.y}},
		"train":   {Inputs: map[string]tf.Output{"x": m.x, "y": label}, Outputs: map[string]tf.Output{"loss": trained}},
		"weights": {Outputs: map[string]tf.Output{"w": m.vars[0].Read(s)}},
	}}
}

// twoInputs tells inputs and outputs apart that are not in the order of names.
func twoInputs(t testing.TB) (*graphModel, *savedmodel.ExportConfig) {
	m := newModel(t)
	s := m.scope
	z := tf.Placeholder(s.Named("Z"), tf.Float32, tf.Shape{-1})
	a := tf.Placeholder(s.Named("A"), tf.Float32, tf.Shape{-1})
	m.y = op.Sub(s, a, op.Mul(s, z, tf.ConstScalar(s, float32(3))))
	return m.start(t), serving(map[string]tf.Output{"z": z, "a": a}, map[string]tf.Output{"y": m.y, "b": op.AddV2(s, a, z), "same": op.Identity(s, a)})
}

// loopModel multiplies with a weight in a loop.
func loopModel(t testing.TB) (*graphModel, *savedmodel.ExportConfig) {
	m := newModel(t)
	s := m.scope
	m.x = tf.Placeholder(s.Named("x"), tf.Float32, tf.Shape{-1, 4})
	m.weight("w", 4, 4)
	i := tf.ConstScalar(s, int32(0))
	out := control.While(s, []tf.Output{i, m.x}, func(s *tf.Scope, v []tf.Output) tf.Output {
		return op.Less(s, v[0], tf.ConstScalar(s, int32(3)))
	}, func(s *tf.Scope, v []tf.Output) []tf.Output {
		return []tf.Output{op.AddV2(s, v[0], tf.ConstScalar(s, int32(1))), op.Tanh(s, op.AddV2(s, v[1], op.MatMul(s, v[1], m.vars[0].Read(s), nil)))}
	}, nil)
	m.y = out[1]
	return m.start(t), one(m)
}

func branchModel(t testing.TB) (*graphModel, *savedmodel.ExportConfig) {
	m := newModel(t)
	s := m.scope
	m.x = tf.Placeholder(s.Named("x"), tf.Float32, tf.Shape{-1, 4})
	w := m.weight("w", 4, 4)
	positive := op.Greater(s, op.Sum(s, m.x, tf.Const(s, []int32{0, 1}), nil), tf.ConstScalar(s, float32(0)))
	m.y = control.If(s, positive, func(s *tf.Scope) []tf.Output {
		return []tf.Output{op.MatMul(s, m.x, w, nil)}
	}, func(s *tf.Scope) []tf.Output {
		return []tf.Output{op.Tanh(s, op.MatMul(s, m.x, m.vars[0].Read(s), nil))}
	})[0]
	return m.start(t), one(m)
}

// functionModel calls a function that captures a variable.
func functionModel(t testing.TB) (*graphModel, *savedmodel.ExportConfig) {
	m := newModel(t)
	s := m.scope
	m.x = tf.Placeholder(s.Named("x"), tf.Float32, tf.Shape{-1, 4})
	m.weight("w", 4, 4)
	f, err := tf.NewFunction(s, "layer", []tf.TensorSpec{{Name: "a", DType: tf.Float32, Shape: tf.Shape{-1, 4}}}, func(s *tf.Scope, in []tf.Output) []tf.Output {
		return []tf.Output{op.Tanh(s, op.MatMul(s, in[0], m.vars[0].Read(s), nil))}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	m.y = f.Call(s, f.Call(s, m.x)...)[0]
	return m.start(t), one(m)
}

// constantModel has a large constant.
func constantModel(t testing.TB) (*graphModel, *savedmodel.ExportConfig) {
	m := newModel(t)
	s := m.scope
	m.x = tf.Placeholder(s.Named("x"), tf.Float32, tf.Shape{-1, 4})
	large := make([]float32, 4*1000)
	for i := range large {
		large[i] = float32(i%7) / 100
	}
	h := op.MatMul(s, op.MatMul(s, m.x, m.weight("w", 4, 4), nil), tf.Const(s, large, 4, 1000), nil)
	m.y = op.Mean(s, op.Square(s, h), tf.Const(s, []int32{1}), nil)
	return m.start(t), one(m)
}

// oddNames has names that are none in Python.
func oddNames(t testing.TB) (*graphModel, *savedmodel.ExportConfig) {
	m := newModel(t)
	s := m.scope
	m.x = tf.Placeholder(s.Named("In.Put"), tf.Float32, tf.Shape{-1, 4})
	z := tf.Placeholder(s.Named("class"), tf.Float32, tf.Shape{-1, 4})
	names := []string{"мой model/k é!", "v.a/..", "signatures", "serve/__call__"}
	h := op.AddV2(s, m.x, z)
	cfg := &savedmodel.ExportConfig{}
	for i, name := range names {
		h = op.Tanh(s, op.MatMul(s, h, m.weight("w", 4, 4), nil))
		cfg.Variables = append(cfg.Variables, savedmodel.Variable{Name: name, Handle: m.vars[i].Handle()})
	}
	m.y = h
	cfg.Signatures = map[string]savedmodel.Endpoints{"my sig/1": {Inputs: map[string]tf.Output{"the in:put": m.x, "2nd": z}, Outputs: map[string]tf.Output{"out put": m.y}}}
	return m.start(t), cfg
}

// assetModel reads a file when it is called.
func assetModel(t testing.TB) (*graphModel, *savedmodel.ExportConfig) {
	m := newModel(t)
	s := m.scope
	path := filepath.Join(t.TempDir(), "note.txt")
	if err := os.WriteFile(path, []byte("what the file says"), 0o666); err != nil {
		t.Fatal(err)
	}
	m.x = tf.Placeholder(s.Named("x"), tf.Float32, tf.Shape{-1})
	name := tf.ConstScalar(s, path)
	cfg := serving(map[string]tf.Output{"x": m.x}, map[string]tf.Output{"text": op.ReadFile(s, name), "y": op.Neg(s, m.x)})
	cfg.Assets = []savedmodel.Asset{{Path: name}}
	return m.start(t), cfg
}

// evaluate runs a signature in the model's own session.
func (m *graphModel) evaluate(t *testing.T, e savedmodel.Endpoints, inputs map[string]*tf.Tensor) map[string]*tf.Tensor {
	t.Helper()
	var feeds []tf.Feed
	for name, x := range inputs {
		feeds = append(feeds, tf.Feed{Output: e.Inputs[name], Tensor: x})
	}
	out := map[string]*tf.Tensor{}
	var names []string
	var fetches []tf.Output
	for name, o := range e.Outputs {
		names, fetches = append(names, name), append(fetches, o)
	}
	got, err := m.session.Run(context.Background(), feeds, fetches)
	must(t, err)
	for i, name := range names {
		out[name] = got[i]
		t.Cleanup(func() { got[i].Close() })
	}
	return out
}

// writeArchive writes tensors as Python's numpy.load takes them.
func writeArchive(t *testing.T, path string, arrays map[string]*tf.Tensor) {
	t.Helper()
	f, err := os.Create(path)
	must(t, err)
	defer f.Close()
	z := zip.NewWriter(f)
	for name, x := range arrays {
		a := &npy.Array{DType: x.DType().String(), Shape: x.Shape()}
		if x.DType() == tf.String {
			values, err := tf.Values[string](x)
			must(t, err)
			a.DType = npy.Bytes
			for _, v := range values {
				a.Strings = append(a.Strings, []byte(v))
			}
		} else {
			a.Raw, err = x.Bytes()
			must(t, err)
		}
		w, err := z.Create(name + ".npy")
		must(t, err)
		must(t, npy.Write(w, a))
	}
	must(t, z.Close())
}
