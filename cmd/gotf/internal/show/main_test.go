package show

import (
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/app"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
	"github.com/gotf/gotf/cmd/gotf/internal/run"
)

func TestMain(m *testing.M) {
	gotftest.Main(m, app.Table{
		{Group: "Models", Command: Command}, {Group: "Models", Command: ScanCommand}, {Group: "Models", Command: app.Apart(run.Command)},
	})
}
