package library

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	thirdparty "github.com/gotf/gotf/third_party"
)

// Kind is a library that gotf opens.
type Kind string

// The kinds.
const (
	TensorFlow Kind = thirdparty.TensorFlow
	TFLite     Kind = thirdparty.TFLite
)

var kinds = []Kind{TensorFlow, TFLite}

// String is the library's name in messages.
func (k Kind) String() string {
	if k == TFLite {
		return "TensorFlow Lite"
	}
	return "TensorFlow"
}

// files lists the sets of files that make the library, best first. The first
// file of a set is the one to open.
func (k Kind) files() [][]string {
	if k == TFLite {
		return [][]string{{"libjnitensorflowlite.so"}, {"libtensorflowlite_c.so"}}
	}
	return [][]string{{"libtensorflow_cc.so.2", "libtensorflow_framework.so.2"}}
}

// Versions lists the pinned versions of TensorFlow, the default one first.
func Versions(gpu bool) (versions []string) {
	for _, l := range thirdparty.Libraries() {
		if Kind(l.Kind) == TensorFlow && l.GPU == gpu {
			versions = append(versions, l.Version)
		}
	}
	return versions
}

// folderName splits a folder's name, such as tensorflow-cpu-2.18.0, into the
// library's name and version.
func folderName(dir string, k Kind) (name, version string, ok bool) {
	base := filepath.Base(dir)
	for _, l := range thirdparty.Libraries() {
		if v, has := strings.CutPrefix(base, l.Library+"-"); has && Kind(l.Kind) == k && v != "" {
			return l.Library, v, true
		}
	}
	return "", "", false
}

// compareVersions orders versions by their numbers: 2.9 < 2.18.
func compareVersions(a, b string) int {
	numbers := func(s string) (n []int) {
		for _, f := range strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' }) {
			i, _ := strconv.Atoi(f)
			n = append(n, i)
		}
		return n
	}
	return slices.Compare(numbers(a), numbers(b))
}
