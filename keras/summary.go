package keras

import (
	"fmt"
	"io"
	"strings"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/layers"
)

// Summary writes the table of layers and weights that Keras prints on a
// terminal of the given number of columns; 0: 80.
func (m *Model) Summary(w io.Writer, columns int) error {
	if columns <= 0 {
		columns = 80
	}
	t := newTable(min(columns-4, 88))
	t.row("Layer (type)", "Output Shape", "Param #")
	for i, l := range m.config.Layers {
		if _, ok := l.(*layers.Input); ok {
			continue
		}
		n, _ := size(m.owned[i])
		t.row(fmt.Sprintf("%s (%s)", l.Meta().Name, core.ClassOf(l)), m.shapes[i].String(), thousands(n))
	}
	var trained, fixed []*core.Variable
	for _, v := range m.weights {
		if v.Trainable {
			trained = append(trained, v)
		} else {
			fixed = append(fixed, v)
		}
	}
	var optimizer []*core.Variable
	if m.compiled != nil {
		optimizer = m.compiled.optimizer
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Model: %q\n%s", m.config.Name, t)
	total := append(m.Weights(), optimizer...)
	for _, part := range []struct {
		name string
		vars []*core.Variable
	}{{"Total", total}, {"Trainable", trained}, {"Non-trainable", fixed}, {"Optimizer", optimizer}} {
		if part.name == "Optimizer" && len(optimizer) == 0 {
			continue
		}
		n, bytes := size(part.vars)
		fmt.Fprintf(&b, " %s params: %s (%s)\n", part.name, thousands(n), memory(bytes))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// size counts elements and bytes.
func size(vs []*core.Variable) (n, bytes int64) {
	for _, v := range vs {
		k := v.Shape().NumElements()
		n += k
		bytes += k * int64(v.DType().Size())
	}
	return n, bytes
}

// thousands is "54,410".
func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// memory is "212.54 KB".
func memory(bytes int64) string {
	v, units := float64(bytes), []string{"B", "KB", "MB", "GB", "TB"}
	for v >= 1024 && len(units) > 1 {
		v, units = v/1024, units[1:]
	}
	return fmt.Sprintf("%.2f %s", v, units[0])
}
