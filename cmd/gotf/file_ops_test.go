package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// writingModel is a SavedModel that writes a file at path when it is called.
func writingModel(t *testing.T, path string) string {
	return exportGraph(t, func(s *tf.Scope, x tf.Output) tf.Output {
		text := tf.ConstScalar(s, path)
		return op.Identity(s.After(op.WriteFile(s, text, text)), x)
	})
}

// writingLoad has the model write when it is loaded, not when it is called.
func writingLoad(t *testing.T, dir string) {
	t.Helper()
	m, err := savedmodel.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	g := m.MetaGraphs[0]
	for _, n := range g.GraphDef.Node {
		switch n.Op {
		case "WriteFile":
			g.CollectionDef = map[string]*pb.CollectionDef{"saved_model_main_op": {Kind: &pb.CollectionDef_NodeList_{
				NodeList: &pb.CollectionDef_NodeList{Value: []string{n.Name}}}}}
		case "Identity":
			n.Input = n.Input[:1]
		}
	}
	delete(g.SignatureDef, "__saved_model_init_op")
	raw, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "saved_model.pb"), raw, 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestFileOps gives models that write files to the commands that run them.
func TestFileOps(t *testing.T) {
	tmp := t.TempDir()
	written := filepath.Join(tmp, "written")
	none := func(t *testing.T) {
		t.Helper()
		if _, err := os.Stat(written); err == nil {
			t.Fatal("the model wrote its file")
		}
	}
	for _, load := range []bool{false, true} {
		dir := writingModel(t, written)
		refusing := [][]string{
			{"run", "--dir", dir, "--input-exprs", "x=1.0"},
			{"bench", "--dir", dir, "--seconds", "0.01", "--concurrency", "1"},
			{"diff", dir, dir},
		}
		if load {
			writingLoad(t, dir)
			refusing = append(refusing, []string{"convert", "--no-check", "--saved-model-dir", dir, "--output-file", filepath.Join(tmp, "m.tflite")},
				[]string{"export", "--from", dir, "--to", filepath.Join(tmp, "m.pb")})
		} else {
			graph := filepath.Join(tmp, "graph.pb")
			if code, _, stderr := gotftest.Run(t, "export", "--from", dir, "--to", graph); code != 0 {
				t.Fatal(stderr)
			}
			refusing = append(refusing, []string{"diff", graph, graph})
		}
		for _, args := range refusing {
			code, _, stderr := gotftest.Run(t, args...)
			if code != exit.Failed || !strings.Contains(stderr, "writes files") || !strings.Contains(stderr, "WriteFile (node ") || strings.Count(stderr, "\n") != 1 {
				t.Errorf("%v: %d, %s", args, code, stderr)
			}
			if says := strings.Contains(stderr, "--allow-file-ops"); says != (args[0] == "run") {
				t.Errorf("%v: %s", args, stderr)
			}
			none(t)
		}
		code, _, stderr := gotftest.Run(t, append(refusing[0], "--allow-file-ops")...)
		if code != exit.Done {
			t.Errorf("--allow-file-ops: %s", stderr)
		}
		if err := os.Remove(written); err != nil {
			t.Errorf("the model does not write, so this tests nothing: %v", err)
		}
	}
}

// TestFileOpsConverted converts a signature that writes a file. The model is not
// run to check it, nor is what it became.
func TestFileOpsConverted(t *testing.T) {
	tmp := t.TempDir()
	written := filepath.Join(tmp, "written")
	lite := filepath.Join(tmp, "m.tflite")
	code, _, stderr := gotftest.Run(t, "convert", "--select-tf-ops", "--saved-model-dir", writingModel(t, written), "--output-file", lite)
	if code != exit.Done || !strings.Contains(stderr, "check: not run") {
		t.Fatalf("%d, %s", code, stderr)
	}
	for _, args := range [][]string{
		{"run", "--model", lite, "--input-exprs", "x=1.0"}, {"bench", "--model", lite, "--seconds", "0.01", "--concurrency", "1"}, {"diff", lite, lite},
	} {
		code, _, stderr := gotftest.Run(t, args...)
		if code != exit.Failed || !strings.Contains(stderr, "FlexWriteFile") && !strings.Contains(stderr, "has no Flex delegate") {
			t.Errorf("%v: %d, %s", args, code, stderr)
		}
	}
	if _, err := os.Stat(written); err == nil {
		t.Error("the model wrote its file")
	}
}
