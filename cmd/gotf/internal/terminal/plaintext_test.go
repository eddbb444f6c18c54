package terminal

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

func TestPlainText(t *testing.T) {
	var out bytes.Buffer
	if n, err := io.WriteString(PlainText{&out}, "a\x1b[2J é\tb\n\x7f"); n != 12 || err != nil || out.String() != "a?[2J é\tb\n?" {
		t.Errorf("%d, %v, %q", n, err, out.String())
	}
	if got := OneLine(errors.New("a\n\x1bb")); got != "a ?b" {
		t.Errorf("oneLine: %q", got)
	}
}
