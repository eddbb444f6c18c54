package convert_test

import (
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/app"
	"github.com/gotf/gotf/cmd/gotf/internal/convert"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
)

func TestMain(m *testing.M) {
	gotftest.Main(m, app.Table{{Group: "Models", Command: app.Apart(convert.Command)}})
}
