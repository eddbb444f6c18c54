package op

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/tf"
)

// begin starts an operation that only some libraries have; has names them.
//
//go:noinline
func begin(s *tf.Scope, typ, has string) *tf.OpBuilder {
	if s.Err() == nil && !registered(typ) {
		name := strings.TrimSuffix(typ, "\x00")
		where := name
		if _, file, line, ok := runtime.Caller(2); ok {
			where = fmt.Sprintf("%s at %s:%d", name, filepath.Base(file), line)
		}
		s.SetErr(tf.Errorf(where, tf.NotFound, "TensorFlow %s has no operation %s; %s has", ctf.Version(), name, has))
	}
	return s.Begin(typ)
}

var known sync.Map // type -> true

// registered reports whether the library has an operation. One that it lacks
// is asked for again: a library loaded later may bring it.
func registered(typ string) bool {
	if _, ok := known.Load(typ); ok {
		return true
	}
	g := ctf.NewGraph()
	defer ctf.DeleteGraph(g)
	if _, status := ctf.OpDef(g, strings.TrimSuffix(typ, "\x00")); status.Code != 0 {
		return false
	}
	known.Store(typ, true)
	return true
}
