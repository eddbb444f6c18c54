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
