package npy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
)

// The values a pickle is made of, as this reader holds them: nil, bool, int64,
// str (in UTF-8), []byte (bytes), tuple, *seq, global, *dtype and *ndarray.
type (
	str    []byte
	tuple  []any
	seq    struct{ items []any } // a list; shared through the memo
	global string                // "module.name"
	mark   struct{}
)

// unpickler is a stack machine over the opcodes that NumPy's object arrays
// need, in pickle protocols 0 to 5. It calls nothing: the few globals it knows
// stand for the values in pickle_numpy.go.
type unpickler struct {
	text  []byte
	at    int
	stack []any
	memo  map[int64]any
	made  int // see spend
}

// unpickle reads a pickled object array of bytes or str.
func unpickle(text []byte) (shape []int64, values [][]byte, err error) {
	u := &unpickler{text: text, memo: map[int64]any{}}
	for {
		op, err := u.byte()
		if err != nil {
			return nil, nil, err
		}
		if op == '.' {
			break
		}
		if err := u.step(op); err != nil {
			return nil, nil, fmt.Errorf("byte %d, opcode %s: %w", u.at-1, opName(op), err)
		}
	}
	if u.at != len(text) {
		return nil, nil, errors.New("expected the end of the file after the array, got more bytes")
	}
	v, err := u.pop()
	if err != nil {
		return nil, nil, err
	}
	a, ok := v.(*ndarray)
	if !ok {
		return nil, nil, fmt.Errorf("expected a NumPy array, got %s", kindOf(v))
	}
	values, err = a.strings()
	return a.shape, values, err
}

// step runs one opcode.
func (u *unpickler) step(op byte) error {
	switch op {
	case 0x80: // PROTO
		v, err := u.byte()
		if err == nil && v > 5 {
			err = fmt.Errorf("expected pickle protocol 0 to 5, got %d", v)
		}
		return err
	case 0x95: // FRAME: its length says nothing that is needed
		_, err := u.bytes(8)
		return err
	case 'N':
		u.push(nil)
	case 0x88, 0x89:
		u.push(op == 0x88)
	case '(':
		u.push(mark{})
	case 'J', 'K', 'M', 0x8a, 'I', 'L':
		return u.number(op)
	case 'X', 0x8c, 0x8d, 'V':
		return u.unicode(op)
	case 'B', 'C', 0x8e:
		b, err := u.counted(op)
		if err == nil {
			u.push(b)
		}
		return err
	case ')', 't', 0x85, 0x86, 0x87:
		return u.tuple(op)
	case ']', 'l', 'a', 'e':
		return u.list(op)
	case 'p', 'q', 'r', 0x94:
		return u.store(op)
	case 'g', 'h', 'j':
		return u.recall(op)
	case 'c', 0x93:
		return u.global(op)
	case 'R':
		return u.reduce()
	case 'b':
		return u.build()
	default:
		return errors.New("not allowed: only arrays of bytes and str are read")
	}
	return nil
}

func (u *unpickler) push(v any) { u.stack = append(u.stack, v) }

func (u *unpickler) pop() (any, error) {
	if len(u.stack) == 0 {
		return nil, errors.New("the stack is empty")
	}
	v := u.stack[len(u.stack)-1]
	u.stack = u.stack[:len(u.stack)-1]
	if v == (mark{}) {
		return nil, errors.New("expected a value, got a mark")
	}
	return v, nil
}

// popN takes the top n values, lowest first.
func (u *unpickler) popN(n int) ([]any, error) {
	vs := make([]any, n)
	for i := n - 1; i >= 0; i-- {
		v, err := u.pop()
		if err != nil {
			return nil, err
		}
		vs[i] = v
	}
	return vs, nil
}

// popMark takes the values above the topmost mark, and the mark.
func (u *unpickler) popMark() ([]any, error) {
	for i := len(u.stack) - 1; i >= 0; i-- {
		if u.stack[i] == (mark{}) {
			vs := append([]any(nil), u.stack[i+1:]...)
			u.stack = u.stack[:i]
			return vs, nil
		}
	}
	return nil, errors.New("there is no mark")
}

func (u *unpickler) tuple(op byte) (err error) {
	var vs []any
	switch op {
	case 't':
		vs, err = u.popMark()
	case 0x85, 0x86, 0x87:
		vs, err = u.popN(int(op-0x85) + 1)
	}
	if err == nil {
		u.push(tuple(vs))
	}
	return err
}

func (u *unpickler) list(op byte) (err error) {
	var vs []any
	switch op {
	case 'l', 'e':
		vs, err = u.popMark()
	case 'a':
		vs, err = u.popN(1)
	}
	if err != nil {
		return err
	}
	if op == ']' || op == 'l' {
		u.push(&seq{vs})
		return nil
	}
	v, err := u.pop()
	if err != nil {
		return err
	}
	l, ok := v.(*seq)
	if !ok {
		return fmt.Errorf("expected a list, got %s", kindOf(v))
	}
	l.items = append(l.items, vs...)
	u.push(l)
	return nil
}

func (u *unpickler) store(op byte) error {
	key := int64(len(u.memo))
	if op != 0x94 {
		var err error
		if key, err = u.memoKey(op, "pqr"); err != nil {
			return err
		}
	}
	v, err := u.pop()
	if err == nil {
		u.memo[key] = v
		u.push(v)
	}
	return err
}

func (u *unpickler) recall(op byte) error {
	key, err := u.memoKey(op, "ghj")
	if err != nil {
		return err
	}
	v, ok := u.memo[key]
	if !ok {
		return fmt.Errorf("nothing is remembered under %d", key)
	}
	u.push(v)
	return nil
}

// memoKey reads a memo's key: in text, one byte or four, for the first, second
// and third of ops.
func (u *unpickler) memoKey(op byte, ops string) (int64, error) {
	switch op {
	case ops[0]:
		line, err := u.line()
		if err != nil {
			return 0, err
		}
		return strconv.ParseInt(line, 10, 64)
	case ops[1]:
		return u.uint(1)
	}
	return u.uint(4)
}

// byte, bytes, uint and line read the arguments of opcodes.

func (u *unpickler) byte() (byte, error) {
	b, err := u.bytes(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

func (u *unpickler) bytes(n int64) ([]byte, error) {
	if left := int64(len(u.text) - u.at); n < 0 || n > left {
		return nil, short(n, left, "the pickle")
	}
	b := u.text[u.at : u.at+int(n) : u.at+int(n)]
	u.at += int(n)
	return b, nil
}

func (u *unpickler) uint(size int64) (int64, error) {
	b, err := u.bytes(size)
	if err != nil {
		return 0, err
	}
	var word [8]byte
	copy(word[:], b)
	return int64(binary.LittleEndian.Uint64(word[:])), nil
}

func (u *unpickler) line() (string, error) {
	for i := u.at; i < len(u.text); i++ {
		if u.text[i] == '\n' {
			line := string(u.text[u.at:i])
			u.at = i + 1
			return line, nil
		}
	}
	return "", short(int64(len(u.text)-u.at)+1, int64(len(u.text)-u.at), "a line of the pickle")
}
