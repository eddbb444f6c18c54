package convert

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/gotf/gotf/tf"
)

// recovered, deferred, makes a panic the error of the operation op: one of the
// caller's own functions, as Samples and Warn, must not end a goroutine that the
// caller cannot see.
func recovered(op string, err *error) {
	switch r := recover(); r {
	case nil:
	case builderFull:
		*err = errorf(op, tf.ResourceExhausted, "the model has more than the 2 GiB that a .tflite file can hold")
	default:
		*err = errorf(op, tf.Internal, "a panic%s: %s", panicked(), strings.ReplaceAll(fmt.Sprint(r), "\n", " "))
	}
}

// panicked says where the panic that is being recovered from began.
func panicked() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	for seen := false; ; {
		f, more := frames.Next()
		if seen && !strings.HasPrefix(f.Function, "runtime.") {
			return fmt.Sprintf(" at %s:%d", filepath.Base(f.File), f.Line)
		}
		if seen = seen || f.Function == "runtime.gopanic"; !more {
			return ""
		}
	}
}
