// Package usage reads flags and arguments, and says which cannot be right.
package usage

import (
	"fmt"
	"strings"

	"github.com/gotf/gotf/internal/suggest"
)

// An Error is a command line that cannot be right: exit code 2.
type Error struct{ text string }

func (e *Error) Error() string { return e.text }

// Errorf is fmt.Errorf for wrong usage.
func Errorf(format string, args ...any) error {
	return &Error{fmt.Sprintf(format, args...)}
}

// OneOf fails unless value is one of allowed; flag is its name in the error.
func OneOf(flag, value string, allowed ...string) error {
	for _, a := range allowed {
		if value == a {
			return nil
		}
	}
	want := strings.Join(allowed, ", ")
	if last := strings.LastIndex(want, ", "); last >= 0 {
		want = want[:last] + " or" + want[last+1:]
	}
	return Errorf("--%s is %q, want %s%s", flag, value, want, suggest.DidYouMean(value, allowed))
}
