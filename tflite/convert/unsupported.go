package convert

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/tf"
)

// An UnsupportedOp is a kind of operation that TFLite has no kernel for.
type UnsupportedOp struct {
	Op     string   // "Cholesky"
	Layers []string // the operations' names in the graph, which begin with their layers'
	Flex   bool     // SelectTFOps takes TensorFlow's own kernel; else only AllowCustomOps helps
}

// An UnsupportedError lists what keeps a model from being converted. It matches
// tf.Unimplemented.
type UnsupportedError struct {
	Dir string
	Ops []UnsupportedOp
}

func (e *UnsupportedError) Unwrap() error { return tf.Unimplemented }

func (e *UnsupportedError) Error() string {
	lacks := func(flex bool) string {
		var ops []string
		for _, o := range e.Ops {
			if o.Flex == flex {
				ops = append(ops, o.String())
			}
		}
		return strings.Join(ops, ", ")
	}
	const (
		flexAdvice   = ": SelectTFOps (--select-tf-ops) takes TensorFlow's kernels, for interpreters with Flex"
		customAdvice = ": AllowCustomOps (--allow-custom-ops) leaves them to kernels that you bring"
	)
	text := fmt.Sprintf("tflite/convert: convert %s: %v: TFLite has no kernel for ", e.Dir, tf.Unimplemented)
	flex, custom := lacks(true), lacks(false)
	switch {
	case custom == "":
		return text + flex + flexAdvice
	case flex == "":
		return text + custom + customAdvice
	}
	return text + flex + flexAdvice + "; nor, like Flex, for " + custom + customAdvice
}

// mostLayers bounds how many are named.
const mostLayers = 3

func (o UnsupportedOp) String() string {
	if len(o.Layers) == 0 {
		return o.Op
	}
	shown := o.Layers[:min(len(o.Layers), mostLayers)]
	text := o.Op + " (" + strings.Join(shown, ", ")
	if more := len(o.Layers) - len(shown); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text + ")"
}

// The converter's words about such operations: a line for each, its place before
// its kind; a later one that says what would help; and in the end all kinds.
var (
	neither   = regexp.MustCompile(`error: loc\((.*)\): '(?:tf\.)?([\w.]+)' op is neither a custom op nor a flex op`)
	inGraph   = regexp.MustCompile(`fused\["[^"]*:", "([^"@]+)`)
	anyName   = regexp.MustCompile(`"([^"@]+)`)
	errorCode = regexp.MustCompile(`Error code: ERROR_NEEDS_(FLEX|CUSTOM)_OPS`)
	flexList  = regexp.MustCompile(`TF Select ops: ([^\n]*)`)
	ownList   = regexp.MustCompile(`Custom ops: ([^\n]*)`)
)

// unsupported reads the converter's message, nil if it is about something else.
func unsupported(message string) (ops []UnsupportedOp) {
	find := func(name string) *UnsupportedOp {
		for i := range ops {
			if ops[i].Op == name {
				return &ops[i]
			}
		}
		ops = append(ops, UnsupportedOp{Op: name})
		return &ops[len(ops)-1]
	}
	last := ""
	for line := range strings.Lines(message) {
		if m := neither.FindStringSubmatch(line); m != nil {
			last = m[2]
			o := find(last)
			at := inGraph.FindStringSubmatch(m[1])
			if at == nil {
				at = anyName.FindStringSubmatch(m[1])
			}
			if at != nil && !slices.Contains(o.Layers, at[1]) {
				o.Layers = append(o.Layers, at[1])
			}
		} else if m := errorCode.FindStringSubmatch(line); m != nil && last != "" {
			find(last).Flex = m[1] == "FLEX"
		}
	}
	for flex, form := range map[bool]*regexp.Regexp{true: flexList, false: ownList} {
		if m := form.FindStringSubmatch(message); m != nil {
			for _, name := range strings.Split(m[1], ",") {
				find(strings.TrimSpace(name)).Flex = flex
			}
		}
	}
	slices.SortFunc(ops, func(a, b UnsupportedOp) int { return strings.Compare(a.Op, b.Op) })
	return ops
}

// calledTwice says that a function that is called more than once kept the
// converter from inlining it.
func calledTwice(st ctf.Status) bool {
	m := ownList.FindStringSubmatch(st.Message)
	return m != nil && strings.Contains(m[1], "PartitionedCall")
}
