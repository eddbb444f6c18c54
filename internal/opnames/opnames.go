// Package opnames lists the names of TensorFlow's operations without the
// library.
package opnames

import (
	_ "embed"
	"slices"
	"strings"
)

// names.txt has those that TensorFlow 2.18.0 or 2.21.0 registers, one a line,
// sorted.
//
//go:embed names.txt
var text string

var names = strings.Fields(text)

// All returns the names in order.
func All() []string { return slices.Clone(names) }

// Has reports whether TensorFlow has an operation.
func Has(name string) bool {
	_, ok := slices.BinarySearch(names, name)
	return ok
}
