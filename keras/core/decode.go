package core

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/tf"
)

// Decode reads the "config" object of a layer, loss, metric or optimizer of the
// given class into a pointer to its struct. Options that Keras has and gotf does not
// are accepted when they are null; what is unknown or of a wrong type is
// refused by name: `Dense "dense_1": unknown option "unit", did you mean "units"?`.
func Decode(class string, config []byte, into any) error {
	var given map[string]json.RawMessage
	if err := json.Unmarshal(config, &given); err != nil {
		return Errorf(tf.InvalidArgument, "%s: the configuration is not a JSON object: %v", class, err)
	}
	who := class
	var name string
	if json.Unmarshal(given["name"], &name) == nil && name != "" {
		who = fmt.Sprintf("%s %q", class, name)
	}
	known, err := options(into)
	if err != nil {
		return Errorf(tf.Internal, "%s: %v", who, err)
	}
	for option, value := range given {
		if !slices.Contains(known, option) && !bytes.Equal(value, []byte("null")) {
			return Errorf(tf.InvalidArgument, "%s: unknown option %q%s", who, option, suggest.DidYouMean(option, known))
		}
	}
	if err := json.Unmarshal(config, into); err != nil {
		return Errorf(tf.InvalidArgument, "%s: %s", who, explain(err))
	}
	return nil
}

// options are the names that a part writes, which are those it reads.
func options(part any) ([]string, error) {
	b, err := json.Marshal(part)
	if err != nil {
		return nil, err
	}
	var written map[string]json.RawMessage
	err = json.Unmarshal(b, &written)
	var names []string
	for name := range written {
		names = append(names, name)
	}
	return names, err
}

// explain says in words what a type error of encoding/json means.
func explain(err error) string {
	var e *json.UnmarshalTypeError
	if !errors.As(err, &e) {
		return err.Error()
	}
	option := e.Field[strings.LastIndexByte(e.Field, '.')+1:] // without the names of embedded structs
	switch e.Type {
	case reflect.TypeFor[Null]():
		return fmt.Sprintf("option %q is not supported, only null; got %s", option, brief(e.Value))
	case reflect.TypeFor[False]():
		return fmt.Sprintf("option %q is not supported, only false; got %s", option, brief(e.Value))
	}
	return fmt.Sprintf("option %q must be %s, got %s", option, kind(e.Type), brief(e.Value))
}

func kind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	case reflect.Int, reflect.Int64, reflect.Int32:
		return "a whole number"
	case reflect.Float64, reflect.Float32:
		return "a number"
	case reflect.Slice:
		return "a list"
	case reflect.Array:
		return fmt.Sprintf("a number or a list of %d", t.Len())
	}
	return "an object"
}

func brief(value string) string {
	const most = 60
	if len(value) > most {
		return value[:most] + "..."
	}
	return value
}
