package listing

import (
	"fmt"

	"github.com/gotf/gotf/tf"
)

// failure is an error whose text is plain and which matches a code.
type failure struct {
	code tf.Code
	text string
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.code }

func errorf(code tf.Code, format string, args ...any) error {
	return &failure{code, fmt.Sprintf(format, args...)}
}
