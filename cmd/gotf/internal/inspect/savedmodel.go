package inspect

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"

	"github.com/gotf/gotf/cmd/gotf/internal/modelfile"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/internal/drawing"
	"github.com/gotf/gotf/internal/plainfile"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/bundle"
)

// inspectSavedModel describes the part with the given tags; none means serve, or
// the first. The path may be that of the folder or of the file in it. Files of
// variables that cannot be read are an error after the report of the rest.
func inspectSavedModel(r *Report, tags []string) error {
	dir := r.Path
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		dir = filepath.Dir(dir)
	}
	saved, err := savedmodel.Read(dir)
	if err != nil {
		return err
	}
	g, err := partOf(saved, tags)
	if err != nil {
		return err
	}
	r.Path, r.Bytes = dir, plainfile.FolderSize(dir)
	m := GraphFacts(g.GetGraphDef())
	r.ModelFacts = m
	m.TagSet, m.Producer = g.GetMetaInfoDef().GetTags(), g.GetMetaInfoDef().GetTensorflowVersion()
	for _, other := range saved.MetaGraphs {
		m.TagSets = append(m.TagSets, listed(other.GetMetaInfoDef().GetTags()))
	}
	for _, s := range savedmodel.Signatures(g) {
		m.Signatures = append(m.Signatures, SignatureFacts{s.Key, SavedModelTensors(s.Inputs), SavedModelTensors(s.Outputs)})
	}
	m.takeDefault()
	damage := cmp.Or(modelfile.CheckVariables(dir, g), r.readVariables(filepath.Join(dir, "variables", "variables")))
	if len(r.Variables) == 0 {
		r.WeightTotals = constantTotals(neededNodes(g.GetGraphDef().GetNode(), signatureEnds(g)), g.GetGraphDef().GetLibrary(), m)
	}
	m.Files = folderFiles(filepath.Join(dir, "assets"), "assets")
	r.next = runCommandFor(r)
	if r.next == "" {
		r.next = "gotf show --all --dir " + terminal.ShellWord(dir)
	}
	r.graphs = func() []*drawing.Graph { return drawGraphDef(g.GetGraphDef(), signatureEnds(g)) }
	return damage
}

func partOf(saved *pb.SavedModel, tags []string) (*pb.MetaGraphDef, error) {
	g, err := savedmodel.MetaGraph(saved, tags...)
	if err != nil && len(tags) == 0 {
		return saved.MetaGraphs[0], nil
	}
	return g, err
}

// SavedModelTensors are a signature's inputs or outputs.
func SavedModelTensors(infos []savedmodel.TensorInfo) []TensorFacts {
	out := make([]TensorFacts, 0, len(infos))
	for _, t := range infos {
		out = append(out, TensorFacts{Name: t.Name, DType: t.DType.String(), Shape: t.Shape, Optional: t.Optional})
	}
	return out
}

// readVariables lists the variables of a model; there need not be any.
func (r *Report) readVariables(prefix string) error {
	c, err := bundle.Open(prefix)
	if errors.Is(err, tf.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	defer c.Close()
	names := FullNames(c)
	total := &WeightTotals{}
	r.WeightTotals = total
	for _, e := range c.Entries() {
		if !IsWeight(c, e) {
			continue
		}
		name := e.Name
		if names[name] != "" {
			name = names[name]
		}
		r.Variables = append(r.Variables, WeightFacts{TensorFacts{Name: name, DType: e.DType.String(), Shape: e.Shape}, e.Size})
		total.add(e)
	}
	return nil
}

// IsWeight tells a model's weights from what else a checkpoint keeps: the state
// of optimizers and metrics, counters, and the copies of all variables that
// Keras's export makes.
func IsWeight(c *bundle.Reader, e bundle.Entry) bool {
	if e.Name == bundle.GraphName || strings.Contains(e.Name, "/.OPTIMIZER_SLOT/") {
		return false
	}
	switch first, rest, _ := strings.Cut(e.Name, "/"); first {
	case "save_counter":
		return false
	case "_all_variables":
		return !c.Has("variables/0/.ATTRIBUTES/VARIABLE_VALUE")
	case "optimizer": // Keras 3's refers to the model's variables, too
		return strings.HasPrefix(rest, "_trainable_variables/")
	case "keras_api":
		return !strings.HasPrefix(rest, "metrics/")
	}
	return true
}

func (t *WeightTotals) add(e bundle.Entry) {
	if n := e.Shape.NumElements(); n > 0 && e.DType != tf.String {
		t.Parameters += n
	}
	t.WeightBytes += e.Size
}

// FullNames maps the keys of an object-based checkpoint to the variables' names
// in Python.
func FullNames(c *bundle.Reader) map[string]string {
	names := map[string]string{}
	if !c.Has(bundle.GraphName) {
		return names
	}
	objects, err := c.Objects()
	if err != nil {
		return names // the keys serve
	}
	for _, o := range objects {
		for _, a := range o.Attributes {
			names[a.Key] = a.FullName
		}
	}
	return names
}

// folderFiles lists the plain files in a folder and below.
func folderFiles(dir, prefix string) (out []partFacts) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		name := prefix + "/" + e.Name()
		if e.IsDir() {
			out = append(out, folderFiles(filepath.Join(dir, e.Name()), name)...)
		} else if info, err := os.Stat(filepath.Join(dir, e.Name())); err == nil {
			out = append(out, partFacts{Name: name, Bytes: info.Size()})
		}
	}
	return out
}

// signatureEnds are the nodes where the signatures begin and end, with what they
// are there.
func signatureEnds(g *pb.MetaGraphDef) map[string]string {
	out := map[string]string{}
	for _, s := range savedmodel.Signatures(g) {
		for _, t := range s.Inputs {
			out[tensorNode(t.Tensor)] = fmt.Sprintf("input %q of %q", t.Name, s.Key)
		}
		for _, t := range s.Outputs {
			out[tensorNode(t.Tensor)] = fmt.Sprintf("output %q of %q", t.Name, s.Key)
		}
	}
	return out
}

// tensorNode is the node of "name:0" or "^name".
func tensorNode(tensor string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(tensor, "^"), ":")
	return name
}
