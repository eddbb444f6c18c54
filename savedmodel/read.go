package savedmodel

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gotf/gotf/tf"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

const (
	modelFile     = "saved_model.pb"
	variablesFile = "variables/variables" // a checkpoint's prefix
)

// Serve is the tag of the part of a SavedModel that is for inference.
const Serve = "serve"

// Read parses dir/saved_model.pb. It needs no library.
func Read(dir string) (*pb.SavedModel, error) {
	path := filepath.Join(dir, modelFile)
	op := "read " + path
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, readError(op, dir, err)
	}
	m := &pb.SavedModel{}
	if err := proto.Unmarshal(raw, m); err != nil {
		return nil, errorf(op, tf.DataLoss, "not a SavedModel: %v", err)
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

func readError(op, dir string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		code := tf.Unknown
		if errors.Is(err, fs.ErrPermission) {
			code = tf.PermissionDenied
		}
		return errorf(op, code, "%v", cause(err))
	}
	if _, err := os.Stat(dir); err != nil {
		return errorf(op, tf.NotFound, "there is no folder %s", dir)
	}
	if _, err := os.Stat(filepath.Join(dir, "saved_model.pbtxt")); err == nil {
		return errorf(op, tf.NotFound, "the model is stored as text, which is not supported")
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
	return checkIndex(filepath.Join(dir, variablesFile) + ".index")
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

// tableMagic ends the index of every checkpoint (LevelDB's table format).
const tableMagic = "\x57\xfb\x80\x8b\x24\x75\x47\xdb"

// checkIndex reads the end of a checkpoint's index, and looks for its data.
func checkIndex(path string) error {
	op := "read " + path
	f, err := os.Open(path)
	if err != nil {
		code := tf.Unknown
		if errors.Is(err, fs.ErrNotExist) {
			code = tf.NotFound
		}
		return errorf(op, code, "the values of the model's variables: %v", cause(err))
	}
	defer f.Close()
	end := make([]byte, len(tableMagic))
	_, err = f.Seek(-int64(len(end)), io.SeekEnd)
	if err == nil {
		_, err = io.ReadFull(f, end)
	}
	if err != nil || string(end) != tableMagic {
		return errorf(op, tf.DataLoss, "the file is cut short or no index of variables")
	}
	prefix := strings.TrimSuffix(path, ".index")
	shards, _ := filepath.Glob(globEscape(prefix) + ".data-*-of-*")
	if len(shards) == 0 {
		return errorf("read "+prefix+".data-00000-of-00001", tf.NotFound, "the values of the model's variables: no such file")
	}
	slices.Sort(shards)
	if _, total, ok := strings.Cut(shards[0], "-of-"); ok && fmt.Sprintf("%05d", len(shards)) != total {
		return errorf(op, tf.NotFound, "the values of the model's variables: %d of %s data files are there", len(shards), total)
	}
	return nil
}

// globEscape makes path mean itself in a pattern.
func globEscape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
