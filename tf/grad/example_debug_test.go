package grad_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
	"github.com/gotf/gotf/tf/summary"
	configpb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// The examples of docs/debugging.md.

func Example_checkNumerics() {
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
	// Output: tf: run session: Log "layer/log" at example_debug_test.go:31: invalid argument: result 0 holds 1 NaN and 1 Inf among 3 numbers
}

func Example_check() {
	e, err := tf.NewEager(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	s := e.Scope()
	defer s.Close()

	x := tf.Const(s, []float64{-1, 0.5, 2})
	err = grad.Check(s, func(s *tf.Scope, xs []tf.Output) tf.Output {
		return op.Mul(s, op.Exp(s, xs[0]), op.StopGradient(s, xs[0])) // half of the gradient is lost
	}, x)
	fmt.Println(strings.Contains(err.Error(), "x 0, element [2] of shape (3,): the gradient is 10.86"))
	// Output: true
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

func Example_profile() {
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

func Example_placements() {
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

func Example_dump() {
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

	meta := &configpb.RunMetadata{}
	out, _, err := sess.RunProfile(ctx, &tf.RunArgs{Fetches: []tf.Output{y}, Metadata: meta})
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
	err = errors.Join(w.WriteGraph(def), w.WriteRunMetadata("step 1", 1, meta), w.Close())
	fmt.Println(err)
	// Output: <nil>
}
