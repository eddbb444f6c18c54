package inspect

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
)

// A reportSection is a part of a report: what text and page show.
type reportSection struct {
	Title string
	Table terminal.Table
	Ports bool // inputs and outputs, which come before a drawing
}

// text prints the report for people.
func (r *Report) text(w io.Writer) {
	fmt.Fprintf(w, "%s: %s, %s\n", terminal.Printable(r.Path), r.Format.Title(), terminal.Bytes(r.Bytes))
	for _, s := range r.sections(terminal.MostLines) {
		if s.Title != "" {
			fmt.Fprintf(w, "\n%s\n", s.Title)
		}
		s.Table.Print(w, "  ")
	}
}

// sections are all parts of the report, their lists cut to about most lines.
func (r *Report) sections(most int) []reportSection {
	switch {
	case r.ModelFacts != nil:
		return r.ModelFacts.sections(most, r.WeightTotals)
	case r.CheckpointFacts != nil:
		return r.CheckpointFacts.sections(5*most, r.WeightTotals)
	case r.RecordFacts != nil:
		return r.RecordFacts.sections(5 * most)
	case r.EventFacts != nil:
		return r.EventFacts.sections(5 * most)
	case r.ArrayFacts != nil:
		return r.ArrayFacts.sections(5 * most)
	}
	return nil
}

// sortedBy is a sorted copy: by key, equal ones as they stood.
func sortedBy[T any](list []T, key func(T) int64) []T {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
	return out
}
