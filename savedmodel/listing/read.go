package listing

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"

	"github.com/gotf/gotf/internal/plainfile"
	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/tf"
)

const (
	binaryFile = "saved_model.pb"
	textFile   = "saved_model.pbtxt"
)

// Read parses dir/saved_model.pb or, if there is none, dir/saved_model.pbtxt. Of
// a .pb file it takes what this package lists: constants, the inputs of nodes and
// much else are missing.
func Read(dir string) (*pb.SavedModel, error) {
	path := filepath.Join(dir, binaryFile)
	parse := unmarshal
	raw, err := plainfile.Read(path, plainfile.Message)
	if errors.Is(err, fs.ErrNotExist) {
		path = filepath.Join(dir, textFile)
		parse = prototext.Unmarshal
		raw, err = plainfile.Read(path, plainfile.Message)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errorf(tf.NotFound, "SavedModel file does not exist at: %s/{%s|%s}", dir, textFile, binaryFile)
	case err != nil:
		return nil, errorf(tf.FileCode(err), "%v", err)
	}
	m := &pb.SavedModel{}
	if err := parse(raw, m); err != nil {
		return nil, errorf(tf.DataLoss, "cannot parse %s: %v", path, err)
	}
	if len(m.MetaGraphs) == 0 {
		return nil, errorf(tf.DataLoss, "cannot parse %s: it holds no MetaGraph", path)
	}
	if n := len(m.MetaGraphs); n > mostMetaGraphs {
		return nil, errorf(tf.DataLoss, "cannot parse %s: it holds %d MetaGraphs, want %d at most", path, n, mostMetaGraphs)
	}
	for i, g := range m.MetaGraphs {
		if g.GetGraphDef() == nil {
			return nil, errorf(tf.DataLoss, "cannot parse %s: MetaGraph %d holds no graph", path, i)
		}
	}
	return m, nil
}

// mostMetaGraphs is far more than any model has: a file of some megabytes can
// have millions that hold nothing.
const mostMetaGraphs = 1000

// unmarshal parses what is listed of a model.
func unmarshal(raw []byte, m proto.Message) error {
	if reduced, ok := modelPlan.reduce(raw); ok {
		raw = reduced
	}
	return proto.Unmarshal(raw, m) // which says what is wrong, if there is
}

// Find returns the part of m with exactly these tags.
func Find(m *pb.SavedModel, tags []string) (*pb.MetaGraphDef, error) {
	want := tagText(tags)
	var have []string
	for _, g := range m.GetMetaGraphs() {
		set := tagText(g.GetMetaInfoDef().GetTags())
		if set == want {
			return g, nil
		}
		have = append(have, set)
	}
	return nil, errorf(tf.NotFound, "no tag-set %q in the SavedModel%s (there are %s)",
		want, suggest.DidYouMean(want, have), quoted(have))
}

func tagText(tags []string) string {
	set := slices.Clone(tags)
	slices.Sort(set)
	return strings.Join(slices.Compact(set), ",")
}

// FindSignature returns the signature of g with that key.
func FindSignature(g *pb.MetaGraphDef, key string) (*pb.SignatureDef, error) {
	if s := g.GetSignatureDef()[key]; s != nil {
		return s, nil
	}
	have := sortedKeys(g.GetSignatureDef())
	if len(have) == 0 {
		return nil, errorf(tf.NotFound, "no signature %q: the MetaGraph has none", key)
	}
	return nil, errorf(tf.NotFound, "no signature %q%s (there are %s)", key, suggest.DidYouMean(key, have), quoted(have))
}

func quoted(names []string) string {
	const most = 16
	more := ""
	if len(names) > most {
		more = fmt.Sprintf(" and %d more", len(names)-most)
		names = names[:most]
	}
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = fmt.Sprintf("%q", n)
	}
	return strings.Join(out, ", ") + more
}
