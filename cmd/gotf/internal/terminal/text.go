// Package terminal writes for people: words and numbers, tables, progress,
// commands to type, and nothing with which a name from a file could act on the
// terminal.
package terminal

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// OneLine is err's text without line breaks.
func OneLine(err error) string { return Line(err.Error()) }

// Line is text, which may hold names from files, without line breaks.
func Line(text string) string {
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })
	return withoutControls(strings.Join(lines, " "))
}

// Count is "1 input", "2 inputs".
func Count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// Bytes is n in a unit that leaves one to three digits before the point.
func Bytes(n int64) string {
	if n < 1000 {
		return fmt.Sprintf("%d bytes", n)
	}
	v, units := float64(n)/1000, []string{"kB", "MB", "GB", "TB"}
	i := 0
	for ; v >= 999.95 && i < len(units)-1; i++ {
		v /= 1000
	}
	return fmt.Sprintf("%.1f %s", v, units[i])
}

// Printable is s as it may stand on a terminal: names come from files that
// anybody wrote.
func Printable(s string) string {
	bad := strings.IndexFunc(s, func(c rune) bool { return !unicode.IsPrint(c) || c == utf8.RuneError })
	if bad >= 0 {
		return strconv.Quote(s)
	}
	return s
}

// ShortName is a printable name cut in its middle: names of weights can be very
// long, and differ at their ends.
func ShortName(s string) string {
	r := []rune(Printable(s))
	if len(r) <= longestName {
		return string(r)
	}
	return string(r[:longestName/2]) + "…" + string(r[len(r)-longestName/2+1:])
}

const longestName = 64

// Thousands writes n in groups of three digits.
func Thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// OfMany says that a list is not whole.
func OfMany(shown, all int, which string) string {
	if shown == all {
		return ""
	}
	return fmt.Sprintf(" (%s %d of %d; --json lists all)", which, shown, all)
}

// MostLines is how much of a long list is printed.
const MostLines = 12
