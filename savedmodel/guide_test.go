package savedmodel_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// The functions below are what docs/export.md and docs/checkpoints.md show.

func guideCall(ctx context.Context, dir string, x *tf.Tensor) ([]float32, error) {
	m, err := savedmodel.Load(dir, nil)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	out, err := m.Call(ctx, "serving_default", map[string]*tf.Tensor{"x": x})
	if err != nil {
		return nil, err
	}
	defer out["y"].Close()
	return tf.Values[float32](out["y"])
}

func guideExport(ctx context.Context, dir string) error {
	g, err := tf.NewGraph()
	if err != nil {
		return err
	}
	defer g.Close()
	s := g.Scope()
	x := tf.Placeholder(s.Named("x"), tf.Float32, tf.Shape{-1})
	factor := tf.NewVariable(s, "factor", tf.Float32, tf.Shape{})
	y := op.Mul(s, x, factor.Read(s))
	set := factor.Assign(s, tf.ConstScalar(s, float32(3)))
	session, err := tf.NewSession(g, nil)
	if err != nil {
		return err
	}
	defer session.Close()
	if _, err := session.Run(ctx, nil, nil, set); err != nil {
		return err
	}
	return savedmodel.Export(ctx, dir, session, &savedmodel.ExportConfig{
		Signatures: map[string]savedmodel.Endpoints{"serving_default": {
			Inputs:  map[string]tf.Output{"x": x},
			Outputs: map[string]tf.Output{"y": y},
		}},
		Variables: []savedmodel.Variable{{Name: "scale/factor", Handle: factor.Handle()}}, // nil: all, by the names of their operations
	})
}

func guideFunction(ctx context.Context, dir string, s *tf.Scope, factor *tf.Variable) error {
	scale := tf.Trace("scale", func(s *tf.Scope, x tf.Output) tf.Output {
		return op.Mul(s, x, factor.Read(s))
	}, nil)
	defer scale.Close()
	f, err := scale.Concrete(s, tf.Output{}, tf.TensorSpec{Name: "x", DType: tf.Float32, Shape: tf.Shape{-1}})
	if err != nil {
		return err
	}
	return savedmodel.ExportFunctions(ctx, dir, s, map[string]*tf.Function{"serving_default": f}, nil)
}

func guideAsset(ctx context.Context, dir string, s *tf.Scope, session *tf.Session) error {
	path := tf.ConstScalar(s, "notes.txt")
	text := op.ReadFile(s, path)
	return savedmodel.Export(ctx, dir, session, &savedmodel.ExportConfig{
		Signatures: map[string]savedmodel.Endpoints{"notes": {Outputs: map[string]tf.Output{"text": text}}},
		Assets:     []savedmodel.Asset{{Path: path}},
	})
}

func guideTraining(s *tf.Scope, signatures map[string]savedmodel.Endpoints, x, loss, step tf.Output, w *tf.Variable) {
	updates := []tf.Output{w.AssignSub(s.After(loss), step)}
	trained := op.Identity(s.After(updates...), loss)
	signatures["train"] = savedmodel.Endpoints{
		Inputs:  map[string]tf.Output{"x": x},
		Outputs: map[string]tf.Output{"loss": trained},
	}
}

func guideFreeze(ctx context.Context, m *savedmodel.Model, inputs map[string]*tf.Tensor) (map[string]*tf.Tensor, error) {
	if err := m.Freeze(ctx, "model.pb", "serving_default"); err != nil {
		return nil, err
	}
	frozen, err := savedmodel.LoadFrozen("model.pb", nil) // also those that TensorFlow 1 and 2 wrote
	if err != nil {
		return nil, err
	}
	defer frozen.Close()
	return frozen.Call(ctx, "serving_default", inputs)
}

