package terminal

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"github.com/urfave/cli/v2"
)

// TestPlainText writes in pieces of any size.
func TestPlainText(t *testing.T) {
	for text, want := range map[string]string{
		"a\x1b[2J é\tb\n\x7f":                "a?[2J é\tb\n?",
		"\u009b31m ß \u202eabc\u2066 \u200b": "?31m ß ?abc? ?",
		"\x9b31m \xdf \xe2\x80 \xff\u0085":   "?31m \xdf \xe2? \xff?",
		"न\u094d\u200dन \u0601 日本 🙂 \ufffd":  "न\u094d\u200dन \u0601 日本 🙂 \ufffd",
		"\u2028\u2029\r\U000e0041":           "????",
	} {
		for size := 1; size <= len(text); size++ {
			var out bytes.Buffer
			w := &PlainText{W: &out}
			for at := 0; at < len(text); at += size {
				piece := text[at:min(at+size, len(text))]
				if n, err := io.WriteString(w, piece); n != len(piece) || err != nil {
					t.Fatal(n, err)
				}
			}
			if out.String() != want {
				t.Errorf("%q in pieces of %d: %q, want %q", text, size, out.String(), want)
			}
		}
	}
	if got := OneLine(errors.New("a\n\x1bb\u009b")); got != "a ?b?" {
		t.Errorf("OneLine: %q", got)
	}
}

func TestPrintJSON(t *testing.T) {
	var out bytes.Buffer
	app := cli.NewContext(&cli.App{Writer: &PlainText{W: &out}}, nil, nil)
	in := "\x1b\u009b31m\u202e\x7f é\n\U000e0041"
	if err := PrintJSON(app, []string{in}); err != nil {
		t.Fatal(err)
	}
	const want = "[\n  \"\\u001b\\u009b31m\\u202e\\u007f é\\n\\udb40\\udc41\"\n]\n"
	var back []string
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || out.String() != want || back[0] != in {
		t.Errorf("%v: %s gives %q", err, out.String(), back)
	}
}

func TestTableLines(t *testing.T) {
	var out bytes.Buffer
	table := Table{}
	table.Add("a\nweights 9", "b")
	if table.Print(&out, ""); out.String() != "\"a\\nweights 9\"  b\n" {
		t.Errorf("%q", out.String())
	}
}
