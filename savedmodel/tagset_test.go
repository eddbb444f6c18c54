package savedmodel_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	corepb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
)

// TestNoTagSets says that a model without MetaGraphs has no tag sets.
func TestNoTagSets(t *testing.T) {
	_, err := savedmodel.MetaGraph(&corepb.SavedModel{}, savedmodel.Serve)
	if !errors.Is(err, tf.NotFound) || !strings.HasSuffix(err.Error(), "no tag set 'serve'; the SavedModel has none") {
		t.Errorf("%v", err)
	}
}

// TestReadNoPlainFile finds a device, and a name that no file has.
func TestReadNoPlainFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink(os.DevNull, filepath.Join(dir, "saved_model.pb")); err != nil {
		t.Skip(err)
	}
	for _, path := range []string{dir, "a\x00b"} {
		if _, err := savedmodel.Read(path); !errors.Is(err, tf.InvalidArgument) {
			t.Errorf("%q: %v", path, err)
		}
	}
}
