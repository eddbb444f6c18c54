package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gotf/gotf/tf/grad"
)

// facts are what the tables show.
type facts struct {
	ops, flat []string
	python    map[string]bool   // the operations that Python differentiates
	group     map[string]string // of each operation
	checks    map[string]*checks
	reasons   []reason
	second    map[string]string // what is said of second order
	notes     map[string]string // why there is no golden case, or no difference
}

// checks are those of one operation.
type checks struct {
	golden  int  // cases of Python's
	python2 bool // with gradients of gradients
	shown   shown
}

// shown is what the tests compare gradients with, in cases of other operations too:
// Python's, and differences in a graph, on an eager scope, and of the gradient.
type shown struct{ golden, graph, eager, second bool }

// reason is why some operations are not differentiated.
type reason struct {
	why string
	ops []string
}

func read() (*facts, error) {
	f := &facts{ops: grad.Ops(), flat: grad.Flat(), checks: map[string]*checks{}, notes: map[string]string{}}
	for _, step := range []func() error{f.readRegistry, f.readGroups, f.readGolden, f.readChecked, f.readOtherwise, f.readReasons, f.readSecond} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *facts) of(op string) *checks {
	if f.checks[op] == nil {
		f.checks[op] = &checks{}
	}
	return f.checks[op]
}

func readJSON(path string, v any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func (f *facts) readRegistry() error {
	var registry struct{ Gradients []string }
	if err := readJSON("testdata/registry.json", &registry); err != nil {
		return err
	}
	f.python = map[string]bool{}
	for _, op := range registry.Gradients {
		f.python[op] = true
	}
	return nil
}

func (f *facts) readGroups() error {
	data, err := os.ReadFile("../../internal/genop/groups.txt")
	if err != nil {
		return err
	}
	f.group = map[string]string{}
	for line := range strings.Lines(string(data)) {
		if op, group, ok := strings.Cut(strings.TrimSpace(line), " "); ok && op != "#" {
			f.group[op] = group
		}
	}
	return nil
}

func (f *facts) readGolden() error {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		return err
	}
	for _, path := range files {
		var set struct {
			Cases []struct {
				Op     string
				Second any
			}
		}
		if err := readJSON(path, &set); err != nil {
			return err
		}
		for _, c := range set.Cases {
			if c.Op != "" {
				of := f.of(c.Op)
				of.golden++
				of.python2 = of.python2 || c.Second == true
			}
		}
	}
	return nil
}

// readChecked reads what the tests compare gradients with: they write it, and
// compare it with what they do.
func (f *facts) readChecked() error {
	return eachLine("testdata/checked.txt", func(line string) {
		words := strings.Fields(line)
		shown := &f.of(words[0]).shown
		for _, w := range words[1:] {
			switch w {
			case "golden":
				shown.golden = true
			case "graph":
				shown.graph = true
			case "eager":
				shown.eager = true
			case "second":
				shown.second = true
			}
		}
	})
}

// readOtherwise reads notes on operations that lack such a check.
func (f *facts) readOtherwise() error {
	return eachLine("testdata/checked-otherwise.txt", func(line string) {
		if op, rest, ok := strings.Cut(line, ": "); ok {
			_, why, _ := strings.Cut(rest, ": ")
			f.notes[op] = why
		}
	})
}

// eachLine calls do with the lines of a file that are neither empty nor comments.
func eachLine(path string, do func(line string)) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			do(line)
		}
	}
	return nil
}

func (f *facts) readReasons() error {
	data, err := os.ReadFile("testdata/not-covered.txt")
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(data)) {
		text := strings.TrimSpace(line)
		switch {
		case text == "" || text[0] == '#':
		case line[0] != '\t':
			f.reasons = append(f.reasons, reason{why: text})
		case len(f.reasons) == 0:
			return fmt.Errorf("not-covered.txt: %q stands before any reason", text)
		default:
			last := &f.reasons[len(f.reasons)-1]
			last.ops = append(last.ops, strings.Fields(text)...)
		}
	}
	return nil
}

func (f *facts) readSecond() error {
	f.second = map[string]string{}
	return eachLine("testdata/second-order.txt", func(line string) {
		if op, words, ok := strings.Cut(line, ": "); ok {
			f.second[op] = words
		}
	})
}
