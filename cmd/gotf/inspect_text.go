package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// printable is s as it may stand on a terminal: names come from files that
// anybody wrote.
func printable(s string) string {
	bad := strings.IndexFunc(s, func(c rune) bool { return !unicode.IsPrint(c) || c == utf8.RuneError })
	if bad >= 0 {
		return strconv.Quote(s)
	}
	return s
}

// shortName is a printable name cut in its middle: names of weights can be very
// long, and differ at their ends.
func shortName(s string) string {
	r := []rune(printable(s))
	if len(r) <= longestName {
		return string(r)
	}
	return string(r[:longestName/2]) + "…" + string(r[len(r)-longestName/2+1:])
}

const longestName = 64

// A textTable is rows of cells that stand in columns.
type textTable struct {
	Rows  [][]string
	right map[int]bool // columns whose cells end in one line
}

func (t *textTable) add(cells ...string) { t.Rows = append(t.Rows, cells) }

// line adds a name and a value, if there is one.
func (t *textTable) line(name, value string) {
	if value != "" {
		t.add(name, value)
	}
}

const widestCell = 72

// print writes the rows, each after the indent.
func (t *textTable) print(w io.Writer, indent string) {
	var width []int
	for _, row := range t.Rows {
		for i, cell := range row {
			if i == len(width) {
				width = append(width, 0)
			}
			width[i] = max(width[i], min(utf8.RuneCountInString(cell), widestCell))
		}
	}
	for _, row := range t.Rows {
		line := indent
		for i, cell := range row {
			gap := strings.Repeat(" ", max(0, width[i]-utf8.RuneCountInString(cell)))
			if t.right[i] {
				cell = gap + cell
			} else {
				cell += gap
			}
			line += cell + "  "
		}
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}

// A reportSection is a part of a report: what text and page show.
type reportSection struct {
	Title string
	Table textTable
	Ports bool // inputs and outputs, which come before a drawing
}

// text prints the report for people.
func (r *inspection) text(w io.Writer) {
	fmt.Fprintf(w, "%s: %s, %s\n", printable(r.Path), r.Format.title(), bytesText(r.Bytes))
	for _, s := range r.sections(mostLines) {
		if s.Title != "" {
			fmt.Fprintf(w, "\n%s\n", s.Title)
		}
		s.Table.print(w, "  ")
	}
}

// sections are all parts of the report, their lists cut to about most lines.
func (r *inspection) sections(most int) []reportSection {
	switch {
	case r.modelFacts != nil:
		return r.modelFacts.sections(most, r.weightTotals)
	case r.checkpointFacts != nil:
		return r.checkpointFacts.sections(5*most, r.weightTotals)
	case r.recordFacts != nil:
		return r.recordFacts.sections(5 * most)
	case r.eventFacts != nil:
		return r.eventFacts.sections(5 * most)
	}
	return nil
}

// mostLines is how much of a long list is printed.
const mostLines = 12

// ofMany says that a list is not whole.
func ofMany(shown, all int, which string) string {
	if shown == all {
		return ""
	}
	return fmt.Sprintf(" (%s %d of %d; --json lists all)", which, shown, all)
}

// thousands writes n in groups of three digits.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// sortedBy is a sorted copy: by key, equal ones as they stood.
func sortedBy[T any](list []T, key func(T) int64) []T {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
	return out
}
