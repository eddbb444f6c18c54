package control

import "github.com/gotf/gotf/tf"

// fail sets an error that names a construct and the line that made it.
func fail(s *tf.Scope, what string, format string, args ...any) {
	s.Fail(what, tf.InvalidArgument, format, args...)
}
