package convert

import (
	"context"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
)

// functionType is ModelType.TF_CONCRETE_FUNCTIONS.
const functionType = 3

// Functions converts functions traced on the eager scope s, each of them the
// signature of its key, with the values that the variables they use have now.
// It takes what [savedmodel.ExportFunctions] would write: [tf.Traced.Concrete]
// gives the functions, cfg says more of their variables and may be nil. Python has
// TFLiteConverter.from_concrete_functions for it.
func Functions(ctx context.Context, s *tf.Scope, functions map[string]*tf.Function, cfg *savedmodel.ExportConfig, o *Options) ([]byte, error) {
	if s == nil {
		return nil, errorf("convert functions", tf.InvalidArgument, "the scope is nil")
	}
	if len(functions) == 0 {
		return nil, errorf("convert functions", tf.InvalidArgument, "there are no functions")
	}
	return exported(ctx, functionType, o, func(dir string) error {
		return savedmodel.ExportFunctions(ctx, dir, s, functions, cfg)
	})
}
