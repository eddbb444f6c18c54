package tf

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"github.com/gotf/gotf/internal/ctf"
)

// fail records the first error of an operation, with the line that made it.
func (s *Scope) fail(op string, err error) {
	if s.root.err != nil {
		return
	}
	var e *Error
	if !errors.As(err, &e) {
		e = Errorf("", Internal, "%v", err)
	}
	var pcs [32]uintptr
	if where := caller(pcs[:runtime.Callers(2, pcs[:])]); where != "" {
		op += " at " + where
	}
	s.root.err = &Error{Op: op, Code: e.Code, Message: e.Message}
}

// caller is "file.go:12" of the first frame outside the packages that only
// carry operations.
func caller(pcs []uintptr) string {
	frames := runtime.CallersFrames(pcs)
	for {
		f, more := frames.Next()
		if f.Function != "" && !carrier(f.Function) {
			return fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line)
		}
		if !more {
			return ""
		}
	}
}

func carrier(function string) bool {
	const module = "github.com/gotf/gotf/tf"
	rest, ok := strings.CutPrefix(function, module)
	if !ok {
		return false
	}
	for _, p := range []string{".", "/op.", "/grad.", "/control."} {
		if strings.HasPrefix(rest, p) {
			return true
		}
	}
	return false
}

// nodeName finds the node that a message of the runtime is about, and the
// function that it is in.
var nodeName = regexp.MustCompile(`(?:\{\{function_node ([^}]+)\}\})?\{\{node ([^}]+)\}\}`)

// explain is the error of a run, with the line that made the failed node if it
// was made in Go.
func (s *Session) explain(st ctf.Status) error {
	e := &Error{Op: runSession, Code: Code(st.Code), Message: oneLine(st.Message)}
	m := nodeName.FindStringSubmatch(st.Message)
	if m == nil {
		return e
	}
	if typ, where := s.g.where(m[1], m[2]); where != "" {
		e.Op = fmt.Sprintf("%s: %s %q at %s", e.Op, typ, m[2], where)
	}
	return e
}

// where is the type of a node of g, or of a function that g knows, and the line
// that made it.
func (g *Graph) where(function, name string) (typ, where string) {
	if g.acquire() != nil {
		return "", ""
	}
	defer g.h.Release()
	g.mu.Lock()
	defer g.mu.Unlock()
	if function != "" {
		for fn, d := range g.funcs { // the runtime decorates the names of functions
			if strings.Contains(function, fn) {
				if n, ok := d.nodes[name]; ok {
					return n.typ, caller(n.pcs[:])
				}
			}
		}
		return "", ""
	}
	op := ctf.LookupOp(g.p, name)
	if op == nil || g.nodes[op] == nil || g.nodes[op].pcs[0] == 0 {
		return "", ""
	}
	n := g.nodes[op]
	return n.typ[:len(n.typ)-1], caller(n.pcs[:])
}

// oneLine keeps what TensorFlow says to its first line with something to say.
func oneLine(s string) string {
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimSpace(line)
		if m := rootError.FindStringSubmatch(line); m != nil {
			return m[1]
		}
		if line != "" && !strings.HasSuffix(line, "root error(s) found.") {
			return line
		}
	}
	return strings.TrimSpace(s)
}

// rootError is a line of a message about several errors.
var rootError = regexp.MustCompile(`^\(\d+\)\s+(?:[A-Z_]+:\s+)?(.+)$`)
