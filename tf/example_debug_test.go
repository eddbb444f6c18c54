package tf_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
	"github.com/gotf/gotf/tf/summary"
)

// The examples of docs/debugging.md.

func ExampleScope_CheckNumerics() {
	g, err := tf.NewGraph()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer g.Close()
	s := g.Scope()

	s = s.CheckNumerics(true)
	x := tf.Placeholder(s.Named("x"), tf.Float32, nil)
	y := op.Neg(s, op.Log(s.Named("layer/log"), x))

	sess, err := tf.NewSession(g, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sess.Close()
	feed, err := tf.NewTensor([]float32{1, 0, -1})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer feed.Close()
	_, err = sess.Run(context.Background(), []tf.Feed{{Output: x, Tensor: feed}}, []tf.Output{y})
	fmt.Println(err)
	// Output: tf: run session: Log "layer/log" at example_debug_test.go:29: invalid argument: result 0 holds 1 NaN and 1 Inf among 3 numbers
}

// smallSession multiplies two matrices.
func smallSession() (*tf.Session, tf.Output, error) {
	g, err := tf.NewGraph()
	if err != nil {
		return nil, tf.Output{}, err
	}
	s := g.Scope()
	x := op.RandomUniform(s, tf.Const(s, []int32{200, 200}), tf.Float32, nil)
	y := op.MatMul(s.Named("y"), x, x, nil)
	if s.Err() != nil {
		return nil, tf.Output{}, s.Err()
	}
	sess, err := tf.NewSession(g, nil)
	return sess, y, err
}

func ExampleSession_RunProfile() {
	sess, y, err := smallSession()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sess.Graph().Close()
	defer sess.Close()
	logs, err := os.MkdirTemp("", "logs")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(logs)
	ctx := context.Background()

	out, p, err := sess.RunProfile(ctx, &tf.RunArgs{Fetches: []tf.Output{y}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer out[0].Close()
	for _, o := range p.Ops() {
		if strings.Contains(o.Type, "MatMul") {
			fmt.Println(o.Name, o.Duration > 0)
		}
	}

	f, err := os.Create(filepath.Join(logs, "trace.json"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	err = errors.Join(
		p.WriteChromeTrace(f),          // for chrome://tracing and ui.perfetto.dev
		p.WriteTensorBoard(logs, "r1"), // for TensorBoard's profile plugin
	)
	fmt.Println(err)
	// Output:
	// y true
	// <nil>
}

func ExampleSession_Placements() {
	sess, y, err := smallSession()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sess.Graph().Close()
	defer sess.Close()
	ctx := context.Background()

	all, err := sess.Placements(ctx, &tf.RunArgs{Fetches: []tf.Output{y}})
	for _, p := range all {
		if p.Name == "y" {
			fmt.Println(p.Name, p.Device)
		}
	}
	fmt.Println(err)
	// Output:
	// y /job:localhost/replica:0/task:0/device:CPU:0
	// <nil>
}

func ExampleProfile_Metadata() {
	sess, y, err := smallSession()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sess.Graph().Close()
	defer sess.Close()
	logs, err := os.MkdirTemp("", "logs")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(logs)
	ctx := context.Background()

	out, p, err := sess.RunProfile(ctx, &tf.RunArgs{Fetches: []tf.Output{y}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer out[0].Close()
	def, err := sess.Graph().Def()
	if err != nil {
		fmt.Println(err)
		return
	}
	w, err := summary.Create(logs)
	if err != nil {
		fmt.Println(err)
		return
	}
	err = errors.Join(w.WriteGraph(def), w.WriteRunMetadata("step 1", 1, p.Metadata()), w.Close())
	fmt.Println(err)
	// Output: <nil>
}
