package tflite

import (
	"errors"
	"io/fs"
	"sync/atomic"

	"github.com/gotf/gotf/internal/ctflite"
	"github.com/gotf/gotf/internal/handle"
	"github.com/gotf/gotf/internal/plainfile"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/internal/verify"
)

// Model is a .tflite file in memory. Many interpreters may use it.
type Model struct {
	h *handle.Handle[*nativeModel]
}

type nativeModel struct {
	model    *ctflite.Model
	reporter *ctflite.Reporter
	facts    verify.Facts

	// proven: TFLite's own kernels accept the model. XNNPACK checks a model
	// less than the kernels that it replaces do.
	proven atomic.Bool

	weights weights
}

// LoadModel reads and checks a .tflite file.
func LoadModel(path string) (*Model, error) {
	data, err := plainfile.Read(path, plainfile.Message)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errorf("load model", tf.NotFound, "%v", err)
	case err != nil:
		return nil, errorf("load model", tf.Unknown, "%v", err)
	}
	return newModel("load model "+path, data)
}

// NewModel checks the bytes of a .tflite file and copies them.
func NewModel(data []byte) (*Model, error) { return newModel("new model", data) }

func newModel(op string, data []byte) (*Model, error) {
	facts, err := verify.Model(data)
	if err != nil {
		return nil, errorf(op, tf.InvalidArgument, "%v", err)
	}
	if err := open(); err != nil {
		return nil, err
	}
	r := ctflite.NewReporter()
	m := ctflite.NewModel(data, r)
	if m == nil {
		defer ctflite.DeleteReporter(r)
		return nil, errorf(op, tf.InvalidArgument, "%s", reports(r))
	}
	return &Model{handle.New(&nativeModel{model: m, reporter: r, facts: facts}, (*nativeModel).free)}, nil
}

func (m *nativeModel) free() {
	m.weights.free()
	ctflite.DeleteModel(m.model)
	ctflite.DeleteReporter(m.reporter)
}

// Close frees the model when its last interpreter is closed.
func (m *Model) Close() error {
	if m == nil {
		return nil
	}
	return m.h.Close()
}
