package checkpoint_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/bundle"
	"github.com/gotf/gotf/tf/checkpoint"
)

// The functions below are what docs/checkpoints.md shows.

func guideList(prefix string) error {
	r, err := bundle.Open(prefix)
	if err != nil {
		return err
	}
	defer r.Close()
	for _, e := range r.Entries() {
		fmt.Println(e.Name, e.DType, e.Shape)
	}
	return nil
}

func guideObjects(r *bundle.Reader) error {
	objects, err := r.Objects()
	if errors.Is(err, tf.NotFound) {
		return nil // names and values only, as TensorFlow 1 writes
	}
	if err != nil {
		return err
	}
	for _, o := range objects {
		for _, a := range o.Attributes {
			fmt.Println(a.FullName, "is", a.Key)
		}
	}
	return nil
}

func guideRead(r *bundle.Reader) ([]float32, error) {
	kernel, shape, err := bundle.Values[float32](r, "sequential/dense/kernel")
	if err != nil {
		return nil, err
	}
	fmt.Println(shape, kernel[:3])
	return kernel, nil
}

func guideWrite(r *bundle.Reader) error {
	w := bundle.Value{Name: "w", DType: tf.Uint8, Shape: tf.Shape{2}, Bytes: []byte{1, 2}}
	if err := bundle.Write("out/ckpt-1", []bundle.Value{w}); err != nil {
		return err
	}
	return bundle.Rewrite(r, "out/ckpt-2", []bundle.Value{w}) // all that r holds, and w in place of its "w"
}

func guideSaver(ctx context.Context, scope *tf.Scope, session *tf.Session, kernel, bias *tf.Variable) error {
	saver, err := checkpoint.NewSaver(scope, map[string]*tf.Variable{"dense/kernel": kernel, "dense/bias": bias})
	if err != nil {
		return err
	}
	if err := saver.Save(ctx, session, "run/ckpt-1"); err != nil {
		return err
	}
	return saver.Restore(ctx, session, "run/ckpt-1")
}

func guideManager(ctx context.Context, saver *checkpoint.Saver, session *tf.Session, step int) error {
	entries, err := saver.Entries(ctx, session)
	if err != nil {
		return err
	}
	manager := checkpoint.Manager{Dir: "run", Keep: 3}
	prefix, err := manager.Save(ctx, step, entries)
	fmt.Println("saved", prefix)
	for _, e := range entries {
		e.Value.Close()
	}
	return err
}

func guideCompare(a, b *bundle.Reader) error {
	c, err := bundle.Compare(a, b)
	if err != nil {
		return err
	}
	for _, d := range c.Both {
		if !d.Same {
			fmt.Println(d.A.Name, d.Unequal, "elements differ, by", d.Max, "at most and", d.Mean, "on average")
		}
	}
	return nil
}

// TestGuideRuns runs what the guide shows.
func TestGuideRuns(t *testing.T) {
	objects, err := filepath.Abs("../bundle/testdata/object")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := guideList(objects + "/ckpt-3"); err != nil {
		t.Error(err)
	}
	var readers []*bundle.Reader
	for _, name := range []string{"/ckpt-2", "/ckpt-3"} {
		r, err := bundle.Open(objects + name)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		readers = append(readers, r)
	}
	r := readers[1]
	if kernel, err := guideRead(r); err != nil || len(kernel) != 12 {
		t.Error(kernel, err)
	}
	for _, err := range []error{guideObjects(r), guideWrite(r), guideCompare(readers[0], r)} {
		if err != nil {
			t.Error(err)
		}
	}
	for _, prefix := range []string{"out/ckpt-1", "out/ckpt-2"} {
		r, err := bundle.Open(prefix)
		if err != nil || !r.Has("w") {
			t.Fatal(prefix, err)
		}
		if prefix == "out/ckpt-1" {
			if err := guideObjects(r); err != nil {
				t.Error(err)
			}
		}
		r.Close()
	}
	p := newProgram(t, "w", 2)
	p.run(t, nil, p.set...)
	if err := guideSaver(ctx, p.scope, p.session, p.a, p.b); err != nil {
		t.Error(err)
	}
	if err := guideManager(ctx, p.saver(t, map[string]*tf.Variable{checkpoint.Key("net/w"): p.a}), p.session, 2); err != nil {
		t.Error(err)
	}
	latest, err := checkpoint.Latest("run")
	if err != nil {
		t.Fatal(err)
	}
	got, err := bundle.Open(latest)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	for _, name := range []string{"w", "net/w"} { // the variable's own, and what leads to it
		if e, err := got.Find(name); err != nil || e.Name != checkpoint.Key("net/w") {
			t.Error(name, e, err)
		}
	}
}

// TestGuide checks that the guide's snippets are parts of tests.
func TestGuide(t *testing.T) {
	indent := regexp.MustCompile(`(?m)^\s+`)
	var tests strings.Builder
	for _, path := range []string{"guide_test.go", "../../savedmodel/example_save_test.go", "../../savedmodel/example_reference_test.go", "../../savedmodel/guide_test.go"} {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		tests.WriteString(indent.ReplaceAllString(string(src), ""))
	}
	guide, err := os.ReadFile("../../docs/checkpoints.md")
	if err != nil {
		t.Fatal(err)
	}
	snippets := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(guide), -1)
	if len(snippets) < 9 {
		t.Errorf("found %d snippets", len(snippets))
	}
	for _, s := range snippets {
		if !strings.Contains(tests.String(), indent.ReplaceAllString(s[1], "")) {
			t.Errorf("no test has the snippet\n%s", s[1])
		}
	}
}
