package npy

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ndarray is a NumPy array while its pickle is read. Like all that the memo can
// repeat, it shares what it is made of, so that memory stays within a small
// multiple of the pickle's size.
type ndarray struct {
	shape  []int64
	values *seq // nil until BUILD
}

// dtype is a NumPy dtype: "O8", "S3", "U2".
type dtype struct{ descr string }

// maxDescr bounds a dtype's name.
const maxDescr = 16

// The globals that a pickled object array refers to. NumPy 2 renamed core.
const (
	newArray  global = "numpy._reconstruct"
	newScalar global = "numpy.scalar"
	newDType  global = "numpy.dtype"
	arrayType global = "numpy.ndarray"
	encode    global = "_codecs.encode" // how bytes travel before protocol 3
	newBytes  global = "builtins.bytes" // how b"" travels before protocol 3
)

var globals = map[string]global{
	"numpy.core.multiarray._reconstruct":  newArray,
	"numpy._core.multiarray._reconstruct": newArray,
	"numpy.core.multiarray.scalar":        newScalar,
	"numpy._core.multiarray.scalar":       newScalar,
	"numpy.dtype":                         newDType,
	"numpy.ndarray":                       arrayType,
	"_codecs.encode":                      encode,
	"builtins.bytes":                      newBytes,
	"__builtin__.bytes":                   newBytes,
}

func (u *unpickler) global(op byte) error {
	var name string
	if op == 'c' {
		module, err := u.line()
		if err != nil {
			return err
		}
		attr, err := u.line()
		if err != nil {
			return err
		}
		name = module + "." + attr
	} else {
		vs, err := u.popN(2)
		if err != nil {
			return err
		}
		module, ok1 := vs[0].(str)
		attr, ok2 := vs[1].(str)
		if !ok1 || !ok2 {
			return fmt.Errorf("expected two str, got %s and %s", kindOf(vs[0]), kindOf(vs[1]))
		}
		name = string(module) + "." + string(attr)
	}
	g, ok := globals[name]
	if !ok {
		return fmt.Errorf("global %s is not allowed: only arrays of bytes and str are read", show(name))
	}
	u.push(g)
	return nil
}

// reduce stands for calling a global with a tuple of arguments.
func (u *unpickler) reduce() error {
	vs, err := u.popN(2)
	if err != nil {
		return err
	}
	f, ok1 := vs[0].(global)
	args, ok2 := vs[1].(tuple)
	if !ok1 || !ok2 {
		return fmt.Errorf("expected a global and a tuple, got %s and %s", kindOf(vs[0]), kindOf(vs[1]))
	}
	v, err := u.make(f, args)
	if err != nil {
		return fmt.Errorf("%s: %w", f, err)
	}
	u.push(v)
	return nil
}

func (u *unpickler) make(f global, args tuple) (any, error) {
	switch {
	case f == newArray && len(args) == 3 && args[0] == any(arrayType):
		return &ndarray{}, nil
	case f == newDType && len(args) == 3:
		if descr, ok := args[0].(str); ok && len(descr) <= maxDescr {
			return &dtype{string(descr)}, nil
		}
	case f == newBytes && len(args) == 0:
		return []byte{}, nil
	case f == encode && len(args) == 2:
		text, ok1 := args[0].(str)
		coding, ok2 := args[1].(str)
		if ok1 && ok2 && string(coding) == "latin1" {
			return u.latin1(text)
		}
	case f == newScalar && len(args) == 2:
		d, ok1 := args[0].(*dtype)
		b, ok2 := args[1].([]byte)
		if ok1 && ok2 {
			return u.scalar(d.descr, b)
		}
	}
	return nil, errors.New("its arguments are not those that NumPy writes")
}

// spend counts bytes that are made rather than shared. A pickle holds what
// they are made of once each, so making more than it holds is an attack.
func (u *unpickler) spend(n int) error {
	if u.made += n; u.made > len(u.text) {
		return errors.New("the pickle makes more bytes than it holds")
	}
	return nil
}

