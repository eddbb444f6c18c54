package convert

import (
	"context"
	"os"
	"path/filepath"

	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
)

// The origins of a model that are no SavedModel, as the metadata names them.
const (
	kerasType   = 2 // ModelType.KERAS_MODEL
	sessionType = 5
)

// Keras converts a Keras model, with its weights as they are.
func Keras(ctx context.Context, m *keras.Model, o *Options) ([]byte, error) {
	if m == nil {
		return nil, errorf("convert Keras model", tf.InvalidArgument, "the model is nil")
	}
	return exported(ctx, kerasType, o, func(dir string) error {
		return m.Export(ctx, dir, keras.ExportConfig{})
	})
}

// Graph converts a part of a session's graph, which [savedmodel.Export] would
// write. Signatures are those of cfg.
func Graph(ctx context.Context, s *tf.Session, cfg *savedmodel.ExportConfig, o *Options) ([]byte, error) {
	if s == nil {
		return nil, errorf("convert graph", tf.InvalidArgument, "the session is nil")
	}
	return exported(ctx, sessionType, o, func(dir string) error {
		return savedmodel.Export(ctx, dir, s, cfg)
	})
}

// exported converts what export writes to a new folder, for the time of it.
func exported(ctx context.Context, origin int32, o *Options, export func(dir string) error) ([]byte, error) {
	parent, err := os.MkdirTemp("", "gotf-convert-")
	if err != nil {
		return nil, fileError(os.TempDir(), err)
	}
	defer os.RemoveAll(parent)
	dir := filepath.Join(parent, "model")
	if err := export(dir); err != nil {
		return nil, err
	}
	var copied Options
	if o != nil {
		copied = *o
	}
	copied.origin = origin
	return Convert(ctx, dir, &copied)
}
