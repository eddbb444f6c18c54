package modelfile

import (
	"errors"
	"fmt"
	"os"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
)

// CheckTFLite is an error, with what to do, if a file is known to be
// something else than a .tflite file.
func CheckTFLite(path string) error {
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		if err == nil {
			err = fmt.Errorf("%s is a folder; --model takes a .tflite file, --dir a SavedModel's folder", path)
		} else {
			err = nil // which opening it says better
		}
		return err
	}
	found, err := Recognise(path)
	var foreign *ForeignError
	switch {
	case errors.As(err, &foreign):
		return fmt.Errorf("%w; --model takes a .tflite file", err)
	case err != nil || found.Format == TFLite:
		return nil
	case found.Format == GraphDef:
		return fmt.Errorf("%s is a frozen graph; gotf export --from %s --to DIR makes a SavedModel, which --dir takes", path, terminal.ShellWord(path))
	}
	return fmt.Errorf("%s is %s; --model takes a .tflite file", path, found.Format.ATitle())
}
