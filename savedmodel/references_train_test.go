package savedmodel_test

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/internal/peers"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// referenceModel is one to train: a signature and the first of its calls.
type referenceModel struct {
	name, signature, output string
	trained                 []string // the variables that are
	branches                bool     // of TensorFlow 1, which Python does not differentiate
	dir                     string
	inputs                  map[string]*tf.Tensor
}

func referenceModels(t *testing.T) []referenceModel {
	t.Helper()
	arrays := golden.Load(t, filepath.Join(referencesDir(), "values.safetensors.gz"))
	models := []referenceModel{
		{name: "adam", signature: "predict", output: "y", trained: []string{"a/b", "a/w", "b/b", "b/w"}},
		{name: "sparse", signature: "find", output: "found", trained: []string{"e/part_0", "e/part_1", "e/part_2"}},
		{name: "normalized", signature: "run", output: "y", trained: []string{"beta", "gamma"}, branches: true},
		{name: "averages", signature: "train", output: "loss", trained: []string{"other", "w"}},
	}
	for i, m := range models {
		models[i].dir, models[i].inputs = filepath.Join(referencesDir(), m.name), map[string]*tf.Tensor{}
		for _, c := range golden.Cases[referenceCase](t, filepath.Join(referencesDir(), "values.json")) {
			for k, call := range c.Calls {
				for _, name := range call.Inputs {
					if c.Name == m.name && call.Signature == m.signature {
						x, err := toTensor(arrays[c.Name+"/"+string(rune('0'+k))+"/in/"+name])
						must(t, err)
						models[i].inputs[name] = x
					}
				}
			}
		}
		t.Cleanup(func() { closeAll(models[i].inputs) })
	}
	return models
}

// call is the model's result.
func (r referenceModel) call(t *testing.T, m *savedmodel.Model, signature, output string) []float32 {
	t.Helper()
	out, err := m.Call(t.Context(), signature, r.inputs)
	must(t, err)
	defer closeAll(out)
	return floats(t, out[output])
}

// train takes steps down the gradient of the mean square of the result, with
// Adam, and returns the first loss and the last.
func (r referenceModel) train(t *testing.T, m *savedmodel.Model) (first, last float32) {
	t.Helper()
	f, err := m.Endpoints(r.signature)
	must(t, err)
	var handles, init, steps []tf.Output
	var names []string
	for _, v := range m.Variables() {
		if !v.Frozen && slices.Contains(r.trained, v.Name) {
			handles, names = append(handles, v.Handle), append(names, v.Name)
		}
	}
	if slices.Sort(names); !slices.Equal(names, r.trained) {
		t.Fatalf("%q are to be trained, want %q", names, r.trained)
	}
	s := m.Session().Graph().Scope().Sub("training")
	y := f.Outputs[r.output]
	loss := op.Mean(s, op.Square(s, y), op.Range(s, tf.ConstScalar(s, int32(0)), op.Rank(s, y), tf.ConstScalar(s, int32(1))), nil)
	c := func(v float32) tf.Output { return tf.ConstScalar(s, v) }
	for i, g := range grad.Gradients(s, []tf.Output{loss}, handles, nil) {
		shape := handles[i].Op().AttrShape("shape")
		slot := func(name string) tf.Output {
			h := op.VarHandleOp(s, tf.Float32, shape, &op.VarHandleOpAttrs{SharedName: "slots/" + name + handles[i].Op().Name()})
			init = append(init, op.AssignVariableOp(s, h, op.ZerosLike(s, op.ReadVariableOp(s, handles[i], tf.Float32)), nil))
			return h
		}
		steps = append(steps, op.ResourceApplyAdam(s, handles[i], slot("m"), slot("v"), c(0.9), c(0.999), c(0.05), c(0.9), c(0.999), c(1e-7), g, nil))
	}
	must(t, s.Err())
	_, err = m.Session().Run(t.Context(), nil, nil, init...)
	must(t, err)
	var feeds []tf.Feed
	for name, x := range r.inputs {
		feeds = append(feeds, tf.Feed{Output: f.Inputs[name], Tensor: x})
	}
	for i := range 6 {
		out, err := m.Session().Run(t.Context(), feeds, []tf.Output{loss}, steps...)
		must(t, err)
		last = floats(t, out[0])[0]
		if i == 0 {
			first = last
		}
	}
	return first, last
}

