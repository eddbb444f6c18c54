package savedmodel

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/gotf/gotf/tf"
)

// errorf makes the package's errors: "savedmodel: load DIR: not found: ...".
func errorf(op string, code tf.Code, format string, args ...any) error {
	return fmt.Errorf("savedmodel: %s: %w: %s", op, code, fmt.Sprintf(format, args...))
}

// list quotes names for an error message, not too many of them.
func list(names []string) string {
	const most = 8
	more := ""
	if len(names) > most {
		more = fmt.Sprintf(" and %d more", len(names)-most)
		names = names[:most]
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = strconv.Quote(n)
	}
	return strings.Join(quoted, ", ") + more
}

// ended is the error of an operation whose ctx is done.
func ended(ctx context.Context, op string) error {
	if ctx == nil {
		return errorf(op, tf.InvalidArgument, "the context is nil")
	}
	if ctx.Err() == nil {
		return nil
	}
	code := tf.Cancelled
	if ctx.Err() == context.DeadlineExceeded {
		code = tf.DeadlineExceeded
	}
	return fmt.Errorf("savedmodel: %s: %w: %w", op, code, context.Cause(ctx))
}

// explainAs is an error of another package as one of this one, with its code.
func explainAs(op string, err error) error {
	var e *tf.Error
	if errors.As(err, &e) {
		return errorf(op, e.Code, "%s: %s", e.Op, e.Message)
	}
	return err
}
