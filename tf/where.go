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
func (s *Scope) fail(op string, err error) { s.failAt(op, "", err) }

// Fail fails the scope with an error that names what failed and the line that
// made it, as those of operations do. It is for packages that make several
// operations for one of theirs.
func (s *Scope) Fail(what string, code Code, format string, args ...any) {
	s.fail(what, Errorf("", code, format, args...))
}

// failAt is fail with a place inside of the operation, if that is known.
func (s *Scope) failAt(op, inside string, err error) {
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
	if inside != "" {
		op += ": " + inside
	}
	s.root.err = &Error{Op: op, Code: e.Code, Message: e.Message}
}

// caller is "file.go:12" of the first frame outside the packages that only
// carry operations.
func caller(pcs []uintptr) string {
	frames := runtime.CallersFrames(pcs)
	for {
		f, more := frames.Next()
		if f.Function != "" && !carrier(f) {
			return fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line)
		}
		if !more {
			return ""
		}
	}
}

func carrier(f runtime.Frame) bool {
	for _, p := range []string{"", "op", "grad", "control"} {
		if strings.HasPrefix(f.Function, strings.TrimSuffix(modulePath+"/"+p, "/")+".") {
			return true
		}
		// A closure that was inlined into another package goes by that one's name.
		if filepath.Dir(f.File) == filepath.Join(sourceFolder, p) && !strings.HasSuffix(f.File, "_test.go") {
			return true
		}
	}
	return false
}

const modulePath = "github.com/gotf/gotf/tf"

// sourceFolder is where this package's files were when it was compiled.
var sourceFolder = func() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(file)
}()

// The runtime's marks in what it says of a failure: the function, if it is in
// one, and the node.
var (
	functionMark = regexp.MustCompile(`\{\{function_node ([^}]*)\}\}\s*`)
	nodeMark     = regexp.MustCompile(`\{\{node ([^}]*)\}\}`)
)

// explain is the error of a run, with the line that made the failed node if it
// was made in Go.
func (s *Session) explain(st ctf.Status, r *step) error {
	if op, e := numericsError(st.Message); e != nil {
		e.Op = runSession + ": " + op
		return e
	}
	e := &Error{Op: runSession, Code: Code(st.Code), Message: oneLine(st.Message)}
	function, node := "", "" // the single-threaded executor tells neither
	if m := nodeMark.FindStringSubmatch(st.Message); m != nil {
		node = m[1]
	}
	if f := functionMark.FindStringSubmatch(st.Message); f != nil {
		function = f[1]
	}
	if x := readXLARefusal(st.Message); x != nil {
		function, node, e.Message = x.inside, x.node, x.String()
	}
	if where := s.g.where(function, node); where != "" {
		e.Op += ": " + where
	}
	if u := s.unassigned(st.Message, function, node, r); u != nil {
		e.Code, e.Message = u.Code, u.Message
	}
	return e
}

// where tells type, name and line of a node of g, or of a function that g knows.
func (g *Graph) where(function, name string) string {
	if g.acquire() != nil {
		return ""
	}
	defer g.h.Release()
	g.mu.Lock()
	defer g.mu.Unlock()
	if d := g.funcs[function]; d != nil {
		return d.where(name)
	}
	for end := len(name); function == "" && end > 0; end = strings.LastIndexByte(name[:end], '/') {
		if op := ctf.LookupOp(g.p, name[:end]); op != nil {
			return g.inlined(op, name[:end], strings.TrimPrefix(name[end:], "/"))
		}
	}
	return ""
}

// inlined is where for the rest of a path that begins with an operation: in the
// function that it calls, else the operation, as for the body of a loop.
func (g *Graph) inlined(op *ctf.Operation, name, rest string) string {
	if d := g.funcs[opAttr(op, "f").GetFunc().GetName()]; d != nil && rest != "" {
		if where := d.where(rest); where != "" {
			return where
		}
	}
	n := g.nodes[op]
	if n == nil {
		return ""
	}
	return bodyNode{typ: n.typ[:len(n.typ)-1], pcs: n.pcs}.where(name)
}

// where tells type, name and line of a node of d, or of a function that was
// inlined into d under a prefix.
func (d *definition) where(name string) string {
	if n, ok := d.nodes[name]; ok {
		return n.where(name)
	}
	for _, rest, ok := strings.Cut(name, "/"); ok; _, rest, ok = strings.Cut(rest, "/") {
		for _, dep := range d.deps {
			if n, ok := dep.nodes[rest]; ok {
				return n.where(rest)
			}
		}
	}
	return ""
}

func (n bodyNode) where(name string) string {
	if n.pcs[0] == 0 {
		return ""
	}
	return place(n.typ, name, caller(n.pcs[:]))
}

// oneLine keeps what TensorFlow says to its first line with something to say,
// without the runtime's marks.
func oneLine(s string) string {
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimSpace(nodeMark.ReplaceAllString(functionMark.ReplaceAllString(line, ""), "$1"))
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
