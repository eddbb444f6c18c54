package tf

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A structure is a Go value with tensors in it: an Output, or a struct, slice,
// array or map of structures. Booleans, numbers and strings in it are static.

var outputType = reflect.TypeFor[Output]()

// checkStructure finds what cannot be part of a structure, what is checked.
func checkStructure(what string, t reflect.Type, path string, around []reflect.Type) error {
	bad := func(why string) error {
		if path != "" {
			what += ", " + path
		}
		return Errorf(what, InvalidArgument, "type %v: %s", t, why)
	}
	if slices.Contains(around, t) {
		return bad("a type that holds itself has no end")
	}
	around = append(around, t)
	switch {
	case t == outputType || isStatic(t.Kind()):
		return nil
	case t.Kind() == reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			if !f.IsExported() {
				return bad("its field " + f.Name + " is not exported")
			}
			if err := checkStructure(what, f.Type, join(path, fieldName(f)), around); err != nil {
				return err
			}
		}
		return nil
	case t.Kind() == reflect.Slice || t.Kind() == reflect.Array:
		return checkStructure(what, t.Elem(), join(path, "0"), around)
	case t.Kind() == reflect.Map && t.Key().Kind() == reflect.String:
		return checkStructure(what, t.Elem(), join(path, "key"), around)
	}
	return bad("expected a tf.Output, bool, number or string, or a struct, slice, array or map from strings of these")
}

func isStatic(k reflect.Kind) bool {
	return k >= reflect.Bool && k <= reflect.Float64 && k != reflect.Uintptr || k == reflect.String
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "/" + name
}

// fieldName is what a field is called in signatures: its tag, else its name.
func fieldName(f reflect.StructField) string {
	if name := f.Tag.Get("tf"); name != "" {
		return name
	}
	return f.Name
}

// flat is a structure taken apart. Its key tells structures apart, except for
// the tensors themselves.
type flat struct {
	outs  []Output // nil ones too
	key   []byte
	named bool     // names are wanted
	names []string // of outs: "params/0/kernel", "" for a structure that is one
}

// add takes v apart: fields in their order, the values of a map by sorted key.
func (f *flat) add(v reflect.Value, path string) {
	t := v.Type()
	switch k := t.Kind(); {
	case t == outputType:
		f.outs = append(f.outs, v.Interface().(Output))
		if f.named {
			f.names = append(f.names, path)
		}
	case k == reflect.Struct:
		for i, name := range fieldNames(t) {
			f.add(v.Field(i), f.below(path, name))
		}
	case k == reflect.Slice || k == reflect.Array:
		f.key = binary.AppendUvarint(f.key, uint64(v.Len()))
		for i := range v.Len() {
			f.add(v.Index(i), f.below(path, strconv.Itoa(i)))
		}
	case k == reflect.Map:
		f.key = binary.AppendUvarint(f.key, uint64(v.Len()))
		for _, key := range sortedKeys(v) {
			f.text(key.String())
			f.add(v.MapIndex(key), f.below(path, key.String()))
		}
	case k == reflect.String:
		f.text(v.String())
	case k == reflect.Bool:
		f.text(strconv.FormatBool(v.Bool()))
	case v.CanInt():
		f.number(uint64(v.Int()))
	case v.CanUint():
		f.number(v.Uint())
	case v.CanFloat():
		f.number(math.Float64bits(v.Float()))
	}
}

func (f *flat) below(path, name string) string {
	if !f.named {
		return ""
	}
	return join(path, name)
}

func (f *flat) text(s string) {
	f.key = append(binary.AppendUvarint(f.key, uint64(len(s))), s...)
}

func (f *flat) number(n uint64) { f.key = binary.LittleEndian.AppendUint64(f.key, n) }

var structFields sync.Map // reflect.Type -> []string

// fieldNames are what a struct's fields are called in signatures.
func fieldNames(t reflect.Type) []string {
	if names, ok := structFields.Load(t); ok {
		return names.([]string)
	}
	names := make([]string, t.NumField())
	for i := range names {
		names[i] = fieldName(t.Field(i))
	}
	structFields.Store(t, names)
	return names
}

func sortedKeys(m reflect.Value) []reflect.Value {
	keys := m.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) })
	return keys
}

// rebuild is a copy of the structure v with next in place of each tensor, in the
// order of flat.
func rebuild(v reflect.Value, next func(Output) Output) reflect.Value {
	t := v.Type()
	c := reflect.New(t).Elem()
	switch k := t.Kind(); {
	case t == outputType:
		c.Set(reflect.ValueOf(next(v.Interface().(Output))))
	case k == reflect.Struct:
		for i := range v.NumField() {
			c.Field(i).Set(rebuild(v.Field(i), next))
		}
	case k == reflect.Slice && !v.IsNil(), k == reflect.Array:
		if k == reflect.Slice {
			c.Set(reflect.MakeSlice(t, v.Len(), v.Len()))
		}
		for i := range v.Len() {
			c.Index(i).Set(rebuild(v.Index(i), next))
		}
	case k == reflect.Map && !v.IsNil():
		c.Set(reflect.MakeMapWithSize(t, v.Len()))
		for _, key := range sortedKeys(v) {
			c.SetMapIndex(key, rebuild(v.MapIndex(key), next))
		}
	default:
		c.Set(v)
	}
	return c
}

// takeApart takes a structure apart; the most common ones without reflection.
func takeApart[T any](f *flat, v *T) {
	switch v := any(v).(type) {
	case *Output:
		f.outs = append(f.outs, *v)
		if f.named {
			f.names = append(f.names, "")
		}
	case *[]Output:
		if f.named {
			f.add(reflect.ValueOf(v).Elem(), "")
			return
		}
		f.key = binary.AppendUvarint(f.key, uint64(len(*v)))
		f.outs = append(f.outs, *v...)
	default:
		f.add(reflect.ValueOf(v).Elem(), "")
	}
}

// replaced is rebuild, the most common structures without reflection.
func replaced[T any](v T, next func(Output) Output) T {
	switch p := any(&v).(type) {
	case *Output:
		*p = next(*p)
		return v
	case *[]Output:
		outs := make([]Output, len(*p))
		for i, o := range *p {
			outs[i] = next(o)
		}
		*p = outs
		return v
	default:
		return rebuild(reflect.ValueOf(p).Elem(), next).Interface().(T)
	}
}

// nodeName makes a valid name of a node of what a part of a structure is called.
func nodeName(path string) string {
	name := strings.Map(func(r rune) rune {
		if r < 0x80 && validName("a"+string(r)) {
			return r
		}
		return '_'
	}, path)
	switch {
	case path == "":
		return "x"
	case !validName(name) || name[0] >= '0' && name[0] <= '9':
		return "arg" + name
	}
	return name
}

// resultNames makes names of a function's results: lower case, each its own.
func resultNames(paths []string) []string {
	taken := map[string]bool{}
	names := make([]string, len(paths))
	for i, path := range paths {
		base := strings.Map(func(r rune) rune {
			switch {
			case r >= 'A' && r <= 'Z':
				return r - 'A' + 'a'
			case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
				return r
			}
			return '_'
		}, path)
		if base == "" || base[0] < 'a' || base[0] > 'z' {
			base = "output_" + base
		}
		if path == "" {
			base = "output_0"
		}
		name := base
		for n := 1; taken[name]; n++ {
			name = fmt.Sprint(base, "_", n)
		}
		taken[name], names[i] = true, name
	}
	return names
}
