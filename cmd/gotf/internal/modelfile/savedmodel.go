package modelfile

import (
	"fmt"
	"os"
	"path/filepath"
)

// CheckSavedModel is an error, with what was probably meant, if dir is no folder
// of a SavedModel but something that gotf writes beside one.
func CheckSavedModel(dir string) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return fmt.Errorf("%s is a file; a SavedModel is a folder%s", dir, instead(dir))
	}
	inside := filepath.Join(dir, "saved_model")
	if !IsSavedModel(dir) && IsSavedModel(inside) {
		return fmt.Errorf("%s holds no SavedModel, did you mean %s?", dir, inside)
	}
	return nil
}

// IsSavedModel reports whether dir holds a SavedModel.
func IsSavedModel(dir string) bool {
	for _, name := range []string{"saved_model.pb", "saved_model.pbtxt"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// KerasAdvice says what to do with a .keras or .h5 file.
const KerasAdvice = "files of Keras are not read yet, model.export(DIR) in Python makes a SavedModel"

// instead says what a file that is no SavedModel may be used for.
func instead(file string) string {
	switch base := filepath.Base(file); filepath.Ext(base) {
	case ".keras", ".h5", ".hdf5":
		return "; " + KerasAdvice
	case ".tflite":
		return " (gotf run --model and gotf inspect take a .tflite file)"
	case ".pb", ".pbtxt":
		if base == "saved_model"+filepath.Ext(base) {
			return fmt.Sprintf(", did you mean its folder, %s?", filepath.Dir(file))
		}
		return fmt.Sprintf(" (gotf export --from %s --to DIR makes one of a frozen graph)", file)
	}
	return fmt.Sprintf(" (gotf inspect %s says what the file is)", file)
}
