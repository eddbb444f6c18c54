package grad_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gotf/gotf/tf/grad"
)

// builtin are the operations that have a gradient before tests register more.
var builtin = grad.Ops()

// exercised runs the tests, and fails if they are all of the package's and did
// not call each gradient function.
func exercised(run func() int) int {
	var called sync.Map
	grad.Observe(func(opType string) {
		called.Store(opType, true)
		seen.saw(opType)
	})
	code := run()
	if code == 0 {
		if err := seen.settle(allTests()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	if code != 0 || !allTests() {
		return code
	}
	ops := slices.DeleteFunc(slices.Clone(builtin), func(o string) bool {
		_, ok := called.Load(o)
		return ok
	})
	if len(ops) > 0 {
		fmt.Fprintf(os.Stderr, "no test called the gradient functions of %s\n", strings.Join(ops, " "))
		return 1
	}
	return 0
}

// allTests reports whether no flag left tests out.
func allTests() bool {
	for _, name := range []string{"run", "skip", "list", "fuzz"} {
		if f := flag.Lookup("test." + name); f != nil && f.Value.String() != "" {
			return false
		}
	}
	return !testing.Short()
}

// pythonOps are the operations that Python differentiates, and those of them
// that have no kernel on the CPU.
func pythonOps(t *testing.T) (ops, noKernel []string) {
	t.Helper()
	var registry struct {
		Gradients   []string
		NoCPUKernel []string `json:"no_cpu_kernel"`
	}
	data, err := os.ReadFile("testdata/registry.json")
	if err == nil {
		err = json.Unmarshal(data, &registry)
	}
	if err != nil || len(registry.Gradients) < 400 {
		t.Fatalf("registry.json: %d operations, %v", len(registry.Gradients), err)
	}
	return registry.Gradients, registry.NoCPUKernel
}

// notCovered are the operations that have a reason, given by not-covered.txt, to
// have no gradient here.
func notCovered(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("testdata/not-covered.txt")
	if err != nil {
		t.Fatal(err)
	}
	reasons, why := map[string]string{}, ""
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, "\t") {
			why = strings.TrimSpace(line)
			continue
		}
		for _, o := range strings.Fields(line) {
			if reasons[o] != "" || why == "" {
				t.Errorf("not-covered.txt: %s has reasons %q and %q, want one", o, reasons[o], why)
			}
			reasons[o] = why
		}
	}
	return reasons
}

// TestCoverage compares the table with Python's.
func TestCoverage(t *testing.T) {
	python, noKernel := pythonOps(t)
	reasons := notCovered(t)
	table := slices.Concat(builtin, grad.Flat())
	for _, o := range python {
		switch here := slices.Contains(table, o); {
		case !here && reasons[o] == "":
			t.Errorf("Python differentiates %s; add a gradient, or a reason to testdata/not-covered.txt", o)
		case here && reasons[o] != "":
			t.Errorf("%s is covered; take it out of testdata/not-covered.txt", o)
		}
	}
	for o, why := range reasons {
		if !slices.Contains(python, o) {
			t.Errorf("not-covered.txt: Python does not differentiate %s", o)
		}
		if says := strings.Contains(why, "the CPU has no kernel"); says != slices.Contains(noKernel, o) {
			t.Errorf("not-covered.txt: that %s has no kernel on the CPU is %v, but that is said: %v", o, !says, says)
		}
	}
}

// TestDocument compares docs/gradients.md with the registry.
func TestDocument(t *testing.T) {
	data, err := os.ReadFile("../../docs/gradients.md")
	if err != nil {
		t.Fatal(err)
	}
	python, _ := pythonOps(t)
	found := map[string]bool{}
	text := string(data)
	_, tables, _ := strings.Cut(text, "## Operations with a gradient")
	tables, rest, _ := strings.Cut(tables, "## Operations that stop gradients")
	for line := range strings.Lines(tables) {
		cells := strings.Split(line, "|")
		if len(cells) != 7 {
			continue
		}
		o := strings.TrimSpace(cells[1])
		found[o] = true
		if inPython := strings.TrimSpace(cells[2]) == "yes"; inPython != slices.Contains(python, o) {
			t.Errorf("gradients.md: %s in Python: %v, want %v", o, inPython, !inPython)
		}
	}
	for _, o := range builtin {
		if !found[o] {
			t.Errorf("gradients.md does not list %s; run go generate ./tf/grad", o)
		}
	}
	flat, missing, _ := strings.Cut(rest, "## Without a gradient function")
	reasons := slices.Collect(maps.Keys(notCovered(t)))
	for section, part := range map[string][]string{flat: grad.Flat(), missing: reasons} {
		words := strings.FieldsFunc(section, func(r rune) bool { return strings.ContainsRune(" ,|\n", r) })
		for _, o := range part {
			if !slices.Contains(words, o) {
				t.Errorf("gradients.md does not list %s; run go generate ./tf/grad", o)
			}
		}
	}
}
