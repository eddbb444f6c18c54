package modelfile

import (
	"slices"

	"github.com/gotf/gotf/savedmodel"
)

// DefaultKey is the signature to run: the one asked for, serving_default, or
// the only one; else other.
func DefaultKey(asked string, keys []string, other string) string {
	switch {
	case asked != "":
		return asked
	case slices.Contains(keys, savedmodel.ServingDefault):
		return savedmodel.ServingDefault
	case len(keys) == 1:
		return keys[0]
	}
	return other
}
