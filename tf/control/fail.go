package control

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/gotf/gotf/tf"
)

// fail sets an error that names a construct and the line that made it.
func fail(s *tf.Scope, what string, format string, args ...any) {
	if where := caller(); where != "" {
		what += " at " + where
	}
	s.SetErr(tf.Errorf(what, tf.InvalidArgument, format, args...))
}

// caller is "file.go:12" of the first frame outside of this package and tf.
func caller() string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		f, more := frames.Next()
		rest, ours := strings.CutPrefix(f.Function, "github.com/gotf/gotf/tf")
		if f.Function != "" && !(ours && (rest[0] == '.' || strings.HasPrefix(rest, "/control."))) {
			return fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line)
		}
		if !more {
			return ""
		}
	}
}
