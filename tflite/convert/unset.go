package convert

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gotf/gotf/tflite/internal/schema"
)

// warnUnset tells of variables that the converter left without a value: TFLite
// fails where they are read, or computes with what is in memory.
func (p *plan) warnUnset(m *schema.ModelT) {
	names := unset(m)
	if len(names) == 0 {
		return
	}
	p.warn(fmt.Sprintf("variables that signatures change start without their values (%s), so the signatures that read them give no useful results: convert only those that change no variables (--saved-model-signature-key)",
		some(names)))
}

// some are names for a message, not all if there are many.
func some(names []string) string {
	const most = 3
	rest := ""
	if n := len(names); n > most {
		names, rest = names[:most], fmt.Sprintf(" and %d more", n-most)
	}
	return strings.Join(names, ", ") + rest
}

// unset are the variables that a model reads and that neither its initialization
// nor the subgraph that reads them gives a value first.
func unset(m *schema.ModelT) (names []string) {
	starts := map[int]bool{} // subgraphs that run once, before all else
	for _, g := range m.Subgraphs {
		for _, o := range g.Operators {
			if once, ok := optionsOf(o).(*schema.CallOnceOptionsT); ok {
				starts[int(once.InitSubgraphIndex)] = true
			}
		}
	}
	set := map[string]bool{}
	for i, g := range m.Subgraphs {
		if starts[i] {
			follow(m, g, set, nil)
		}
	}
	for i, g := range m.Subgraphs {
		if !starts[i] {
			known := map[string]bool{}
			for name := range set {
				known[name] = true
			}
			follow(m, g, known, func(name string) {
				if !slices.Contains(names, name) {
					names = append(names, name)
				}
			})
		}
	}
	slices.Sort(names)
	return names
}

// follow notes the variables that a subgraph sets, and calls read with those that
// it reads before.
func follow(m *schema.ModelT, g *schema.SubGraphT, set map[string]bool, read func(name string)) {
	handles := map[int32]string{}
	for _, o := range g.Operators {
		switch builtin(m, o) {
		case schema.BuiltinOperatorVAR_HANDLE:
			if v, ok := optionsOf(o).(*schema.VarHandleOptionsT); ok && len(o.Outputs) > 0 {
				handles[o.Outputs[0]] = v.SharedName
			}
		case schema.BuiltinOperatorASSIGN_VARIABLE:
			if len(o.Inputs) > 0 {
				set[handles[o.Inputs[0]]] = true
			}
		case schema.BuiltinOperatorREAD_VARIABLE:
			if len(o.Inputs) > 0 && read != nil {
				if name, ok := handles[o.Inputs[0]]; ok && !set[name] {
					read(name)
				}
			}
		}
	}
}

// optionsOf are the options of a built-in operator, nil if it has none.
func optionsOf(o *schema.OperatorT) any {
	if o.BuiltinOptions == nil {
		return nil
	}
	return o.BuiltinOptions.Value
}
