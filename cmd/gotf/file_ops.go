package main

import (
	"fmt"
	"strings"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tflite"
)

// allowFileOps is the flag for models that write files by themselves.
const allowFileOps = "allow-file-ops"

const allowHint = "--" + allowFileOps + " runs it all the same"

// refuseFileWrites is the error for a signature that writes files where the model
// likes.
func refuseFileWrites(m *savedmodel.Model, s savedmodel.Signature) error {
	writes := savedmodel.FileWrites(m.MetaGraph(), s)
	if len(writes) == 0 {
		return nil
	}
	return fmt.Errorf("signature %q is not run: it writes files, by %v", s.Key, writes[0])
}

// refuseLiteFileWrites is that for a .tflite file.
func refuseLiteFileWrites(path, key string) error {
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
