package convert_test

import (
	"context"
	"testing"

	"github.com/gotf/gotf/internal/damage"
	"github.com/gotf/gotf/tflite/convert"
)

// TestDamage converts damaged models: each is an error or converts.
func TestDamage(t *testing.T) {
	for _, model := range []string{"cnn", "multi"} {
		t.Run(model, func(t *testing.T) { damage.Test(t, "testdata/models/"+model, 40) })
	}
}

func convertDamaged(dir string) { convert.Convert(context.Background(), dir, nil) }
