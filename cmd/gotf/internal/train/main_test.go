package train_test

import (
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/app"
	"github.com/gotf/gotf/cmd/gotf/internal/export"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
	"github.com/gotf/gotf/cmd/gotf/internal/train"
)

func TestMain(m *testing.M) {
	gotftest.Main(m, app.Table{{Group: "Models", Command: train.Command}, {Group: "Models", Command: app.Apart(export.Command)}})
}
