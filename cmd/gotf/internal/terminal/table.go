package terminal

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// A Table is rows of cells that stand in columns.
type Table struct {
	Rows  [][]string
	Right map[int]bool // columns whose cells end in one line
}

// Add adds a row.
func (t *Table) Add(cells ...string) { t.Rows = append(t.Rows, cells) }

// Line adds a name and a value, if there is one.
func (t *Table) Line(name, value string) {
	if value != "" {
		t.Add(name, value)
	}
}

// widestCell is how far longer cells move those beside them: names from files can
// be of any length.
const widestCell = 160

// Print writes the rows, each after the indent, a row on a line: what is not
// printable is quoted.
func (t *Table) Print(w io.Writer, indent string) {
	for _, row := range t.Rows {
		for i, cell := range row {
			row[i] = Printable(cell)
		}
	}
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
			if t.Right[i] {
				cell = gap + cell
			} else {
				cell += gap
			}
			line += cell + "  "
		}
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}
