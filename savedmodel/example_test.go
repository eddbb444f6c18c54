package savedmodel_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// A model that Python wrote is run by the names of its signature.
func Example() {
	model, err := savedmodel.Load("testdata/multi", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer model.Close()
	words, err := tf.NewTensor([]string{"two", "none", "one"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer words.Close()
	out, err := model.Call(context.Background(), "lookup", map[string]*tf.Tensor{"words": words})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer out["index"].Close()
	index, err := tf.Values[int64](out["index"])
	fmt.Println(index, err)
	// Output: [2 -1 1] <nil>
}

func ExampleExport() {
	g, err := tf.NewGraph()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer g.Close()
	s := g.Scope()
	x := tf.Placeholder(s.Named("x"), tf.Float32, tf.Shape{-1})
	factor := tf.NewVariable(s, "factor", tf.Float32, tf.Shape{})
	y := op.Mul(s, x, factor.Read(s))
	set := factor.Assign(s, tf.ConstScalar(s, float32(3)))
	session, err := tf.NewSession(g, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer session.Close()
	ctx := context.Background()
	if _, err := session.Run(ctx, nil, nil, set); err != nil {
		fmt.Println(err)
		return
	}
	parent, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(parent)
	dir := filepath.Join(parent, "model")
	err = savedmodel.Export(ctx, dir, session, &savedmodel.ExportConfig{
		Signatures: map[string]savedmodel.Endpoints{savedmodel.ServingDefault: {
			Inputs:  map[string]tf.Output{"x": x},
			Outputs: map[string]tf.Output{"y": y},
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	sm, err := savedmodel.Read(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range savedmodel.Signatures(sm.MetaGraphs[0]) {
		fmt.Println(s.Key, s.Inputs[0].Name, s.Inputs[0].Shape, s.Outputs[0].Name)
	}
	// Output: serving_default x (None,) y
}

// A function of an eager program becomes a model, with the variable it uses.
func ExampleExportFunctions() {
	e, err := tf.NewEager(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	s := e.Scope()
	defer s.Close()
	factor := tf.NewVariable(s, "factor", tf.Float32, tf.Shape{})
	defer factor.Close()
	factor.Assign(s, tf.ConstScalar(s, float32(3)))
	scale := tf.Trace("scale", func(s *tf.Scope, x tf.Output) tf.Output {
		return op.Mul(s, x, factor.Read(s))
	}, nil)
	defer scale.Close()
	f, err := scale.Concrete(s, tf.Output{}, tf.TensorSpec{Name: "x", DType: tf.Float32, Shape: tf.Shape{-1}})
	if err != nil {
		fmt.Println(err)
		return
	}
	parent, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(parent)
	dir := filepath.Join(parent, "model")
	err = savedmodel.ExportFunctions(context.Background(), dir, s, map[string]*tf.Function{savedmodel.ServingDefault: f}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	model, err := savedmodel.Load(dir, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer model.Close()
	x, err := tf.NewTensor([]float32{1, 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer x.Close()
	out, err := model.Call(context.Background(), savedmodel.ServingDefault, map[string]*tf.Tensor{"x": x})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer out["output_0"].Close()
	fmt.Println(out["output_0"])
	// Output: float32 (2,) [3 6]
}
