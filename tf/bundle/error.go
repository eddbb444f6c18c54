package bundle

import (
	"errors"
	"io"
	"strconv"

	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/tf"
)

// fail is err as this package gives it: with what was done to which file.
func fail(what, file string, err error) error {
	if err == nil {
		return nil
	}
	var e *tf.Error
	if errors.As(err, &e) {
		if e.Op != "" {
			return err
		}
		return tf.Errorf(what+" checkpoint "+file, e.Code, "%s", e.Message)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return tf.Errorf(what+" checkpoint "+file, tf.DataLoss, "the file ends too early")
	}
	return tf.Errorf(what+" checkpoint "+file, tf.FileCode(err), "%v", atomicfile.Cause(err))
}

// about is err with what it is about.
func about(what string, err error) error {
	var e *tf.Error
	if errors.As(err, &e) {
		return tf.Errorf("", e.Code, "%s: %s", what, e.Message)
	}
	return err
}

// quoted is the name of a value in an error text.
func quoted(name string) string { return strconv.Quote(partName(name)) }
