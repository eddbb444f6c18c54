package tflite

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/gotf/gotf/internal/fileops"
)

// FileWrites are the operations of TensorFlow ("Flex") that may write, replace or
// delete files when the signature is invoked, also in branches and loops. The key
// "" and one that is not there stand for the main graph.
func (s *Structure) FileWrites(signature string) []string {
	todo, seen, found := []int{0}, map[int]bool{}, map[string]bool{}
	for _, def := range s.Signatures {
		if def.Key == signature {
			todo[0] = def.Subgraph
		}
	}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if i < 0 || i >= len(s.Subgraphs) || seen[i] {
			continue
		}
		seen[i] = true
		for _, o := range s.Subgraphs[i].Operators {
			if o.Custom && strings.HasPrefix(o.Name, flexPrefix) && writesFiles(o.CustomOptions) {
				found[o.Name] = true
			}
			todo = append(todo, o.Calls...)
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// writesFiles looks at the node that the options hold. It is what runs, whatever
// the operator's name, and the name of its operation stands in it as it is.
func writesFiles(node []byte) bool {
	has := func(text string) bool { return bytes.Contains(node, []byte(text)) }
	for _, names := range []map[string]bool{fileops.Writers, fileops.Caches} {
		for name := range names {
			if has(name) {
				return true
			}
		}
	}
	return has(fileops.Print) && has(fileops.FileURL) || has(fileops.DebugURLs)
}
