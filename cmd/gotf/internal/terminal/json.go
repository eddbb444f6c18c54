package terminal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/urfave/cli/v2"
)

// PrintJSON writes v to the command's output. Characters that would act on a
// terminal stand as \uXXXX.
func PrintJSON(c *cli.Context, v any) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := c.App.Writer.Write(escapeJSON(text.Bytes()))
	return err
}

func escapeJSON(text []byte) []byte {
	if bytes.IndexFunc(text, acts) < 0 {
		return text
	}
	var out []byte
	for _, r := range string(text) {
		switch {
		case !acts(r):
			out = utf8.AppendRune(out, r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}
