package tf

import (
	"fmt"
	"regexp"
	"strings"
)

// xlaRefusal is an operation that XLA has no kernel for, in a function that it
// was to compile.
type xlaRefusal struct {
	function string // the compiled one
	device   string // "XLA_CPU_JIT"
	typ      string
	inside   string // the function that holds the node
	node     string
	attrs    string // "T=DT_STRING", where a kernel for others is there
}

var (
	xlaRefused = regexp.MustCompile(`trying to compile graph ([^\s\[]+)(?:\[[^\]]*\])? on (\w+): (\w+) \([^{]*` +
		`(?:\{\{function_node ([^}]*)\}\}\s*)?\{\{node ([^}]*)\}\}`)
	xlaAttrs = regexp.MustCompile(`Requested Attributes: ([^)\n]+)\)`)
)

// readXLARefusal finds the first operation that a message says is refused, or
// gives nil.
func readXLARefusal(message string) *xlaRefusal {
	m := xlaRefused.FindStringSubmatch(message)
	if m == nil {
		return nil
	}
	r := &xlaRefusal{function: m[1], device: m[2], typ: m[3], inside: m[4], node: m[5]}
	if r.inside == "" {
		r.inside = r.function
	}
	if a := xlaAttrs.FindStringSubmatch(message); a != nil {
		r.attrs = a[1]
	}
	return r
}

func (r *xlaRefusal) String() string {
	what, with := r.typ, ""
	switch r.typ {
	case "_Arg":
		what = "an argument"
	case "_Retval":
		what = "a result"
	}
	if r.attrs != "" {
		with = " with " + strings.ReplaceAll(r.attrs, "DT_", "")
	}
	return fmt.Sprintf("XLA cannot compile function %s: %s has no kernel for %s%s", r.function, r.device, what, with)
}

// within is d or the function that it calls of the given name, or nil.
func (d *definition) within(name string) *definition {
	if d == nil || d.name == name {
		return d
	}
	for _, dep := range d.deps {
		if dep.name == name {
			return dep
		}
	}
	return nil
}
