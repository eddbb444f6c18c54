package savedmodel

import (
	"fmt"
	"strings"
)

// numbered is name, or name_1, name_2 ... if it is taken; it takes it.
func numbered(name string, taken map[string]bool) string {
	free := name
	for i := 1; taken[free]; i++ {
		free = fmt.Sprintf("%s_%d", name, i)
	}
	taken[free] = true
	return free
}

// reservedAttributes are what Python's loader, and the object graph itself, set
// on the model.
var reservedAttributes = wordSet(`signatures variables trainable_variables non_trainable_variables assets
	initializer serve graph_debug_info tensorflow_version tensorflow_git_version`)

// attributes are the parts of a name, as attributes of Python objects:
// "dense/kernel" is dense.kernel.
func attributes(name string) []string {
	var out []string
	for _, part := range strings.Split(name, "/") {
		// Python's objects keep what is their own behind underscores.
		if part = strings.TrimLeft(part, "_"); part != "" {
			out = append(out, part)
		}
	}
	if out == nil {
		out = []string{"variable"}
	}
	return out
}

// checkpointKey is the key of an object's value in a checkpoint.
func checkpointKey(path []string, attribute string) string {
	escaped := make([]string, len(path))
	for i, p := range path {
		escaped[i] = strings.ReplaceAll(strings.ReplaceAll(p, ".", ".."), "/", ".S")
	}
	return strings.Join(append(escaped, ".ATTRIBUTES", attribute), "/")
}
