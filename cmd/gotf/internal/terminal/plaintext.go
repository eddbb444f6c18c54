package terminal

import (
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// PlainText is a writer for text that may hold names from files: characters with
// which a name could act on the terminal, or hide, become "?".
type PlainText struct {
	W    io.Writer
	rest []byte // the begin of a character
}

func (p *PlainText) Write(b []byte) (int, error) {
	text := append(p.rest, b...)
	end := wholeRunes(text)
	p.rest = append([]byte(nil), text[end:]...)
	if _, err := io.WriteString(p.W, withoutControls(string(text[:end]))); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Raw is the writer behind a PlainText, for what draws on the terminal.
func Raw(w io.Writer) io.Writer {
	if p, ok := w.(*PlainText); ok {
		return p.W
	}
	return w
}

// wholeRunes is how much of b is left without the begin of a character at its end.
func wholeRunes(b []byte) int {
	for n := 1; n < min(utf8.UTFMax, len(b)+1); n++ {
		if tail := b[len(b)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				break
			}
			return len(b) - n
		}
	}
	return len(b)
}

// acts reports whether a terminal does anything with r but show it: control
// characters, those that turn the direction of the text around, and those that
// nobody sees, but for the two that join or part letters within words.
func acts(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case unicode.In(r, unicode.Join_Control, unicode.Prepended_Concatenation_Mark):
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// withoutControls is PlainText for a string. A byte that belongs to no character
// acts on some terminals as the control character of its number.
func withoutControls(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r == utf8.RuneError || acts(r) }) < 0 {
		return s
	}
	var out strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if acts(r) || size == 1 && s[0] >= 0x80 && s[0] < 0xa0 {
			out.WriteByte('?')
		} else {
			out.WriteString(s[:size])
		}
		s = s[size:]
	}
	return out.String()
}
