package modelfile

import (
	"fmt"
	"strings"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tflite"
)

// AllowFileOps is the flag for models that write files by themselves.
const AllowFileOps = "allow-file-ops"

// AllowHint ends the error for such a model.
const AllowHint = "--" + AllowFileOps + " runs it all the same"

// RefuseFileWrites is the error for a signature that writes files where the model
// likes.
func RefuseFileWrites(m *savedmodel.Model, s savedmodel.Signature) error {
	writes := savedmodel.FileWrites(m.MetaGraph(), s)
	if len(writes) == 0 {
		return nil
	}
	return fmt.Errorf("signature %q is not run: it writes files, by %v", s.Key, writes[0])
}

// RefuseLiteFileWrites is that for a .tflite file.
func RefuseLiteFileWrites(path, key string) error {
	facts, err := tflite.InspectFile(path)
	if err != nil {
		return err
	}
	writes := facts.FileWrites(key)
	if len(writes) == 0 {
		return nil
	}
	return fmt.Errorf("signature %q is not run: it writes files, by %s", key, strings.Join(writes, ", "))
}
