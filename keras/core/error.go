package core

import (
	"fmt"

	"github.com/gotf/gotf/tf"
)

// problem is an error of one plain line that is also a tf.Code.
type problem struct {
	text string
	code tf.Code
}

func (p *problem) Error() string { return p.text }

func (p *problem) Unwrap() error { return p.code }

// Errorf is an error whose text is what format makes, and for which
// errors.Is(err, code) holds.
func Errorf(code tf.Code, format string, args ...any) error {
	return &problem{fmt.Sprintf(format, args...), code}
}
