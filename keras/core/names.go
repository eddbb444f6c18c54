package core

import (
	"reflect"
	"regexp"
	"strings"
)

// ClassOf is Keras's class name of a layer, loss, metric or optimizer: "Conv2D".
// It is the name of the Go type, unless that has a method ClassName() string.
func ClassOf(part any) string {
	if c, ok := part.(interface{ ClassName() string }); ok {
		return c.ClassName()
	}
	t := reflect.TypeOf(part)
	if t == nil {
		return "None"
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name()
}

var (
	word  = regexp.MustCompile(`(.)([A-Z][a-z]+)`)
	inner = regexp.MustCompile(`([a-z])([A-Z])`)
)

// SnakeCase is the form of a class name that Keras makes names of:
// "MaxPooling2D" becomes "max_pooling2d", "SGD" "sgd".
func SnakeCase(class string) string {
	name := word.ReplaceAllString(class, "${1}_${2}")
	return strings.ToLower(inner.ReplaceAllString(name, "${1}_${2}"))
}

// NodeName makes names of layers and models, which may be any text, ones that
// TensorFlow takes for operations: each character that it does not take becomes
// an underscore.
func NodeName(path string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("._/>-", r):
			return r
		}
		return '_'
	}, path)
	if name != "" && strings.ContainsRune("_/>-", rune(name[0])) {
		name = "." + name
	}
	return name
}
