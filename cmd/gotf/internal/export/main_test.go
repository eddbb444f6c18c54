package export_test

import (
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/app"
	"github.com/gotf/gotf/cmd/gotf/internal/diff"
	"github.com/gotf/gotf/cmd/gotf/internal/export"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
	"github.com/gotf/gotf/cmd/gotf/internal/inspect"
	"github.com/gotf/gotf/cmd/gotf/internal/run"
)

func TestMain(m *testing.M) {
	gotftest.Main(m, app.Table{
		{Group: "Models", Command: app.Apart(export.Command)}, {Group: "Models", Command: app.Apart(run.Command)},
		{Group: "Models", Command: app.Apart(diff.Command)}, {Group: "Models", Command: inspect.Command},
	})
}
