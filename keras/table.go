package keras

import (
	"math"
	"strings"
	"unicode/utf8"
)

// table lays text out in three columns, the last to the right, under a heading.
type table struct {
	widths [3]int // of the text
	rows   [][3]string
}

// newTable is a table of a width, borders included.
func newTable(width int) *table {
	t := &table{}
	for i, share := range []float64{0.45, 0.80, 1} {
		end := int(share * float64(width))
		t.widths[i] = end
		for _, w := range t.widths[:i] {
			t.widths[i] -= w
		}
	}
	// Borders and padding take 10, nearly the same from each column.
	left := 10
	for i := range t.widths {
		take := int(math.RoundToEven(float64(left) / float64(len(t.widths)-i)))
		t.widths[i] = max(t.widths[i]-take, 1)
		left -= take
	}
	return t
}

func (t *table) row(cells ...string) { t.rows = append(t.rows, [3]string(cells)) }

// String draws the table; the first row is the heading.
func (t *table) String() string {
	var b strings.Builder
	b.WriteString(t.rule("┏", "━", "┳", "┓"))
	for i, cells := range t.rows {
		side := "│"
		switch i {
		case 0:
			side = "┃"
		case 1:
			b.WriteString(t.rule("┡", "━", "╇", "┩"))
		default:
			b.WriteString(t.rule("├", "─", "┼", "┤"))
		}
		t.lines(&b, cells, side)
	}
	b.WriteString(t.rule("└", "─", "┴", "┘"))
	return b.String()
}

func (t *table) rule(left, line, cross, right string) string {
	var parts []string
	for _, w := range t.widths {
		parts = append(parts, strings.Repeat(line, w+2))
	}
	return left + strings.Join(parts, cross) + right + "\n"
}

func (t *table) lines(b *strings.Builder, cells [3]string, side string) {
	var wrapped [3][]string
	height := 1
	for i, c := range cells {
		wrapped[i] = wrap(c, t.widths[i])
		height = max(height, len(wrapped[i]))
	}
	for n := range height {
		for i, w := range t.widths {
			text := ""
			if n < len(wrapped[i]) {
				text = wrapped[i][n]
			}
			pad := strings.Repeat(" ", max(w-utf8.RuneCountInString(text), 0))
			if i == len(t.widths)-1 {
				text = pad + text
			} else {
				text += pad
			}
			b.WriteString(side + " " + text + " ")
		}
		b.WriteString(side + "\n")
	}
}

// wrap breaks text between words into lines of a width, and cuts longer words.
func wrap(text string, width int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if utf8.RuneCountInString(word) > width {
			word = string([]rune(word)[:width-1]) + "…"
		}
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}
