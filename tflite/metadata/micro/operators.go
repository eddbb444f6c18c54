package micro

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed operators.txt
var operatorText string

// operatorTable is what TFLM has, as scripts/golden/micro_operators.py tried it.
type operatorTable struct {
	version string           // of tflite_micro
	types   []string         // that were tried
	builtin map[string][]row // by the operator's name; no rows: its types were not tried
	most    map[string]int   // dimensions, of the operators that have a limit
	custom  map[string]bool
}

// row is types that an operator was tried with.
type row struct {
	inputs, outputs []string // T stands for one of the types; "-" for no tensor
	constant        []bool   // of the inputs
	taken           []string // for T
}

var operators = sync.OnceValue(func() *operatorTable {
	t := &operatorTable{builtin: map[string][]row{}, most: map[string]int{}, custom: map[string]bool{}}
	name := ""
	for line := range strings.Lines(operatorText) {
		words := strings.Fields(line)
		switch {
		case words[0] == "#":
			if _, after, ok := strings.Cut(line, "tflite_micro "); ok {
				t.version, _, _ = strings.Cut(after, ";")
			}
		case words[0] == "types":
			t.types = words[1:]
		case words[0] == "custom":
			t.custom[words[1]] = true
		case line[0] == '\t':
			t.builtin[name] = append(t.builtin[name], readRow(line))
		default:
			name = words[0]
			t.builtin[name] = nil
			if len(words) > 1 {
				t.most[name], _ = strconv.Atoi(words[1])
			}
		}
	}
	return t
})

func readRow(line string) (r row) {
	cells := strings.Split(strings.TrimSpace(line), "\t")
	inputs, outputs, _ := strings.Cut(cells[0], " -> ")
	for _, word := range strings.Fields(inputs) {
		kind, must := strings.CutSuffix(word, "!")
		r.inputs, r.constant = append(r.inputs, kind), append(r.constant, must)
	}
	r.outputs = strings.Fields(outputs)
	if cells[1] != "-" {
		r.taken = strings.Fields(cells[1])
	}
	return r
}

// fit compares the types of tensors with a row, and returns what T stands for.
// Outputs that the row has not are of its last one's type; so are inputs, if
// the operator takes any number.
func (r row) fit(inputs, outputs []string, anyNumber bool) (t string, ok bool) {
	if len(inputs) != len(r.inputs) && !anyNumber || len(outputs) == 0 {
		return "", false
	}
	match := func(want, got []string) bool {
		for i, kind := range got {
			pattern := want[min(i, len(want)-1)]
			if pattern == "T" && t == "" {
				t = kind
			}
			if pattern == "T" && kind != t || pattern != "T" && kind != pattern {
				return false
			}
		}
		return true
	}
	ok = match(r.inputs, inputs) && match(r.outputs, outputs)
	return t, ok && slices.Contains(operators().types, t)
}
