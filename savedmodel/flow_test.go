package savedmodel_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/internal/peers"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
)

// flowModel is the frozen graph with the control flow of TensorFlow 1, and its
// SavedModel.
func flowModel(t *testing.T) (*savedmodel.Model, string) {
	t.Helper()
	m, err := savedmodel.LoadFrozen("testdata/flow/flow.pb", nil)
	must(t, err)
	t.Cleanup(func() { m.Close() })
	e, err := m.Endpoints(savedmodel.ServingDefault)
	must(t, err)
	dir := filepath.Join(t.TempDir(), "model")
	must(t, savedmodel.Export(t.Context(), dir, m.Session(), &savedmodel.ExportConfig{
		Signatures: map[string]savedmodel.Endpoints{savedmodel.ServingDefault: e},
	}))
	return m, dir
}

// TestFlow runs it as Python does, also once it is a SavedModel.
func TestFlow(t *testing.T) {
	arrays := golden.Load(t, "testdata/flow/values.safetensors.gz")
	frozen, dir := flowModel(t)
	saved, err := savedmodel.Load(dir, nil)
	must(t, err)
	defer saved.Close()
	x, err := toTensor(arrays["flow/in/x"])
	must(t, err)
	defer x.Close()
	for _, m := range []*savedmodel.Model{frozen, saved} {
		s, err := m.Signature(savedmodel.ServingDefault)
		must(t, err)
		if got := fmt.Sprint(tensorNames(s.Inputs), tensorNames(s.Outputs)); got != "[x] [out]" {
			t.Errorf("inputs and outputs %s", got)
		}
		out, err := m.Call(t.Context(), savedmodel.ServingDefault, map[string]*tf.Tensor{"x": x})
		must(t, err)
		defer closeAll(out)
		compare(t, "out", out["out"], arrays["flow/out/out"])
	}
}

func tensorNames(infos []savedmodel.TensorInfo) (names []string) {
	for _, i := range infos {
		names = append(names, i.Name)
	}
	return names
}

// TestGraphEnds leaves out what only checks or directs control flow.
func TestGraphEnds(t *testing.T) {
	def, err := savedmodel.ReadGraph("testdata/flow/flow.pb")
	must(t, err)
	names := func(nodes []*nodepb.NodeDef) (names []string) {
		for _, n := range nodes {
			names = append(names, n.GetName())
		}
		return names
	}
	inputs, outputs := savedmodel.GraphEnds(def)
	if got := fmt.Sprint(names(inputs), names(outputs)); got != "[x training] [out]" {
		t.Errorf("ends %s", got)
	}
	for i, n := range def.Node {
		if n.Name == "out" {
			def.Node = append(def.Node[:i], def.Node[i+1:]...)
			break
		}
	}
	if _, outputs = savedmodel.GraphEnds(def); fmt.Sprint(names(outputs)) != "[strided_slice]" {
		t.Errorf("outputs %v without out", names(outputs))
	}
	only := graphOf("Placeholder a", "Switch s a a", "Identity t s:1", "NoOp n ^t")
	if _, outputs = savedmodel.GraphEnds(only); len(outputs) != 0 {
		t.Errorf("outputs %v of nothing", names(outputs))
	}
	only = graphOf("Placeholder a", "Switch s a a", "Identity t s:1")
	if _, outputs = savedmodel.GraphEnds(only); fmt.Sprint(names(outputs)) != "[t]" {
		t.Errorf("outputs %v of a graph that has no others", names(outputs))
	}
}

// TestPeersFlow lets Python load the SavedModel.
func TestPeersFlow(t *testing.T) {
	peers.Each(t, func(t *testing.T, p peers.Peer) {
		m, dir := flowModel(t)
		x := ramp(t, 2, 3, 4)
		y, err := m.Call(t.Context(), savedmodel.ServingDefault, map[string]*tf.Tensor{"x": x})
		must(t, err)
		defer closeAll(y)
		tmp := t.TempDir()
		writeNPZ(t, filepath.Join(tmp, "x.npz"), "x", x)
		writeNPZ(t, filepath.Join(tmp, "y.npz"), "out", y["out"])
		p.Check(t, "savedmodel.py", dir, "--inputs", filepath.Join(tmp, "x.npz"), "--want", filepath.Join(tmp, "y.npz"), "--skip", "tflite")
	})
}

// graphOf is a graph of nodes as "OP NAME INPUT...".
func graphOf(lines ...string) *graphpb.GraphDef {
	def := &graphpb.GraphDef{}
	for _, line := range lines {
		w := strings.Fields(line)
		def.Node = append(def.Node, &nodepb.NodeDef{Op: w[0], Name: w[1], Input: w[2:]})
	}
	return def
}
