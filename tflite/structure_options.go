package tflite

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/gotf/gotf/tflite/internal/schema"
)

// options lists the fields of an operator's unpacked options: union is
// *schema.BuiltinOptionsT or *schema.BuiltinOptions2T.
func (r *structureReader) options(union any) []Option {
	var table any
	switch u := union.(type) {
	case *schema.BuiltinOptionsT:
		if u != nil {
			table = u.Value
		}
	case *schema.BuiltinOptions2T:
		if u != nil {
			table = u.Value
		}
	}
	v := reflect.ValueOf(table)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return nil
	}
	v = v.Elem()
	var out []Option
	for i := range v.NumField() {
		name, f := v.Type().Field(i).Tag.Get("json"), v.Field(i)
		if f.Kind() == reflect.Slice && !r.take(f.Len()*int(f.Type().Elem().Size())) {
			return out
		}
		if value := optionValue(f); value != nil {
			out = append(out, Option{name, value})
		}
	}
	return out
}

// optionValue is a field in the types that Option promises; nil for others,
// which are tables.
func optionValue(v reflect.Value) any {
	if name, ok := v.Interface().(fmt.Stringer); ok && v.Kind() != reflect.Pointer {
		return name.String()
	}
	switch {
	case v.Kind() == reflect.Slice:
		return optionValues(v)
	case v.CanInt():
		return v.Int()
	case v.CanUint():
		return int64(v.Uint())
	case v.CanFloat():
		return v.Float()
	case v.Kind() == reflect.Bool:
		return v.Bool()
	case v.Kind() == reflect.String:
		return strings.ToValidUTF8(v.String(), "\uFFFD")
	}
	return nil
}

func optionValues(v reflect.Value) any {
	switch k := v.Type().Elem().Kind(); {
	case k == reflect.String:
		return convert(v, func(e reflect.Value) string { return strings.ToValidUTF8(e.String(), "\uFFFD") })
	case k == reflect.Bool:
		return convert(v, reflect.Value.Bool)
	case k == reflect.Float32 || k == reflect.Float64:
		return convert(v, reflect.Value.Float)
	case k >= reflect.Int && k <= reflect.Int64:
		return convert(v, reflect.Value.Int)
	case k >= reflect.Uint && k <= reflect.Uint64:
		return convert(v, func(e reflect.Value) int64 { return int64(e.Uint()) })
	}
	return nil
}

func convert[T any](v reflect.Value, to func(reflect.Value) T) []T {
	out := make([]T, v.Len())
	for i := range out {
		out[i] = to(v.Index(i))
	}
	return out
}

// calls are the subgraphs that options name, of n.
func calls(options []Option, n int) (out []int) {
	add := func(i int64) {
		if i >= 0 && i < int64(n) {
			out = append(out, int(i))
		}
	}
	for _, o := range options {
		if !strings.Contains(o.Name, "subgraph") {
			continue
		}
		switch v := o.Value.(type) {
		case int64:
			add(v)
		case []int64:
			for _, i := range v {
				add(i)
			}
		}
	}
	return out
}
