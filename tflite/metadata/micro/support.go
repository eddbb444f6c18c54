package micro

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/internal/schema"
)

// Support says which of a model's operators TFLM runs, by trials with the
// tflite_micro of [Support.Version] and its reference kernels.
type Support struct {
	Version  string     // of tflite_micro
	Missing  []Operator // TFLM has none of them
	Refused  []Operator // TFLM has them, but not for the types of their tensors, or wants a constant
	Untested []Operator // TFLM has them, but they were not tried with these types
	Idle     []string   // signatures that TFLM cannot call: it runs the first subgraph
}

// Operator is an operator of a model, with all that stand alike.
type Operator struct {
	Name   string // as the schema writes it; a custom one's own name
	Custom bool
	Count  int
	Tensor string // the first output of the first of them, which names its layer
	Types  string // "float32 int8 -> float32"; "" where Name is all that counts
	Reason string // one line
	Advice string // what to do
}

// String is a line with all but the advice.
func (o Operator) String() string {
	text := shown(o.Name)
	if o.Types != "" {
		text += " of " + o.Types
	}
	if o.Count > 1 {
		return fmt.Sprintf("%s (%d, the first makes tensor %.100q): %s", text, o.Count, o.Tensor, o.Reason)
	}
	return fmt.Sprintf("%s (makes tensor %.100q): %s", text, o.Tensor, o.Reason)
}

// shown is a name from a file on one line, cut if it is long.
func shown(name string) string {
	quoted := fmt.Sprintf("%.60q", name)
	return quoted[1 : len(quoted)-1]
}

// Check compares the operators of a .tflite file with those of TFLM.
func Check(data []byte) (*Support, error) {
	graphs, err := readGraphs(data)
	if err != nil {
		return nil, tf.Errorf("check for TFLM", tf.DataLoss, "%v", err)
	}
	return check(data, graphs), nil
}

func check(data []byte, graphs []*graph) *Support {
	s := &Support{Version: operators().version}
	m := schema.GetRootAsModel(data, 0)
	var d schema.SignatureDef
	for i := range m.SignatureDefsLength() {
		if m.SignatureDefs(&d, i); d.SubgraphIndex() != 0 {
			s.Idle = append(s.Idle, string(d.SignatureKey()))
		}
	}
	called := calledGraphs(graphs)
	for i, g := range graphs {
		for _, o := range g.operators {
			s.add(o, called[i])
		}
	}
	return s
}

// calledGraphs tells the subgraphs that run, as part of the first, from those of
// other signatures, which TFLM prepares but cannot run.
func calledGraphs(graphs []*graph) []bool {
	called := make([]bool, len(graphs))
	called[0] = true
	for todo := []int{0}; len(todo) > 0; todo = todo[1:] {
		for _, o := range graphs[todo[0]].operators {
			for _, c := range o.calls {
				if !called[c] {
					called[c] = true
					todo = append(todo, c)
				}
			}
		}
	}
	return called
}

// Err is nil if TFLM runs the model, as far as its operators are concerned;
// else an error that matches tf.Unimplemented and names those it does not run.
func (s *Support) Err() error {
	bad := slices.Concat(s.Missing, s.Refused)
	if len(bad) == 0 {
		return nil
	}
	var words, advice []string
	for i, o := range bad {
		if i < maxNamed || len(bad) == maxNamed+1 {
			words = append(words, o.String())
		}
		if !slices.Contains(advice, o.Advice) && len(advice) < maxNamed {
			advice = append(advice, o.Advice)
		}
	}
	if n := len(bad) - len(words); n > 0 {
		words = append(words, fmt.Sprintf("and %d more", n))
	}
	return tf.Errorf("check for TFLM", tf.Unimplemented, "TensorFlow Lite Micro does not run the model: %s; %s", strings.Join(words, ", "), strings.Join(advice, "; "))
}

// maxNamed is how many kinds of operators an error names.
const maxNamed = 8

func (s *Support) add(o operator, called bool) {
	list, found := o.support()
	if _, scratch := o.extra(); list == runs && !called && len(scratch) > 0 {
		list, found.Types = refused, ""
		found.Reason = "TFLM crashes on its scratch memory in a signature other than the first"
		found.Advice = "convert the first signature alone"
	}
	switch list {
	case missing:
		note(&s.Missing, found)
	case refused:
		note(&s.Refused, found)
	case untested:
		note(&s.Untested, found)
	}
}

// note counts operators that are alike.
func note(list *[]Operator, o Operator) {
	for i := range *list {
		if l := &(*list)[i]; l.Name == o.Name && l.Custom == o.Custom && l.Types == o.Types && l.Reason == o.Reason {
			l.Count++
			return
		}
	}
	*list = append(*list, o)
}

// verdict is how TFLM stands to an operator.
type verdict int

const (
	runs verdict = iota
	missing
	refused
	untested
)

