package convert

import (
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/app"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
)

func TestMain(m *testing.M) {
	gotftest.Main(m, app.Table{{Group: "Models", Command: app.Apart(Command)}})
}
