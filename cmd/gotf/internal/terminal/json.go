package terminal

import (
	"encoding/json"

	"github.com/urfave/cli/v2"
)

// PrintJSON writes v to the command's output.
func PrintJSON(c *cli.Context, v any) error {
	e := json.NewEncoder(c.App.Writer)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
