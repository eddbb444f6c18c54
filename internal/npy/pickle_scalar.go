package npy

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// number reads the integer opcodes; INT also carries protocol 0's booleans.
func (u *unpickler) number(op byte) error {
	var v any
	var err error
	switch op {
	case 'J': // BININT
		var n int64
		n, err = u.uint(4)
		v = int64(int32(n))
	case 'K': // BININT1
		v, err = u.uint(1)
	case 'M': // BININT2
		v, err = u.uint(2)
	case 0x8a: // LONG1
		v, err = u.long()
	case 'I', 'L': // INT, LONG
		v, err = u.decimal()
	}
	if err == nil {
		u.push(v)
	}
	return err
}

// long reads a signed little-endian number of up to eight bytes.
func (u *unpickler) long() (int64, error) {
	size, err := u.uint(1)
	if err != nil || size == 0 {
		return 0, err
	}
	if size > 8 {
		return 0, fmt.Errorf("expected an integer of at most 8 bytes, got %d", size)
	}
	n, err := u.uint(size)
	unused := 64 - 8*uint(size)
	return n << unused >> unused, err
}

func (u *unpickler) decimal() (any, error) {
	line, err := u.line()
	switch {
	case err != nil:
		return nil, err
	case line == "00":
		return false, nil
	case line == "01":
		return true, nil
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(line, "L"), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("expected an integer, got %s", show(line))
	}
	return n, nil
}

// counted reads bytes after their number.
func (u *unpickler) counted(op byte) ([]byte, error) {
	size := int64(4)
	switch op {
	case 'C', 0x8c: // SHORT_BINBYTES, SHORT_BINUNICODE
		size = 1
	case 0x8e, 0x8d: // BINBYTES8, BINUNICODE8
		size = 8
	}
	n, err := u.uint(size)
	if err != nil {
		return nil, err
	}
	return u.bytes(n)
}

func (u *unpickler) unicode(op byte) error {
	if op == 'V' { // UNICODE
		line, err := u.line()
		if err != nil {
			return err
		}
		s, err := unescape(line)
		if err == nil {
			u.push(str(s))
		}
		return err
	}
	b, err := u.counted(op)
	if err == nil && !utf8.Valid(b) {
		err = errors.New("expected a str in UTF-8")
	}
	if err == nil {
		u.push(str(b))
	}
	return err
}

// unescape decodes Python's raw-unicode-escape: Latin-1 with \uXXXX and
// \UXXXXXXXX.
func unescape(s string) (string, error) {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		digits := 0
		if s[i] == '\\' && i+1 < len(s) {
			switch s[i+1] {
			case 'u':
				digits = 4
			case 'U':
				digits = 8
			}
		}
		if digits == 0 {
			out.WriteRune(rune(s[i]))
			continue
		}
		if i+2+digits > len(s) {
			return "", fmt.Errorf("expected %d hexadecimal digits, got %s", digits, show(s[i+2:]))
		}
		n, err := strconv.ParseUint(s[i+2:i+2+digits], 16, 32)
		if err != nil || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
			return "", fmt.Errorf("expected a Unicode character, got %s", show(s[i:i+2+digits]))
		}
		out.WriteRune(rune(n))
		i += 1 + digits
	}
	return out.String(), nil
}

// opNames are the opcodes a reader of error messages may meet.
var opNames = map[byte]string{
	'(': "MARK", '.': "STOP", '0': "POP", '1': "POP_MARK", '2': "DUP", 'F': "FLOAT", 'I': "INT",
	'J': "BININT", 'K': "BININT1", 'L': "LONG", 'M': "BININT2", 'N': "NONE", 'P': "PERSID",
	'Q': "BINPERSID", 'R': "REDUCE", 'S': "STRING", 'T': "BINSTRING", 'U': "SHORT_BINSTRING",
	'V': "UNICODE", 'X': "BINUNICODE", 'a': "APPEND", 'b': "BUILD", 'c': "GLOBAL", 'd': "DICT",
	'}': "EMPTY_DICT", 'e': "APPENDS", 'g': "GET", 'h': "BINGET", 'i': "INST", 'j': "LONG_BINGET",
	'l': "LIST", ']': "EMPTY_LIST", 'o': "OBJ", 'p': "PUT", 'q': "BINPUT", 'r': "LONG_BINPUT",
	's': "SETITEM", 't': "TUPLE", ')': "EMPTY_TUPLE", 'u': "SETITEMS", 'G': "BINFLOAT",
	'B': "BINBYTES", 'C': "SHORT_BINBYTES",
	0x80: "PROTO", 0x81: "NEWOBJ", 0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4", 0x85: "TUPLE1",
	0x86: "TUPLE2", 0x87: "TUPLE3", 0x88: "NEWTRUE", 0x89: "NEWFALSE", 0x8a: "LONG1", 0x8b: "LONG4",
	0x8c: "SHORT_BINUNICODE", 0x8d: "BINUNICODE8", 0x8e: "BINBYTES8", 0x8f: "EMPTY_SET",
	0x90: "ADDITEMS", 0x91: "FROZENSET", 0x92: "NEWOBJ_EX", 0x93: "STACK_GLOBAL", 0x94: "MEMOIZE",
	0x95: "FRAME", 0x96: "BYTEARRAY8", 0x97: "NEXT_BUFFER", 0x98: "READONLY_BUFFER",
}

func opName(op byte) string {
	if name, ok := opNames[op]; ok {
		return name
	}
	return fmt.Sprintf("%#02x", op)
}
