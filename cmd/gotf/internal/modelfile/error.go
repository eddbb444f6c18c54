package modelfile

import "fmt"

// Named puts the file's name before an error about its content.
func Named(path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", path, err)
}
