package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// checkModelDir is an error, with what was probably meant, if dir is no folder
// of a SavedModel but something that gotf writes beside one.
func checkModelDir(dir string) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return fmt.Errorf("%s is a file; a SavedModel is a folder (gotf run takes a .tflite file with --model)", dir)
	}
	inside := filepath.Join(dir, "saved_model")
	if !isSavedModel(dir) && isSavedModel(inside) {
		return fmt.Errorf("%s holds no SavedModel, did you mean %s?", dir, inside)
	}
	return nil
}

func isSavedModel(dir string) bool {
	for _, name := range []string{"saved_model.pb", "saved_model.pbtxt"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}
