package main

import (
	"errors"
	"fmt"
	"os"
)

// checkTFLiteFile is an error, with what to do, if a file is known to be
// something else than a .tflite file.
func checkTFLiteFile(path string) error {
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		if err == nil {
			err = fmt.Errorf("%s is a folder; --model takes a .tflite file, --dir a SavedModel's folder", path)
		} else {
			err = nil // which opening it says better
		}
		return err
	}
	found, err := recognise(path)
	var foreign *foreignFile
	switch {
	case errors.As(err, &foreign):
		return fmt.Errorf("%w; --model takes a .tflite file", err)
	case err != nil || found.format == formatTFLite:
		return nil
	case found.format == formatGraphDef:
		return fmt.Errorf("%s is a frozen graph; gotf export --from %s --to DIR makes a SavedModel, which --dir takes", path, shellWord(path))
	}
	return fmt.Errorf("%s is %s; --model takes a .tflite file", path, found.format.aTitle())
}
