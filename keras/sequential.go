package keras

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"reflect"
	"strings"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/tf"
)

// Sequential describes a model whose layers follow one another. Build makes it.
type Sequential struct {
	Name   string       // empty: "sequential"
	Layers []core.Layer // the first is a *layers.Input
	Policy core.Policy  // of layers that have none of their own; empty: float32
	Frozen core.Not     // train no weight

	// Seed determines the first weights, what dropout drops and the order of
	// training samples. 0 draws one, which Model.Seed tells.
	Seed int64
}

// Input is the description's input layer, or nil if it has none yet.
func (q Sequential) Input() *layers.Input {
	if len(q.Layers) > 0 {
		if in, ok := q.Layers[0].(*layers.Input); ok {
			return in
		}
	}
	return nil
}

// Build checks the layers against each other and makes their weights. A layer
// belongs to one model, which names it if it has no name.
func (q Sequential) Build() (*Model, error) {
	if q.Name == "" {
		q.Name = "sequential"
	}
	for q.Seed == 0 {
		var b [8]byte
		rand.Read(b[:])
		q.Seed = int64(binary.LittleEndian.Uint64(b[:]) >> 1)
	}
	if err := q.check(); err != nil {
		return nil, err
	}
	m := &Model{config: q}
	run, err := newGraphRunner()
	if err != nil {
		return nil, err
	}
	if err := m.buildOn(run); err != nil {
		run.close()
		return nil, err
	}
	return m, nil
}

// check does what needs no weights, and names the layers.
func (q *Sequential) check() error {
	in := q.Input()
	switch {
	case strings.Contains(q.Name, "/"):
		return q.bad("the name contains a slash")
	case in == nil:
		return q.bad("the first layer must be a *layers.Input, which tells the shape of a sample")
	case len(q.Layers) == 1:
		return q.bad("the model has no layer after its Input")
	case !q.Policy.Valid():
		return q.bad("unknown dtype policy %q", string(q.Policy))
	}
	seen := map[core.Layer]int{}
	taken := map[string]bool{}
	for i, l := range q.Layers {
		if l == nil || reflect.ValueOf(l).IsNil() {
			return q.bad("layer %d is nil", i)
		}
		if j, ok := seen[l]; ok {
			return q.bad("layers %d and %d are the same; a layer has one place in a model", j, i)
		}
		seen[l] = i
		if _, ok := l.(*layers.Input); ok && i > 0 {
			return q.bad("layer %d is an Input; only the first can be", i)
		}
		name := l.Meta().Name
		switch {
		case strings.Contains(name, "/"):
			return q.bad("layer name %q contains a slash", name)
		case name != "" && taken[name]:
			return q.bad("two layers are called %q", name)
		case !l.Meta().Policy.Valid():
			return q.bad("layer %d: unknown dtype policy %q", i, string(l.Meta().Policy))
		}
		taken[name] = true
	}
	for _, l := range q.Layers {
		if meta := l.Meta(); meta.Name == "" {
			meta.Name = freeName(core.SnakeCase(core.ClassOf(l)), taken)
		}
	}
	return nil
}

// freeName is base, or base_1, base_2... where that is taken.
func freeName(base string, taken map[string]bool) string {
	name := base
	for i := 1; taken[name]; i++ {
		name = fmt.Sprintf("%s_%d", base, i)
	}
	taken[name] = true
	return name
}

func (q *Sequential) bad(format string, args ...any) error {
	return core.Errorf(tf.InvalidArgument, "model %q: %s", q.Name, fmt.Sprintf(format, args...))
}
