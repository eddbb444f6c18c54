package tflite

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/gotf/gotf/internal/ctflite"
	"github.com/gotf/gotf/tf"
)

// errorf makes the package's errors: "tflite: invoke: internal: ...".
func errorf(op string, code tf.Code, format string, args ...any) error {
	return fmt.Errorf("tflite: %s: %w: %s", op, code, fmt.Sprintf(format, args...))
}

var errClosed = errors.New("use of closed interpreter")

// sourceFolder is where the library was built.
var sourceFolder = regexp.MustCompile(`\S*/tensorflow/lite/`)

// reports is what the runtime said since last asked, in one line.
func reports(r *ctflite.Reporter) string {
	lines := strings.FieldsFunc(ctflite.TakeReports(r), func(c rune) bool { return c == '\n' })
	for i, l := range lines {
		lines[i] = strings.TrimRight(strings.TrimSpace(sourceFolder.ReplaceAllString(l, "tensorflow/lite/")), ".")
	}
	if len(lines) == 0 {
		return "the runtime gave no reason"
	}
	return strings.Join(lines, "; ")
}
