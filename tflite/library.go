package tflite

import (
	"sync"

	"github.com/gotf/gotf/internal/ctflite"
	"github.com/gotf/gotf/internal/library"
	"github.com/gotf/gotf/tf"
)

// open finds and opens the TFLite library, once.
var open = sync.OnceValue(func() error {
	const op = "load library"
	if !ctflite.Supported {
		return errorf(op, tf.Unimplemented, "%v", ctflite.Open(""))
	}
	found, err := library.Find(library.TFLite)
	if err != nil {
		return errorf(op, tf.NotFound, "%v", err)
	}
	if err := ctflite.Open(found.Path); err != nil {
		return errorf(op, tf.NotFound, "%v", err)
	}
	return nil
})

// Version is the version of the TFLite library, such as "2.20.0".
func Version() (string, error) {
	if err := open(); err != nil {
		return "", err
	}
	return ctflite.Version(), nil
}
