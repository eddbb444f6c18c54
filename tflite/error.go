package tflite

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/gotf/gotf/internal/ctflite"
	"github.com/gotf/gotf/tf"
)

// errorf makes the package's errors: "tflite: invoke: internal: ...". The op is
// a string or a step.
func errorf(op any, code tf.Code, format string, args ...any) error {
	return &failure{fmt.Sprintf("tflite: %v: %v: ", op, code), code, fmt.Errorf(format, args...)}
}

// failure is an error that is both its code and its cause.
type failure struct {
	where string
	code  tf.Code
	cause error
}

func (f *failure) Error() string   { return f.where + f.cause.Error() }
func (f *failure) Unwrap() []error { return []error{f.code, f.cause} }

// step is what was being done to what, for errors.
type step struct{ verb, name string }

func (s step) String() string { return s.verb + " " + s.name }

var (
	errClosed  = errors.New("use of closed interpreter")
	errNoGraph = errors.New("the interpreter or signature is nil")
)

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

// failures keeps the first error of the operations in Go during a call.
type failures struct {
	mu    sync.Mutex
	first error
}

func (f *failures) add(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.first == nil {
		f.first = err
	}
}

func (f *failures) take() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.first
	f.first = nil
	return err
}

// reason is why the last call failed: the error of an operation in Go, or else
// the runtime's words.
func (n *native) reason() error {
	words := reports(n.reporter)
	if err := n.failures.take(); err != nil {
		return err
	}
	return errors.New(words)
}
