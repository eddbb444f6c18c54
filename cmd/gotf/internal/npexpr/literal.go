package npexpr

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// number reads 1, 0x1f, 1_000, .5, 1e-3 or 2j.
func (p *parser) number() (Value, error) {
	start := p.at
	digits := func(set string) {
		for p.at < len(p.text) && (strings.IndexByte(set, p.text[p.at]|0x20) >= 0 || p.text[p.at] == '_') {
			p.at++
		}
	}
	if p.text[p.at] == '0' && p.at+1 < len(p.text) && strings.IndexByte("xob", p.text[p.at+1]|0x20) >= 0 {
		p.at += 2
		digits("0123456789abcdef")
		return p.integer(start)
	}
	const decimal = "0123456789"
	digits(decimal)
	whole := true
	if strings.HasPrefix(p.text[p.at:], ".") {
		whole = false
		p.at++
		digits(decimal)
	}
	if rest := p.text[p.at:]; len(rest) > 0 && rest[0]|0x20 == 'e' {
		end := 1
		if len(rest) > 1 && (rest[1] == '+' || rest[1] == '-') {
			end = 2
		}
		if len(rest) > end && rest[end] >= '0' && rest[end] <= '9' {
			whole = false
			p.at += end
			digits(decimal)
		}
	}
	imaginary := p.at < len(p.text) && p.text[p.at]|0x20 == 'j'
	if whole && !imaginary {
		return p.integer(start)
	}
	text := p.text[start:p.at]
	v, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
	if err != nil && !isRange(err) || badUnderscores(text) {
		return nil, p.errorAt(start, "%q is no number", text)
	}
	if imaginary {
		p.at++
		return complex(0, v), nil
	}
	return v, nil
}

func isRange(err error) bool { return strings.Contains(err.Error(), strconv.ErrRange.Error()) }

// badUnderscores finds one that does not stand between digits.
func badUnderscores(s string) bool {
	for i := range len(s) {
		if s[i] == '_' && (i == 0 || i == len(s)-1 || !alnum(s[i-1]) || !alnum(s[i+1])) {
			return true
		}
	}
	return false
}

func alnum(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

func (p *parser) integer(start int) (Value, error) {
	text := p.text[start:p.at]
	plain := strings.ReplaceAll(text, "_", "")
	base := 0
	if strings.Trim(plain, "0123456789") == "" {
		if base = 10; len(plain) > 1 && plain[0] == '0' && strings.Trim(plain, "0") != "" {
			return nil, p.errorAt(start, "%q is no number: a leading zero", text)
		}
	}
	v, err := strconv.ParseInt(plain, base, 64)
	if err != nil && isRange(err) {
		return nil, p.errorAt(start, "%v", errLarge)
	}
	if err != nil || badUnderscores(text) || p.at < len(p.text) && alnum(p.text[p.at]) {
		return nil, p.errorAt(start, "%q is no number", text)
	}
	return v, nil
}

// startsString reports whether a string comes next: '..', "..", or one with the
// prefix b, r or u.
func (p *parser) startsString() bool {
	for i := p.at; i < len(p.text) && i < p.at+3; i++ {
		switch c := p.text[i]; {
		case c == '\'' || c == '"':
			return true
		case strings.IndexByte("bru", c|0x20) < 0:
			return false
		}
	}
	return false
}

// strings reads one string or several that stand side by side.
func (p *parser) strings() (Value, error) {
	var all []byte
	start, asBytes := p.at, false
	for n := 0; ; n++ {
		if p.skip(); !p.startsString() {
			break
		}
		part, isBytes, err := p.str()
		if err != nil {
			return nil, err
		}
		if n > 0 && isBytes != asBytes {
			return nil, p.errorAt(start, "str and bytes do not mix")
		}
		all, asBytes = append(all, part...), isBytes
	}
	if asBytes {
		return append([]byte{}, all...), nil
	}
	return string(all), nil
}

func (p *parser) str() (text []byte, isBytes bool, err error) {
	start, raw := p.at, false
	for ; p.text[p.at] != '\'' && p.text[p.at] != '"'; p.at++ {
		isBytes = isBytes || p.text[p.at]|0x20 == 'b'
		raw = raw || p.text[p.at]|0x20 == 'r'
	}
	quote := p.text[p.at]
	if strings.HasPrefix(p.text[p.at:], strings.Repeat(string(quote), 3)) {
		return nil, false, p.errorAt(start, "strings in three quotes are not supported")
	}
	for p.at++; p.at < len(p.text); {
		c := p.text[p.at]
		switch {
		case c == quote:
			p.at++
			return text, isBytes, nil
		case c == '\\' && p.at+1 < len(p.text) && raw:
			text = append(text, c, p.text[p.at+1])
			p.at += 2
		case c == '\\':
			if text, err = p.escape(text, isBytes); err != nil {
				return nil, false, err
			}
		case isBytes && c >= utf8.RuneSelf:
			return nil, false, p.errorAt(p.at, "bytes hold ASCII only; write others as \\x..")
		default:
			text = append(text, c)
			p.at++
		}
	}
	return nil, false, p.errorAt(start, "a string has no end")
}

var escapes = map[byte]string{'\\': `\`, '\'': "'", '"': `"`, 'a': "\a", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v", '\n': ""}

// escape reads \n, \x41, \101, é or \U0001f600.
func (p *parser) escape(text []byte, isBytes bool) ([]byte, error) {
	start := p.at
	if p.at+1 >= len(p.text) {
		return nil, p.errorAt(start, "a string has no end")
	}
	c := p.text[p.at+1]
	if plain, ok := escapes[c]; ok {
		p.at += 2
		return append(text, plain...), nil
	}
	from, n, base := p.at+2, 0, 16
	switch {
	case c == 'x':
		n = 2
	case c == 'u' && !isBytes:
		n = 4
	case c == 'U' && !isBytes:
		n = 8
	case c >= '0' && c <= '7':
		from, base = p.at+1, 8
		for n < 3 && from+n < len(p.text) && p.text[from+n] >= '0' && p.text[from+n] <= '7' {
			n++
		}
	default: // stays as it is
		p.at++
		return append(text, '\\'), nil
	}
	if from+n > len(p.text) {
		return nil, p.errorAt(start, "a string has no end")
	}
	v, err := strconv.ParseUint(p.text[from:from+n], base, 32)
	if err != nil || v > utf8.MaxRune || isBytes && v > 255 || !isBytes && !utf8.ValidRune(rune(v)) {
		return nil, p.errorAt(start, "%q is no character", p.text[start:from+n])
	}
	p.at = from + n
	if isBytes {
		return append(text, byte(v)), nil
	}
	return utf8.AppendRune(text, rune(v)), nil
}
