// Package exit has gotf's exit codes.
package exit

import (
	"errors"
	"fmt"
)

// The exit codes.
const (
	Done        = 0
	Failed      = 1
	Usage       = 2
	Interrupted = 130
)

// Status is the exit code of a child that has said why.
type Status int

func (s Status) Error() string { return fmt.Sprintf("exit code %d", int(s)) }

// Said reports that err is a child's exit code, about which all is said.
func Said(err error) (code int, ok bool) {
	var s Status
	ok = errors.As(err, &s)
	return int(s), ok
}
