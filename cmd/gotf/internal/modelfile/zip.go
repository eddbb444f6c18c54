package modelfile

import (
	"archive/zip"
	"path"
)

// zipFormat tells NumPy's archives from Keras's, for which any other counts: the
// error then says what it lacks.
func zipFormat(file string) Format {
	z, err := zip.OpenReader(file)
	if err != nil {
		return Keras
	}
	defer z.Close()
	for _, f := range z.File {
		if path.Ext(f.Name) != ".npy" {
			return Keras
		}
	}
	return NPZ
}
