package main

import (
	"bytes"
	"context"
	"fmt"
	"math"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	graft "github.com/wamuir/graft/tensorflow"
	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	"github.com/wamuir/graft/tensorflow/op"
	"google.golang.org/protobuf/proto"
)

// difference is the largest between graft and gotf, relative to the largest
// value, of a network's result and of each gradient.
type difference struct {
	loss      float64 // the result's first element
	value     float64
	gradients []float64
}

func (d *difference) largest() float64 {
	largest := 0.0
	for _, g := range d.gradients {
		largest = max(largest, g)
	}
	return largest
}

// compare builds the network in graft, runs it and its gradients by
// TF_AddGradients there; then runs the same graph, and the gradients of package
// grad, in gotf.
func (n *network) compare() (*difference, error) {
	graph := graft.NewGraph()
	s := op.NewScopeWithGraph(graph)
	var xs []graft.Output
	for i, shape := range n.shapes {
		t, err := n.constant(shape, i)
		if err != nil {
			return nil, err
		}
		xs = append(xs, op.Const(s.SubScope(fmt.Sprintf("x%d", i)), t))
	}
	y := n.build(s, xs)
	if err := s.Err(); err != nil {
		return nil, err
	}
	var def bytes.Buffer // without gradients
	if _, err := graph.WriteTo(&def); err != nil {
		return nil, err
	}
	dxs := op.Gradients(s.SubScope("gradients"), []graft.Output{y}, xs)
	if err := s.Err(); err != nil {
		return nil, err
	}
	want, err := runGraft(graph, append([]graft.Output{y}, dxs...))
	if err != nil {
		return nil, err
	}
	got, err := runGotf(def.Bytes(), y, xs)
	if err != nil {
		return nil, err
	}
	d := &difference{loss: got[0][0], value: apart(got[0], want[0])}
	for i := range xs {
		d.gradients = append(d.gradients, apart(got[1+i], want[1+i]))
	}
	return d, nil
}

func runGraft(g *graft.Graph, fetches []graft.Output) ([][]float64, error) {
	sess, err := graft.NewSession(g, nil)
	if err != nil {
		return nil, err
	}
	defer sess.Close()
	ts, err := sess.Run(nil, fetches, nil)
	if err != nil {
		return nil, err
	}
	var out [][]float64
	for _, t := range ts {
		var b bytes.Buffer
		if _, err := t.WriteContentsTo(&b); err != nil {
			return nil, err
		}
		v, err := tf.NewRaw(tf.DType(t.DataType()), append(tf.Shape{}, t.Shape()...), b.Bytes())
		if err != nil {
			return nil, err
		}
		f, err := floats(v)
		v.Close()
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// runGotf imports a graph made by graft, and fetches y and its gradients by xs.
func runGotf(def []byte, y graft.Output, xs []graft.Output) ([][]float64, error) {
	message := &graphpb.GraphDef{}
	if err := proto.Unmarshal(def, message); err != nil {
		return nil, err
	}
	g, err := tf.NewGraph()
	if err != nil {
		return nil, err
	}
	defer g.Close()
	var names []string
	for _, o := range append([]graft.Output{y}, xs...) {
		names = append(names, fmt.Sprintf("%s:%d", o.Op.Name(), o.Index))
	}
	outs, err := g.Import(message, &tf.ImportOptions{Returns: names})
	if err != nil {
		return nil, err
	}
	s := g.Scope()
	dxs := grad.Gradients(s, outs[:1], outs[1:], nil)
	if s.Err() != nil {
		return nil, s.Err()
	}
	sess, err := tf.NewSession(g, nil)
	if err != nil {
		return nil, err
	}
	defer sess.Close()
	ts, err := sess.Run(context.Background(), nil, append(outs[:1:1], dxs...))
	if err != nil {
		return nil, err
	}
	var values [][]float64
	for _, t := range ts {
		v, err := floats(t)
		t.Close()
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return values, nil
}

// floats copies a float32 or float64 tensor out.
func floats(t *tf.Tensor) ([]float64, error) {
	if t.DType() == tf.Float64 {
		return tf.Values[float64](t)
	}
	single, err := tf.Values[float32](t)
	wide := make([]float64, len(single))
	for i, v := range single {
		wide[i] = float64(v)
	}
	return wide, err
}

// apart is the largest difference between got and want, in parts of the
// largest of want.
func apart(got, want []float64) float64 {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	off, most := 0.0, math.SmallestNonzeroFloat64
	for i, w := range want {
		most = max(most, math.Abs(w))
		if d := math.Abs(got[i] - w); d > off || math.IsNaN(d) {
			off = d
		}
	}
	return off / most
}