// latin1 makes bytes of a str.
func (u *unpickler) latin1(s str) ([]byte, error) {
	if err := u.spend(len(s)); err != nil {
		return nil, err
	}
	b := make([]byte, 0, len(s))
	for _, r := range string(s) {
		if r > 0xff {
			return nil, fmt.Errorf("expected Latin-1, got %q", r)
		}
		b = append(b, byte(r))
	}
	return b, nil
}

// scalar makes the bytes or str of a numpy.bytes_ or numpy.str_.
func (u *unpickler) scalar(descr string, b []byte) (any, error) {
	size, err := strconv.Atoi(strings.TrimLeft(descr, "SU"))
	switch {
	case err == nil && strings.HasPrefix(descr, "S") && size == len(b):
		return b, nil
	case err == nil && strings.HasPrefix(descr, "U") && 4*size == len(b):
		if err := u.spend(len(b)); err != nil {
			return nil, err
		}
		text, err := fromUTF32(b)
		return str(text), err
	}
	return nil, fmt.Errorf("expected a value of dtype S or U with its bytes, got dtype %s with %d bytes", show(descr), len(b))
}

// build fills in a dtype or an array.
func (u *unpickler) build() error {
	vs, err := u.popN(2)
	if err != nil {
		return err
	}
	state, ok := vs[1].(tuple)
	if !ok {
		return fmt.Errorf("expected a tuple, got %s", kindOf(vs[1]))
	}
	switch v := vs[0].(type) {
	case *dtype:
		if order, ok := at(state, 1).(str); ok && string(order) == ">" {
			return errors.New("big-endian numpy.str_ is not supported")
		}
	case *ndarray:
		if err := v.set(state); err != nil {
			return fmt.Errorf("array: %w", err)
		}
	default:
		return fmt.Errorf("expected an array or dtype, got %s", kindOf(v))
	}
	u.push(vs[0])
	return nil
}

// set takes the state NumPy writes: version, shape, dtype, whether in Fortran
// order in memory (the values come in C order all the same), values.
func (a *ndarray) set(state tuple) error {
	if len(state) != 5 {
		return fmt.Errorf("expected a state of 5 values, got %d", len(state))
	}
	dims, ok1 := state[1].(tuple)
	d, ok2 := state[2].(*dtype)
	if !ok1 || !ok2 {
		return fmt.Errorf("expected a shape and a dtype, got %s and %s", kindOf(state[1]), kindOf(state[2]))
	}
	values, ok := state[4].(*seq)
	if !ok || !strings.HasPrefix(d.descr, "O") {
		return fmt.Errorf("expected a list of objects, got %s of dtype %s", kindOf(state[4]), show(d.descr))
	}
	if a.values != nil {
		return errors.New("it is filled in twice")
	}
	if len(dims) > maxRank {
		return fmt.Errorf("expected at most %d dimensions, got %d", maxRank, len(dims))
	}
	a.values, a.shape = values, make([]int64, len(dims))
	for i, v := range dims {
		if a.shape[i], ok = v.(int64); !ok {
			return fmt.Errorf("expected a shape of integers, got %s", kindOf(v))
		}
	}
	return nil
}

// strings returns the values, if all are bytes or str.
func (a *ndarray) strings() ([][]byte, error) {
	if a.values == nil {
		return nil, errors.New("the array is never filled in")
	}
	n, err := count(a.shape, 1)
	if err != nil {
		return nil, err
	}
	if n != int64(len(a.values.items)) {
		return nil, fmt.Errorf("shape %v holds %d values, got %d", a.shape, n, len(a.values.items))
	}
	out := make([][]byte, n)
	for i, v := range a.values.items {
		switch v := v.(type) {
		case []byte:
			out[i] = v
		case str:
			out[i] = v
		default:
			return nil, fmt.Errorf("value %d: expected bytes or str, got %s", i, kindOf(v))
		}
	}
	return out, nil
}

func at(t tuple, i int) any {
	if i < len(t) {
		return t[i]
	}
	return nil
}

// kindOf names a value in an error message.
func kindOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		return "a bool"
	case int64:
		return "an int"
	case str:
		return "a str"
	case []byte:
		return "bytes"
	case tuple:
		return "a tuple"
	case *seq:
		return "a list"
	case *dtype:
		return "a dtype"
	case *ndarray:
		return "an array"
	case global:
		return string(v)
	}
	return "a mark"
}
