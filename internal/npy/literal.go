package npy

import (
	"fmt"
	"math"
	"strings"
)

// literal parses the one form of Python literal that .npy headers use: a dict
// of strings, booleans, and tuples of integers.
type literal struct {
	text string
	at   int
}

// fields parses "{'key': value, ...}" and nothing after it.
// Values are string, bool or []int64.
func (l *literal) fields() (map[string]any, error) {
	if err := l.expect('{'); err != nil {
		return nil, err
	}
	fields := map[string]any{}
	for !l.next('}') {
		key, err := l.str()
		if err != nil {
			return nil, err
		}
		if _, twice := fields[key]; twice {
			return nil, fmt.Errorf("key %s stands twice", show(key))
		}
		if err := l.expect(':'); err != nil {
			return nil, err
		}
		if fields[key], err = l.value(); err != nil {
			return nil, fmt.Errorf("value of %s: %w", show(key), err)
		}
		if !l.next(',') {
			if err := l.expect('}'); err != nil {
				return nil, err
			}
			break
		}
	}
	if l.skip(); l.at < len(l.text) {
		return nil, l.unexpected("the end")
	}
	return fields, nil
}

func (l *literal) value() (any, error) {
	l.skip()
	rest := l.text[l.at:]
	switch {
	case strings.HasPrefix(rest, "True"):
		l.at += len("True")
		return true, nil
	case strings.HasPrefix(rest, "False"):
		l.at += len("False")
		return false, nil
	case strings.HasPrefix(rest, "("):
		return l.ints()
	case strings.HasPrefix(rest, "["):
		return nil, fmt.Errorf("arrays of records are not supported")
	}
	return l.str()
}

// ints parses a tuple: "()", "(2,)", "(2, 3)"; Python 2 wrote "(2L, 3L)".
func (l *literal) ints() ([]int64, error) {
	if err := l.expect('('); err != nil {
		return nil, err
	}
	ints := []int64{}
	for !l.next(')') {
		n, err := l.int()
		if err != nil {
			return nil, err
		}
		if ints = append(ints, n); !l.next(',') {
			if err := l.expect(')'); err != nil {
				return nil, err
			}
			break
		}
	}
	return ints, nil
}

func (l *literal) int() (int64, error) {
	l.skip()
	negative := l.next('-')
	start, n := l.at, int64(0)
	for ; l.at < len(l.text) && l.text[l.at] >= '0' && l.text[l.at] <= '9'; l.at++ {
		digit := int64(l.text[l.at] - '0')
		if n > (math.MaxInt64-digit)/10 {
			return 0, fmt.Errorf("a number is too large: %s", show(l.text[start:]))
		}
		n = n*10 + digit
	}
	if l.at == start {
		return 0, l.unexpected("a number")
	}
	if l.at < len(l.text) && l.text[l.at] == 'L' {
		l.at++
	}
	if negative {
		n = -n
	}
	return n, nil
}

// str parses a quoted string. Escapes do not occur in headers.
func (l *literal) str() (string, error) {
	l.skip()
	if l.at == len(l.text) || l.text[l.at] != '\'' && l.text[l.at] != '"' {
		return "", l.unexpected("a string")
	}
	quote := l.text[l.at]
	end := strings.IndexByte(l.text[l.at+1:], quote)
	if end < 0 {
		return "", fmt.Errorf("a string has no end: %s", show(l.text[l.at:]))
	}
	s := l.text[l.at+1 : l.at+1+end]
	if strings.ContainsRune(s, '\\') {
		return "", fmt.Errorf("a string has escapes: %s", show(s))
	}
	l.at += end + 2
	return s, nil
}

// next skips c, if it comes next.
func (l *literal) next(c byte) bool {
	l.skip()
	if l.at < len(l.text) && l.text[l.at] == c {
		l.at++
		return true
	}
	return false
}

func (l *literal) expect(c byte) error {
	if !l.next(c) {
		return l.unexpected(fmt.Sprintf("%q", c))
	}
	return nil
}

func (l *literal) skip() {
	for l.at < len(l.text) && strings.IndexByte(" \t\r\n", l.text[l.at]) >= 0 {
		l.at++
	}
}

func (l *literal) unexpected(want string) error {
	if l.at == len(l.text) {
		return fmt.Errorf("expected %s, got the end of the header", want)
	}
	return fmt.Errorf("expected %s, got %s", want, show(l.text[l.at:]))
}

// show quotes s for an error message, cut to a readable length.
func show(s string) string {
	const most = 40
	if len(s) > most {
		return fmt.Sprintf("%q...", s[:most])
	}
	return fmt.Sprintf("%q", s)
}
