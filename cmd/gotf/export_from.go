package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// exportTakes is what gotf export takes.
const exportTakes = "gotf export takes the folder of a training run, a SavedModel's folder or a frozen graph"

// checkExportFrom is an error, with what was probably meant, if a path is known
// to be something that cannot be exported.
func checkExportFrom(path string) error {
	found, err := recognise(path)
	info, missing := os.Stat(path)
	isDir := missing == nil && info.IsDir()
	var foreign *foreignFile
	switch run := runAround(path); {
	case errors.As(err, &foreign):
		return fmt.Errorf("%w; %s", err, exportTakes)
	case isDir && isRun(path), err == nil && found.format == formatSavedModel && isDir:
		return nil
	case err == nil && found.format == formatSavedModel:
		return fmt.Errorf("%s is the file of a SavedModel, did you mean its folder, %s?", path, filepath.Dir(path))
	case err == nil && found.format == formatCheckpoint && run != "":
		return fmt.Errorf("%s is a checkpoint of a training run, did you mean the run, %s?", path, run)
	case err == nil && found.format == formatCheckpoint:
		return fmt.Errorf("%s is a checkpoint, which has values but no model; %s", path, exportTakes)
	case err == nil && found.format != formatGraphDef:
		return fmt.Errorf("%s is %s; %s", path, found.format.aTitle(), exportTakes)
	case err != nil && missing == nil && run != "":
		return fmt.Errorf("%s is a part of a training run, did you mean the run, %s?", path, run)
	case isDir && err != nil:
		return fmt.Errorf("%s: no such file, and %s has no saved_model.pb; %s", (&trainRun{path}).modelFile(), path, exportTakes)
	case err != nil && missing == nil && filepath.Ext(path) != ".pb": // else loading it says what is wrong
		return fmt.Errorf("%w; %s", err, exportTakes)
	}
	return nil
}

// isRun reports whether a folder is one that gotf train writes, or has begun.
func isRun(dir string) bool {
	r := &trainRun{dir}
	_, err := os.Stat(r.modelFile())
	return !errors.Is(err, fs.ErrNotExist) || len(r.begun()) > 0
}

// runAround is the training run that a file or folder is a part of, or "".
func runAround(path string) string {
	path = filepath.Clean(path)
	for range 2 {
		path = filepath.Dir(path)
		r := &trainRun{path}
		if info, err := os.Stat(r.checkpoints()); err == nil && info.IsDir() && isRun(path) {
			return path
		}
	}
	return ""
}