// TestReferencesTrain trains models with reference variables, and saves, exports
// and freezes them.
func TestReferencesTrain(t *testing.T) {
	for _, r := range referenceModels(t) {
		t.Run(r.name, func(t *testing.T) {
			m, err := savedmodel.Load(r.dir, nil)
			must(t, err)
			defer m.Close()
			first, last := r.train(t, m)
			if !(last < first) {
				t.Errorf("the loss went from %v to %v", first, last)
			}
			saved, exported := filepath.Join(t.TempDir(), "saved"), filepath.Join(t.TempDir(), "exported")
			must(t, m.Save(t.Context(), saved, nil))
			f, err := m.Endpoints(r.signature)
			must(t, err)
			must(t, savedmodel.Export(t.Context(), exported, m.Session(), &savedmodel.ExportConfig{
				Signatures: map[string]savedmodel.Endpoints{savedmodel.ServingDefault: f}, Variables: m.Variables(),
			}))
			frozen := filepath.Join(t.TempDir(), "new", "frozen.pb")
			changes := r.name == "averages" || r.name == "normalized"
			if err := m.Freeze(t.Context(), frozen, r.signature); changes != errors.Is(err, tf.Unimplemented) || !changes && err != nil {
				t.Errorf("freeze: %v", err)
			}
			want := r.call(t, m, r.signature, r.output)
			a, err := savedmodel.Load(saved, nil)
			must(t, err)
			defer a.Close()
			if got := r.call(t, a, r.signature, r.output); golden.Near(got, want, 1e-6) != nil {
				t.Errorf("saved: %v, want %v", got, want)
			}
			b, err := savedmodel.Load(exported, nil)
			must(t, err)
			defer b.Close()
			if got := r.call(t, b, savedmodel.ServingDefault, r.output); golden.Near(got, want, 1e-6) != nil {
				t.Errorf("exported: %v, want %v", got, want)
			}
			if changes {
				return
			}
			c, err := savedmodel.LoadFrozen(frozen, nil)
			must(t, err)
			defer c.Close()
			if got := r.call(t, c, savedmodel.ServingDefault, r.output); golden.Near(got, want, 1e-6) != nil {
				t.Errorf("frozen: %v, want %v", got, want)
			}
		})
	}
}

// TestReferencesFrozenFlags: what an optimizer or a counter keeps is not trained.
func TestReferencesFrozenFlags(t *testing.T) {
	m, err := savedmodel.Load(filepath.Join(referencesDir(), "adam"), nil)
	must(t, err)
	defer m.Close()
	frozen := map[string]bool{}
	for _, v := range m.Variables() {
		frozen[v.Name] = v.Frozen
	}
	for name, want := range map[string]bool{"a/w": false, "b/b": false, "a/w/Adam_1": true, "beta1_power": true, "global_step": true} {
		if got, ok := frozen[name]; !ok || got != want {
			t.Errorf("%s: frozen %v, there %v", name, got, ok)
		}
	}
}

// TestPeersReferences has Python load what Go trained: with the references, in a
// session and by tf.saved_model.load, and exported, to train on.
func TestPeersReferences(t *testing.T) {
	peers.Each(t, func(t *testing.T, p peers.Peer) {
		for _, r := range referenceModels(t) {
			t.Run(r.name, func(t *testing.T) {
				m, err := savedmodel.Load(r.dir, nil)
				must(t, err)
				defer m.Close()
				r.train(t, m)
				dir := t.TempDir()
				file := func(name string) string { return filepath.Join(dir, name) }
				must(t, m.Save(t.Context(), file("saved"), nil))
				f, err := m.Endpoints(r.signature)
				must(t, err)
				must(t, savedmodel.Export(t.Context(), file("exported"), m.Session(), &savedmodel.ExportConfig{
					Signatures: map[string]savedmodel.Endpoints{r.signature: f}, Variables: m.Variables(),
				}))
				y, err := m.Call(t.Context(), r.signature, r.inputs)
				must(t, err)
				defer closeAll(y)
				writeNPZs(t, file("x.npz"), r.inputs)
				writeNPZ(t, file("y.npz"), r.output, y[r.output])
				var more []string
				if r.branches {
					more = []string{"--branches"}
				}
				args := []string{r.dir, file("saved"), file("exported"), "--signature", r.signature, "--inputs", file("x.npz"), "--want", file("y.npz"), "--trained"}
				p.Check(t, "references.py", slices.Concat(args, r.trained, more)...)
			})
		}
	})
}
