package grad_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

var rerecord = flag.Bool("record", false, "add what the tests show to testdata/checked.txt; the whole package's tests write it anew")

const checkedFile = "testdata/checked.txt"

// A record is what tests compare the gradient function of each operation with, seen
// from the calls it is in.
type record struct {
	sync.Mutex
	shown map[string]map[string]bool // by operation: golden, graph, eager, second
	tests map[string]map[string]bool // by operation: the functions of the tests that call it
}

var seen = record{shown: map[string]map[string]bool{}, tests: map[string]map[string]bool{}}

const (
	grads     = "github.com/gotf/gotf/tf/grad."
	gradTests = "github.com/gotf/gotf/tf/grad_test."
)

// comparisons are the functions that compare gradients with Python's.
var comparisons = []string{"compare", "compareFunction", "TestControlFlowV1", "TestVariableValues"}

// saw notes a call of the gradient function of an operation.
func (r *record) saw(opType string) {
	pcs := make([]uintptr, 256)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	r.Lock()
	defer r.Unlock()
	what, called := "", ""
	asked := false // a test wants the gradient, not Check
	for f, more := frames.Next(); ; f, more = frames.Next() {
		inTest, isTest := strings.CutPrefix(f.Function, gradTests)
		if isTest {
			inTest = ofTests(inTest)
			note(r.tests, opType, inTest)
		}
		switch {
		case isTest && slices.Contains(comparisons, inTest):
			what = "golden"
		case isTest && (called == grads+"Gradients" || strings.HasPrefix(called, grads+"(*Tape).")):
			asked = true
		case what == "" && !asked && f.Function == grads+"(*graphChecker).gradients":
			what = "graph"
		case what == "" && !asked && f.Function == grads+"(*eagerChecker).gradients":
			what = "eager"
		case what == "" && asked && (f.Function == grads+"(*eagerChecker).gradients" || f.Function == grads+"Check"):
			what = "second"
		}
		if called = f.Function; !more {
			break
		}
	}
	note(r.shown, opType, what)
}

// ofTests is the function, or method, of the tests that one named so is in: check
// for opCase.check, TestMore for TestMore.func1.2.
func ofTests(name string) (last string) {
	for part := range strings.SplitSeq(strings.TrimSuffix(name, "-fm"), ".") {
		if !strings.HasPrefix(part, "func") && (part[0] < '0' || part[0] > '9') {
			last = part
		}
	}
	return last
}

func note(m map[string]map[string]bool, key, value string) {
	if m[key] == nil {
		m[key] = map[string]bool{}
	}
	if value != "" {
		m[key][value] = true
	}
}

// lines are those of testdata/checked.txt.
func (r *record) lines() (text string) {
	for _, o := range slices.Sorted(maps.Keys(r.shown)) {
		if shown := r.shown[o]; slices.Contains(builtin, o) && len(shown) > 0 {
			text += o + " " + strings.Join(slices.Sorted(maps.Keys(shown)), " ") + "\n"
		}
	}
	return text
}

// settle compares the record of passing tests with testdata/checked.txt, or
// updates that.
func (r *record) settle(all bool) error {
	listed, err := checked()
	if err != nil {
		return err
	}
	if *rerecord {
		if !all {
			for o, shown := range listed {
				for what := range shown {
					note(r.shown, o, what)
				}
			}
		}
		return os.WriteFile(checkedFile, []byte(checkedHead+r.lines()), 0o644)
	}
	if !all {
		return nil
	}
	for _, o := range slices.Sorted(maps.Keys(listed)) {
		for what := range listed[o] {
			if !r.shown[o][what] {
				return fmt.Errorf("%s: no test shows %s of %s; run the tests with -record", checkedFile, what, o)
			}
		}
	}
	for o, n := range notes() {
		if !r.tests[o][n.test] {
			return fmt.Errorf("%s: %s does not call the gradient function of %s", notesFile, n.test, o)
		}
	}
	return nil
}

const checkedHead = `# What gradients are compared with, by operation, in the tests of package grad:
#	golden   Python's, of the operation itself or of others that it is part of
#	graph    differences, in a graph
#	eager    differences, on an eager scope
#	second   differences of the gradient, in either mode
# Written by go test ./tf/grad -record, and compared with each run of all tests.
`

// checked reads testdata/checked.txt.
func checked() (map[string]map[string]bool, error) {
	data, err := os.ReadFile(checkedFile)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	listed := map[string]map[string]bool{}
	for line := range strings.Lines(string(data)) {
		if words := strings.Fields(line); len(words) > 1 && line[0] != '#' {
			for _, w := range words[1:] {
				note(listed, words[0], w)
			}
		}
	}
	return listed, nil
}

const notesFile = "testdata/checked-otherwise.txt"

// otherwise names the function of the tests that checks the gradient of an operation
// for which golden cases or differences cannot be had, and why.
type otherwise struct{ test, why string }

func notes() map[string]otherwise {
	data, err := os.ReadFile(notesFile)
	if err != nil {
		return nil
	}
	said := map[string]otherwise{}
	for line := range strings.Lines(string(data)) {
		if o, rest, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && line[0] != '#' {
			test, why, _ := strings.Cut(rest, ": ")
			said[o] = otherwise{test, why}
		}
	}
	return said
}

// TestChecked: each gradient is compared with Python's, where Python has one, and
// with differences in both modes, or a note says why not.
func TestChecked(t *testing.T) {
	listed, err := checked()
	if err != nil {
		t.Fatal(err)
	}
	python, _ := pythonOps(t)
	said := notes()
	for _, o := range builtin {
		shown := listed[o]
		var lacks []string
		for _, what := range []string{"golden", "graph", "eager"} {
			if !shown[what] && (what != "golden" || slices.Contains(python, o)) {
				lacks = append(lacks, what)
			}
		}
		switch why := said[o].why; {
		case len(lacks) > 0 && why == "":
			t.Errorf("%s has no check of kind %s, and no note in %s", o, strings.Join(lacks, ", "), notesFile)
		case len(lacks) == 0 && why != "":
			t.Errorf("%s has all checks; take it out of %s", o, notesFile)
		}
	}
}
