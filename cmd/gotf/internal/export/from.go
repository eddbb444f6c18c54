package export

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gotf/gotf/cmd/gotf/internal/modelfile"
	"github.com/gotf/gotf/cmd/gotf/internal/train"
)

// takes is what gotf export takes.
const takes = "gotf export takes the folder of a training run, a SavedModel's folder or a frozen graph"

// checkFrom is an error, with what was probably meant, if a path is known
// to be something that cannot be exported.
func checkFrom(path string) error {
	found, err := modelfile.Recognise(path)
	info, missing := os.Stat(path)
	isDir := missing == nil && info.IsDir()
	var foreign *modelfile.ForeignError
	switch run := runAround(path); {
	case errors.As(err, &foreign):
		return fmt.Errorf("%w; %s", err, takes)
	case isDir && isRun(path), err == nil && found.Format == modelfile.SavedModel && isDir:
		return nil
	case err == nil && found.Format == modelfile.SavedModel:
		return fmt.Errorf("%s is the file of a SavedModel, did you mean its folder, %s?", path, filepath.Dir(path))
	case err == nil && found.Format == modelfile.Checkpoint && run != "":
		return fmt.Errorf("%s is a checkpoint of a training run, did you mean the run, %s?", path, run)
	case err == nil && found.Format == modelfile.Checkpoint:
		return fmt.Errorf("%s is a checkpoint, which has values but no model; %s", path, takes)
	case err == nil && found.Format == modelfile.Keras:
		return fmt.Errorf("%s is %s; %s", path, found.Format.ATitle(), modelfile.KerasAdvice)
	case err == nil && found.Format != modelfile.GraphDef:
		return fmt.Errorf("%s is %s; %s", path, found.Format.ATitle(), takes)
	case err != nil && missing == nil && run != "":
		return fmt.Errorf("%s is a part of a training run, did you mean the run, %s?", path, run)
	case isDir && err != nil:
		return fmt.Errorf("%s: no such file, and %s has no saved_model.pb; %s", (&train.Run{Dir: path}).ModelFile(), path, takes)
	case err != nil && missing == nil && filepath.Ext(path) != ".pb": // else loading it says what is wrong
		return fmt.Errorf("%w; %s", err, takes)
	}
	return nil
}

// isRun reports whether a folder is one that gotf train writes, or has begun.
func isRun(dir string) bool {
	r := &train.Run{Dir: dir}
	_, err := os.Stat(r.ModelFile())
	return !errors.Is(err, fs.ErrNotExist) || len(r.Begun()) > 0
}

// runAround is the training run that a file or folder is a part of, or "".
func runAround(path string) string {
	path = filepath.Clean(path)
	for range 2 {
		path = filepath.Dir(path)
		r := &train.Run{Dir: path}
		if info, err := os.Stat(r.Checkpoints()); err == nil && info.IsDir() && isRun(path) {
			return path
		}
	}
	return ""
}
