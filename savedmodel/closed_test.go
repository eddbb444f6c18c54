package savedmodel_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// TestClosed saves and freezes models that are closed, or with a ctx that is
// cancelled, with variables and without.
func TestClosed(t *testing.T) {
	folder := t.TempDir()
	without := newModel(t)
	without.x = tf.Placeholder(without.scope.Named("x"), tf.Float32, tf.Shape{-1})
	without.y = op.Neg(without.scope, without.x)
	for name, made := range map[string]*graphModel{"without": without.start(t), "with": newMLP(t)} {
		dir := filepath.Join(folder, name)
		must(t, savedmodel.Export(t.Context(), dir, made.session, made.config()))
		m, err := savedmodel.Load(dir, nil)
		must(t, err)
		e, err := m.Endpoints(m.Signatures()[0].Key)
		must(t, err)
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		calls := func(ctx context.Context) map[string]error {
			to := filepath.Join(folder, name+"-again")
			return map[string]error{
				"Save":            m.Save(ctx, to, nil),
				"Freeze":          m.Freeze(ctx, to+".pb", m.Signatures()[0].Key),
				"FreezeEndpoints": m.FreezeEndpoints(ctx, to+".pb", e),
			}
		}
		for call, err := range calls(cancelled) {
			if !errors.Is(err, tf.Cancelled) || !errors.Is(err, context.Canceled) {
				t.Errorf("%s %s: %v, want it cancelled", call, name, err)
			}
		}
		must(t, m.Close())
		for call, err := range calls(t.Context()) {
			if !errors.Is(err, tf.FailedPrecondition) || !strings.HasSuffix(err.Error(), "the model is closed") {
				t.Errorf("%s %s: %v, want the model to be closed", call, name, err)
			}
		}
		if err := savedmodel.Export(cancelled, dir+"-export", made.session, made.config()); !errors.Is(err, tf.Cancelled) {
			t.Errorf("Export %s: %v, want it cancelled", name, err)
		}
	}
	if left, _ := os.ReadDir(folder); len(left) != 2 {
		t.Errorf("left behind: %v", left)
	}
}

// TestNil exports what there is none of.
func TestNil(t *testing.T) {
	var m *savedmodel.Model
	dir := filepath.Join(t.TempDir(), "model")
	for name, err := range map[string]error{
		"Export":          savedmodel.Export(t.Context(), dir, nil, nil),
		"ExportFunctions": savedmodel.ExportFunctions(t.Context(), dir, nil, nil, nil),
		"Freeze":          savedmodel.Freeze(t.Context(), dir, nil, savedmodel.Endpoints{}),
		"Model.Save":      m.Save(t.Context(), dir, nil),
		"Model.Freeze":    m.Freeze(t.Context(), dir, "serving_default"),
	} {
		if !errors.Is(err, tf.InvalidArgument) || !strings.Contains(err.Error(), "nil") {
			t.Errorf("%s: %v, want an invalid argument", name, err)
		}
	}
}
