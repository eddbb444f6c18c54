package terminal

import (
	"bytes"
	"io"
	"strings"
)

// PlainText is a writer for text that may hold names from files: control
// characters, with which a name could act on the terminal, become "?".
type PlainText struct{ W io.Writer }

func (p PlainText) Write(b []byte) (int, error) {
	if bytes.IndexFunc(b, isControl) < 0 {
		return p.W.Write(b)
	}
	text := bytes.Clone(b)
	for i, c := range text {
		if isControl(rune(c)) {
			text[i] = '?'
		}
	}
	return p.W.Write(text)
}

func isControl(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7f }

// withoutControls is PlainText for a string.
func withoutControls(s string) string {
	return strings.Map(func(r rune) rune {
		if isControl(r) {
			return '?'
		}
		return r
	}, s)
}
