package tf

import (
	"context"
	"fmt"

	"github.com/gotf/gotf/internal/ctf"
)

// Code is the kind of a failure. A Code is itself an error, so that
// errors.Is(err, tf.NotFound) works. The values are those of TF_Code.
type Code int32

// The codes of the C API.
const (
	Cancelled          Code = 1
	Unknown            Code = 2
	InvalidArgument    Code = 3
	DeadlineExceeded   Code = 4
	NotFound           Code = 5
	AlreadyExists      Code = 6
	PermissionDenied   Code = 7
	ResourceExhausted  Code = 8
	FailedPrecondition Code = 9
	Aborted            Code = 10
	OutOfRange         Code = 11
	Unimplemented      Code = 12
	Internal           Code = 13
	Unavailable        Code = 14
	DataLoss           Code = 15
	Unauthenticated    Code = 16
)

var codeNames = [...]string{
	"ok", "cancelled", "unknown", "invalid argument", "deadline exceeded",
	"not found", "already exists", "permission denied", "resource exhausted",
	"failed precondition", "aborted", "out of range", "unimplemented",
	"internal", "unavailable", "data loss", "unauthenticated",
}

func (c Code) Error() string {
	if c < 0 || int(c) >= len(codeNames) {
		return fmt.Sprintf("code %d", int32(c))
	}
	return codeNames[c]
}

// Is makes a cancelled run match the context error that cancelled it.
func (c Code) Is(target error) bool {
	return c == Cancelled && target == context.Canceled ||
		c == DeadlineExceeded && target == context.DeadlineExceeded
}

// Error is a failure, reported by TensorFlow or found before it was asked.
type Error struct {
	Op      string // what was being done: "run session", `MatMul "dense/MatMul" at main.go:12`
	Code    Code
	Message string // one line
}

func (e *Error) Error() string { return fmt.Sprintf("tf: %s: %v: %s", e.Op, e.Code, e.Message) }

func (e *Error) Unwrap() error { return e.Code }

// Errorf makes an Error.
func Errorf(op string, code Code, format string, args ...any) *Error {
	return &Error{Op: op, Code: code, Message: fmt.Sprintf(format, args...)}
}

// check turns a C status into an error, or nil.
func check(op string, s ctf.Status) error {
	if s.Code == 0 {
		return nil
	}
	return &Error{Op: op, Code: Code(s.Code), Message: oneLine(s.Message)}
}
