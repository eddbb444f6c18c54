package savedmodel_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
)

// A small model is loaded with constant weights, whose kernels add in another
// order, until Session lends out its variables.
func TestConstantWeights(t *testing.T) {
	made, dir := newMLP(t), filepath.Join(t.TempDir(), "model")
	if err := savedmodel.Export(t.Context(), dir, made.session, made.config()); err != nil {
		t.Fatal(err)
	}
	x := ramp(t, 3, 784)
	want := made.run(t, x)
	m, err := savedmodel.Load(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if err := golden.Near(serve(t, m, x), want, 1e-5); err != nil {
		t.Error(err)
	}

	session := m.Session()
	if got := serve(t, m, x); !slices.Equal(got, want) {
		t.Errorf("once the session is lent: %v, want %v", got, want)
	}
	var zero tf.Output
	s := session.Graph().Scope()
	for _, o := range session.Graph().Ops() {
		if o.Type() == "VarHandleOp" && o.AttrShape("shape").Equal(tf.Shape{10}) {
			zero = s.Begin("AssignVariableOp").In(o.Output(0)).In(tf.Const(s, make([]float32, 10))).Type("dtype", tf.Float32).Node()
		}
	}
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	if _, err := session.Run(t.Context(), nil, nil, zero); err != nil {
		t.Fatal(err)
	}
	if got := serve(t, m, x); slices.Equal(got, want) {
		t.Error("a changed variable does not change what Call gives")
	}
}
