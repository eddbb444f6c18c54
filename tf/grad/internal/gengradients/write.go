package main

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

func (f *facts) document() []byte {
	var b bytes.Buffer
	b.WriteString(guide)
	f.counts(&b)
	f.covered(&b)
	f.stopping(&b)
	f.missing(&b)
	return b.Bytes()
}

func (f *facts) counts(b *bytes.Buffer) {
	both, golden := 0, 0
	for _, op := range slices.Concat(f.ops, f.flat) {
		if f.python[op] {
			both++
		}
	}
	for _, c := range f.checks {
		golden += c.golden
	}
	missing := 0
	for _, r := range f.reasons {
		missing += len(r.ops)
	}
	fmt.Fprintf(b, "- %d operations have a gradient function, and %d stop gradients.\n", len(f.ops), len(f.flat))
	fmt.Fprintf(b, "- Python has gradient functions for %d operations. Of these %d have one here or stop gradients too,\n", len(f.python), both)
	fmt.Fprintf(b, "  and %d have none, for reasons that stand at the end.\n", missing)
	fmt.Fprintf(b, "- %d golden cases compare with Python.\n\n", golden)
}

// covered writes a table for each group of operations.
func (f *facts) covered(b *bytes.Buffer) {
	b.WriteString("## Operations with a gradient\n\n")
	groups := map[string][]string{}
	for _, op := range f.ops {
		g := f.group[op]
		if g == "" {
			g = "other"
		}
		groups[g] = append(groups[g], op)
	}
	for _, g := range slices.Sorted(maps.Keys(groups)) {
		fmt.Fprintf(b, "### %s\n\n| Operation | Python has one | Golden cases | Differences | Second order |\n| --- | --- | ---: | --- | --- |\n", g)
		for _, op := range groups[g] {
			c := f.of(op)
			fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", op, yes(f.python[op]), goldenCases(c), c.shown.modes(), f.secondOrder(op))
		}
		b.WriteString("\n")
		f.remarks(b, groups[g])
	}
}

// goldenCases are how many the operation has, or that it is part of others'.
func goldenCases(c *checks) string {
	if c.golden == 0 && c.shown.golden {
		return "in others"
	}
	return count(c.golden)
}

// modes are those in which differences agree.
func (s shown) modes() string {
	switch {
	case s.graph && s.eager:
		return "both modes"
	case s.graph:
		return "graph"
	case s.eager:
		return "eager"
	}
	return ""
}

// remarks say why a field of some of the operations is empty.
func (f *facts) remarks(b *bytes.Buffer, ops []string) {
	same := map[string][]string{}
	for _, op := range ops {
		if why := f.notes[op]; why != "" {
			same[why] = append(same[why], op)
		}
	}
	for _, why := range slices.Sorted(maps.Keys(same)) {
		fmt.Fprintf(b, "- %s: %s\n", strings.Join(same[why], ", "), why)
	}
	if len(same) > 0 {
		b.WriteString("\n")
	}
}

// secondOrder says how gradients of gradients are checked.
func (f *facts) secondOrder(op string) string {
	c := f.of(op)
	switch {
	case f.second[op] != "":
		return f.second[op]
	case c.python2:
		return "as Python"
	case c.shown.second && f.python[op]:
		return "beyond Python"
	case c.shown.second:
		return "by differences"
	}
	return ""
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func (f *facts) stopping(b *bytes.Buffer) {
	b.WriteString("## Operations that stop gradients\n\n")
	b.WriteString("So do all whose results are integers, booleans or strings.\n\n")
	b.WriteString(wrapped(f.flat))
}

func (f *facts) missing(b *bytes.Buffer) {
	b.WriteString("\n## Without a gradient function\n\nOperations for which Python has one.\n\n| Operations | Why |\n| --- | --- |\n")
	for _, r := range f.reasons {
		fmt.Fprintf(b, "| %s | %s |\n", strings.Join(r.ops, ", "), r.why)
	}
}

// wrapped are names in lines.
func wrapped(names []string) string {
	var b strings.Builder
	width := 0
	for i, n := range names {
		if i < len(names)-1 {
			n += ","
		}
		switch {
		case width+1+len(n) > 118:
			b.WriteString("\n")
			width = 0
		case i > 0:
			b.WriteString(" ")
			width++
		}
		b.WriteString(n)
		width += len(n)
	}
	return b.String() + "\n"
}
