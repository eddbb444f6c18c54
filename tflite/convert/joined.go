package convert

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
)

// joined are the inputs and outputs of several signatures of a graph, each tensor
// once, by names that operations of a frozen graph can have.
type joined struct {
	graph           *tf.Graph
	inputs, outputs map[string]tf.Output
}

func (j *joined) add(e savedmodel.Endpoints) {
	for _, name := range sorted(e.Inputs) {
		j.name(j.inputs, name, e.Inputs[name])
	}
	for _, name := range sorted(e.Outputs) {
		j.name(j.outputs, name, e.Outputs[name])
	}
}

var notInNames = regexp.MustCompile(`^[^A-Za-z0-9.]|[^A-Za-z0-9_.]`)

// name gives a tensor a name like the given one, if it has none.
func (j *joined) name(to map[string]tf.Output, like string, o tf.Output) {
	if nameIn(to, o) != "" {
		return
	}
	like = notInNames.ReplaceAllString(like, "x")
	free := func(name string) bool {
		_, in := j.inputs[name]
		_, out := j.outputs[name]
		_, err := j.graph.Op(name)
		return !in && !out && (err != nil || o.Op().Type() == "Placeholder" && o.Op().Name() == name)
	}
	name := like
	for i := 1; !free(name); i++ {
		name = fmt.Sprintf("%s_%d", like, i)
	}
	to[name] = o
}

// moved is e in the graph that was frozen.
func (j *joined) moved(e savedmodel.Endpoints, g *tf.Graph) (savedmodel.Endpoints, error) {
	out := savedmodel.Endpoints{Inputs: map[string]tf.Output{}, Outputs: map[string]tf.Output{}, Method: e.Method}
	for name, o := range e.Inputs {
		to, err := g.Output(nameIn(j.inputs, o))
		if err != nil {
			return out, err
		}
		out.Inputs[name] = to
	}
	for name, o := range e.Outputs {
		to, err := g.Output(nameIn(j.outputs, o))
		if err != nil {
			return out, err
		}
		out.Outputs[name] = to
	}
	return out, nil
}

// nameIn is the name of a tensor, or "".
func nameIn(m map[string]tf.Output, o tf.Output) string {
	for name, have := range m {
		if have == o {
			return name
		}
	}
	return ""
}

func sorted(m map[string]tf.Output) []string { return slices.Sorted(maps.Keys(m)) }
