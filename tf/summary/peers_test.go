package summary_test

import (
	"context"
	"errors"
	"testing"

	"github.com/gotf/gotf/internal/peers"
	"github.com/gotf/gotf/tf"
	configpb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// TestPeersEvents lets TensorFlow's and TensorBoard's readers read a graph with a
// function, the metadata of a run and its profile.
func TestPeersEvents(t *testing.T) {
	peers.Each(t, func(t *testing.T, p peers.Peer) {
		dir := t.TempDir()
		writeAll(t, dir)
		p.Check(t, "events.py", dir)
	})
}

func writeAll(t *testing.T, dir string) {
	t.Helper()
	g, err := tf.NewGraph()
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	s := g.Scope()
	x := tf.Const(s.Named("x"), make([]float32, 100), 10, 10)
	f, err := tf.NewFunction(s, "f", []tf.TensorSpec{{Name: "x", DType: tf.Float32}}, func(s *tf.Scope, in []tf.Output) []tf.Output {
		return []tf.Output{s.Named("inner").Begin("Exp").In(in[0]).One()}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	y := s.Named("y").Begin("MatMul").In(f.Call(s, x)[0]).In(x).One()
	sess, err := tf.NewSession(g, &tf.Config{Edit: func(c *configpb.ConfigProto) {
		c.GraphOptions.OptimizerOptions.OptLevel = configpb.OptimizerOptions_L0 // else y is folded
		c.GraphOptions.RewriteOptions = &configpb.RewriterConfig{DisableMetaOptimizer: true}
	}})
	if err != nil {
		t.Fatal(err, s.Err())
	}
	defer sess.Close()
	meta := &configpb.RunMetadata{}
	out, p, err := sess.RunProfile(context.Background(), &tf.RunArgs{Fetches: []tf.Output{y}, Metadata: meta})
	if err != nil {
		t.Fatal(err)
	}
	out[0].Close()
	def, err := g.Def()
	if err != nil {
		t.Fatal(err)
	}
	w := create(t, dir)
	if err := errors.Join(w.WriteGraph(def), w.WriteRunMetadata("step 7", 7, meta), w.Close(), p.WriteTensorBoard(dir, "run")); err != nil {
		t.Fatal(err)
	}
}