// support looks an operator up.
func (o operator) support() (verdict, Operator) {
	out := Operator{Name: o.name, Custom: o.code == schema.BuiltinOperatorCUSTOM, Count: 1, Tensor: o.output(0).name}
	table := operators()
	if out.Custom {
		if table.custom[o.name] {
			return runs, out
		}
		out.Reason, out.Advice = "TFLM has no such custom operator", fmt.Sprintf("register a kernel of that name in the program (AddCustom(\"%s\", ...))", shown(o.name))
		if strings.HasPrefix(o.name, "Flex") {
			out.Reason, out.Advice = "an operator of TensorFlow, which TFLM does not have", "convert the model without Select TF ops"
		}
		return missing, out
	}
	if kind := o.unknownType(); kind != "" {
		out.Reason, out.Advice = "TFLM has no "+kind, "leave tensors of type "+kind+" out of the model"
		return refused, out
	}
	rows, have := table.builtin[o.name]
	if !have {
		out.Reason, out.Advice = "TFLM has no such operator", "compute it outside the model, or from operators that TFLM has"
		return missing, out
	}
	switch {
	case len(rows) == 0:
		return runs, out
	case len(o.inputs) == 0 || len(o.outputs) == 0:
		return untested, out
	}
	if most, limited := table.most[o.name]; limited && o.rank() > most {
		out.Reason = fmt.Sprintf("TFLM takes at most %d dimensions here, the model has %d", most, o.rank())
		out.Advice = "reshape to fewer dimensions around it"
		return refused, out
	}
	return o.types(rows, out)
}

// rank is the most dimensions of an operator's tensors.
func (o operator) rank() (most int) {
	for i := range o.inputs {
		most = max(most, len(o.input(i).shape))
	}
	for i := range o.outputs {
		most = max(most, len(o.output(i).shape))
	}
	return most
}

// types holds the types of an operator's tensors against those tried.
func (o operator) types(rows []row, out Operator) (verdict, Operator) {
	inputs, outputs := o.kinds(o.inputs), o.kinds(o.outputs)
	anyNumber := o.code == schema.BuiltinOperatorCONCATENATION || o.code == schema.BuiltinOperatorPACK || o.code == schema.BuiltinOperatorADD_N
	out.Types = strings.Join(inputs, " ") + " -> " + strings.Join(slices.Compact(slices.Clone(outputs)), " ")
	if anyNumber {
		out.Types = strings.Join(slices.Compact(slices.Clone(inputs)), " ") + " -> " + outputs[0]
	}
	tried, variable := false, -1
	var instead []string
	for _, r := range rows {
		t, ok := r.fit(inputs, outputs, anyNumber)
		if !ok {
			continue
		}
		tried, instead = true, r.taken
		if slices.Contains(r.taken, t) {
			if variable = o.loose(r); variable < 0 {
				return runs, out
			}
		}
	}
	switch {
	case variable >= 0:
		out.Types, out.Reason = "", fmt.Sprintf("TFLM wants its input %d, %.100q, to be a constant", variable, o.input(variable).name)
		out.Advice = "convert the model with fixed shapes"
		return refused, out
	case !tried && o.code == schema.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_LSTM && !samePlaces(inputs, rows[0].inputs):
		out.Types, out.Reason = "", "TFLM takes it only with all four gates, and without peepholes, projection and layer normalization"
		out.Advice = "build the layer without them"
		return refused, out
	case !tried:
		return untested, out
	}
	out.Reason, out.Advice = o.why(inputs, instead)
	return refused, out
}

// unknownType is a type of a tensor that TFLM does not have, or "".
func (o operator) unknownType() string {
	for _, list := range [][]int{o.inputs, o.outputs} {
		for i, k := range list {
			if t := o.at(list, i); k >= 0 && elementBytes[t.dtype] == 0 {
				return strings.ToLower(t.dtype.String())
			}
		}
	}
	return ""
}

// samePlaces reports whether the same inputs are there.
func samePlaces(a, b []string) bool {
	return slices.EqualFunc(a, b, func(x, y string) bool { return (x == "-") == (y == "-") })
}

// loose is an input that must be a constant and is none, or -1.
func (o operator) loose(r row) int {
	for i := range o.inputs {
		if i < len(r.constant) && r.constant[i] && !o.input(i).constant {
			return i
		}
	}
	return -1
}

// kinds are the types of tensors, "-" for one that is not there.
func (o operator) kinds(list []int) (out []string) {
	for i := range list {
		if list[i] < 0 {
			out = append(out, "-")
			continue
		}
		out = append(out, strings.ToLower(o.at(list, i).dtype.String()))
	}
	return out
}

// why says what is wrong with types, and how conversion gives others. taken are
// types that could stand in place of the main one.
func (o operator) why(inputs, taken []string) (reason, advice string) {
	weights := o.input(1)
	switch {
	case slices.Contains(inputs, "float16"):
		return "TFLM has no float16", "convert the model without float16 quantization"
	case inputs[0] == "float32" && (weights.integer() || weights.dtype == schema.TensorTypeINT4):
		return "TFLM wants weights of float32 here", "convert the model to full int8 or to float32, not with dynamic-range quantization"
	case slices.Contains(inputs, "-") && len(taken) == 0:
		return "TFLM ends the program where that input is left out", "give the layer a bias"
	case len(taken) == 0:
		return "TFLM refuses these types", "convert the model to full int8 or to float32"
	}
	return "TFLM takes " + strings.Join(taken, ", "), "convert the model so that this operator has such types"
}
