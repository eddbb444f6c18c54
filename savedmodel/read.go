package savedmodel

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gotf/gotf/internal/plainfile"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/bundle"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
)

const (
	modelFile     = "saved_model.pb"
	textModelFile = "saved_model.pbtxt"
	variablesFile = "variables/variables" // a checkpoint's prefix
)

// schemaVersion is that of the format, since its beginning.
const schemaVersion = 1

// Serve is the tag of the part of a SavedModel that is for inference.
const Serve = "serve"

// Read parses dir/saved_model.pb or, where there is none, the text in
// dir/saved_model.pbtxt. It needs no library.
func Read(dir string) (*pb.SavedModel, error) {
	path, unmarshal := filepath.Join(dir, modelFile), proto.Unmarshal
	if text := filepath.Join(dir, textModelFile); !exists(path) && exists(text) {
		path, unmarshal = text, prototext.Unmarshal
	}
	op := "read " + path
	raw, err := plainfile.Read(path, plainfile.Message)
	if err != nil {
		return nil, readError(op, dir, err)
	}
	m := &pb.SavedModel{}
	if err := unmarshal(raw, m); err != nil {
		return nil, errorf(op, tf.DataLoss, "not a SavedModel: %v", err)
	}
	if v := m.GetSavedModelSchemaVersion(); v > schemaVersion {
		return nil, errorf(op, tf.Unimplemented, "the SavedModel is of version %d, and this reads version %d", v, schemaVersion)
	}
	if len(m.MetaGraphs) == 0 {
		return nil, errorf(op, tf.DataLoss, "not a SavedModel: it holds no MetaGraph")
	}
	for i, g := range m.MetaGraphs {
		if g.GetGraphDef() == nil {
			return nil, errorf(op, tf.DataLoss, "not a SavedModel: MetaGraph %d holds no graph", i)
		}
	}
	return m, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func readError(op, dir string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return errorf(op, tf.FileCode(err), "%v", cause(err))
	}
	if _, err := os.Stat(dir); err != nil {
		return errorf(op, tf.NotFound, "there is no folder %s", dir)
	}
	return errorf(op, tf.NotFound, "the folder holds no SavedModel")
}

// cause leaves out what a PathError repeats.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// MetaGraph finds the part of m with exactly these tags; none means [Serve].
func MetaGraph(m *pb.SavedModel, tags ...string) (*pb.MetaGraphDef, error) {
	want := tagSet(tags)
	var have []string
	for _, g := range m.GetMetaGraphs() {
		set := sorted(g.GetMetaInfoDef().GetTags())
		if slices.Equal(set, want) {
			return g, nil
		}
		have = append(have, "'"+strings.Join(set, ",")+"'")
	}
	if len(have) == 0 {
		have = []string{"none"}
	}
	return nil, errorf("find MetaGraph", tf.NotFound, "no tag set '%s'; the SavedModel has %s",
		strings.Join(want, ","), strings.Join(have, ", "))
}

func tagSet(tags []string) []string {
	if len(tags) == 0 {
		return []string{Serve}
	}
	return sorted(tags)
}

func sorted(tags []string) []string {
	s := slices.Clone(tags)
	slices.Sort(s)
	return slices.Compact(s)
}

// Check finds what makes the runtime or the converter fail obscurely, end the
// process, or give wrong numbers: damaged constants, and variables without a
// saver or without their files.
func Check(dir string, g *pb.MetaGraphDef) error {
	if err := validate(g); err != nil {
		return errorf("read "+filepath.Join(dir, modelFile), tf.DataLoss, "%v", err)
	}
	name := variableOf(g)
	if name == "" {
		return nil
	}
	if g.GetSaverDef().GetRestoreOpName() == "" {
		return errorf("check "+dir, tf.FailedPrecondition,
			"the model has variables (%q) and no SaverDef, so their values cannot be restored", name)
	}
	return checkVariables(dir)
}

// variableOf is the name of the first variable, or "".
func variableOf(g *pb.MetaGraphDef) string {
	for _, n := range g.GetGraphDef().GetNode() {
		switch n.Op {
		case "VarHandleOp", "VariableV2", "Variable":
			return n.Name
		}
	}
	return ""
}

// checkVariables reads the index of the values of the variables, and whether all
// that it names is there.
func checkVariables(dir string) error {
	r, err := bundle.Open(filepath.Join(dir, variablesFile))
	if err == nil {
		defer r.Close()
		err = r.Check()
	}
	var e *tf.Error
	switch {
	case !errors.As(err, &e):
		return err
	case e.Code == tf.DataLoss:
		return damagedVariables(e.Op, e)
	}
	return errorf(e.Op, e.Code, "the values of the model's variables: %s", e.Message)
}

// damagedVariables says once that something is wrong with the values.
func damagedVariables(op string, e *tf.Error) error {
	return errorf(op, tf.DataLoss, "the values of the variables are cut short or damaged: %s", strings.TrimPrefix(e.Message, "it is cut short: "))
}

// globEscape makes path mean itself in a pattern.
func globEscape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
