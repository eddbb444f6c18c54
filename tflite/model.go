package tflite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"github.com/gotf/gotf/internal/ctflite"
	"github.com/gotf/gotf/internal/handle"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/internal/verify"
)

// Model is a .tflite file in memory. Many interpreters may use it.
type Model struct {
	h *handle.Handle[*nativeModel]
}

type nativeModel struct {
	model     *ctflite.Model
	reporter  *ctflite.Reporter
	noXNNPACK bool // it would not survive the model

	try   sync.Once
	tried string // why the model does not run even without XNNPACK
}

// LoadModel reads and checks a .tflite file.
func LoadModel(path string) (*Model, error) {
	data, err := os.ReadFile(path)
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
	return &Model{handle.New(&nativeModel{model: m, reporter: r, noXNNPACK: facts.Dead}, (*nativeModel).free)}, nil
}

func (m *nativeModel) free() {
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

// Options are those of an Interpreter; nil means all defaults.
type Options struct {
	// Threads that one invocation may use. 0 means 1, which is the fastest for
	// small models.
	Threads int

	// NoXNNPACK leaves out XNNPACK's kernels, which are several times faster
	// for float models and may differ in the last bits.
	NoXNNPACK bool
}

func (o *Options) threads() (int, error) {
	switch {
	case o == nil || o.Threads == 0:
		return 1, nil
	case o.Threads < 0 || o.Threads > 1024:
		return 0, fmt.Errorf("the option Threads must be 0 to 1024, got %d", o.Threads)
	}
	return o.Threads, nil
}