// TestGuideRuns runs what the guides show.
func TestGuideRuns(t *testing.T) {
	t.Chdir(t.TempDir())
	ctx := t.Context()
	must(t, guideExport(ctx, "model"))
	x := tensor(t, []float32{1, 2}, 2)
	y, err := guideCall(ctx, "model", x)
	if err != nil || !slices.Equal(y, []float32{3, 6}) {
		t.Errorf("%v, %v", y, err)
	}
	m, err := savedmodel.Load("model", nil)
	must(t, err)
	defer m.Close()
	if v := m.Variables(); len(v) != 1 || v[0].Name != "scale/factor" {
		t.Errorf("variables %v", v)
	}
	out, err := guideFreeze(ctx, m, map[string]*tf.Tensor{"x": x})
	must(t, err)
	if y := floats(t, out["y"]); !slices.Equal(y, []float32{3, 6}) {
		t.Errorf("frozen: %v", y)
	}
	if err := m.Save(ctx, filepath.Join("tuned", "again"), nil); err != nil {
		t.Error(err)
	}

	e, err := tf.NewEager(nil)
	must(t, err)
	defer e.Close()
	s := e.Scope()
	defer s.Close()
	factor := tf.NewVariable(s, "factor", tf.Float32, tf.Shape{})
	defer factor.Close()
	factor.Assign(s, tf.ConstScalar(s, float32(3)))
	must(t, guideFunction(ctx, "traced", s, factor))
	m2, err := savedmodel.Load("traced", nil)
	must(t, err)
	m2.Close()
}

// TestGuideAsset runs the guide's programs of graphs.
func TestGuideAsset(t *testing.T) {
	t.Chdir(t.TempDir())
	must(t, os.WriteFile("notes.txt", []byte("hello"), 0o666))
	g, err := tf.NewGraph()
	must(t, err)
	defer g.Close()
	s := g.Scope()
	session, err := tf.NewSession(g, nil)
	must(t, err)
	defer session.Close()
	must(t, guideAsset(t.Context(), "model", s, session))
	must(t, os.Remove("notes.txt"))
	m, err := savedmodel.Load("model", nil)
	must(t, err)
	defer m.Close()
	out, err := m.Call(t.Context(), "notes", nil)
	must(t, err)
	defer closeAll(out)
	if text, err := tf.Values[string](out["text"]); err != nil || text[0] != "hello" {
		t.Errorf("%q, %v", text, err)
	}

	x := tf.Placeholder(s.Named("x"), tf.Float32, tf.Shape{})
	w := tf.NewVariable(s, "w", tf.Float32, tf.Shape{})
	set := w.Assign(s, tf.ConstScalar(s, float32(5)))
	read := w.Read(s)
	signatures := map[string]savedmodel.Endpoints{"infer": {Outputs: map[string]tf.Output{"w": op.Identity(s, read)}}}
	guideTraining(s, signatures, x, op.Mul(s, read, x), x, w)
	must(t, s.Err())
	_, err = session.Run(t.Context(), nil, nil, set)
	must(t, err)
	must(t, savedmodel.Export(t.Context(), "trains", session, &savedmodel.ExportConfig{Signatures: signatures}))
	trains, err := savedmodel.Load("trains", nil)
	must(t, err)
	defer trains.Close()
	for _, want := range []float32{10, 6} {
		two, err := tf.NewScalar(float32(2))
		must(t, err)
		out, err := trains.Call(t.Context(), "train", map[string]*tf.Tensor{"x": two})
		must(t, err)
		if got := floats(t, out["loss"]); got[0] != want {
			t.Errorf("loss %v, want %v", got, want)
		}
		two.Close()
	}
}

// TestGuide checks that the guide's snippets are parts of tests.
func TestGuide(t *testing.T) {
	src, err := os.ReadFile("guide_test.go")
	must(t, err)
	guide, err := os.ReadFile("../docs/export.md")
	must(t, err)
	indent := regexp.MustCompile(`(?m)^\s+`)
	tests := indent.ReplaceAllString(string(src), "")
	snippets := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(guide), -1)
	if len(snippets) < 5 {
		t.Errorf("found %d snippets", len(snippets))
	}
	for _, s := range snippets {
		if !strings.Contains(tests, indent.ReplaceAllString(s[1], "")) {
			t.Errorf("no test has the snippet\n%s", s[1])
		}
	}
}
