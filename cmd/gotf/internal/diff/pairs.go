package diff

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/gotf/gotf/cmd/gotf/internal/inspect"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/bundle"
	"github.com/gotf/gotf/tflite"
)

// checkpointWeights are the values of a checkpoint, or of a SavedModel's.
func checkpointWeights(r *inspect.Report) ([]*weightValue, func(), error) {
	prefix := filepath.Join(r.Path, "variables", "variables")
	if r.CheckpointFacts != nil {
		prefix = r.Prefix
	} else if len(r.Variables) == 0 {
		return nil, func() {}, nil
	}
	c, err := bundle.Open(prefix)
	if err != nil {
		return nil, nil, err
	}
	names := inspect.FullNames(c)
	var out []*weightValue
	for _, e := range c.Entries() {
		if e.Name == bundle.GraphName || r.CheckpointFacts == nil && !inspect.IsWeight(c, e) {
			continue
		}
		w := &weightValue{WeightFacts: inspect.WeightFacts{TensorFacts: inspect.TensorFacts{Name: e.Name, DType: e.DType.String(), Shape: e.Shape}, Bytes: e.Size}}
		if name := names[e.Name]; name != "" && r.CheckpointFacts == nil {
			w.Name = name
		}
		w.raw = func() ([]byte, error) { return storedBytes(c, e) }
		w.read = func() (numberList, bool, error) {
			raw, err := storedBytes(c, e)
			list, ok := numbers(e.DType, raw)
			return list, ok, err
		}
		out = append(out, w)
	}
	return out, func() { c.Close() }, nil
}

// storedBytes is a value in a form that can be compared.
func storedBytes(c *bundle.Reader, e bundle.Entry) ([]byte, error) {
	if e.DType != tf.String {
		return c.Bytes(e.Name)
	}
	texts, err := c.Strings(e.Name)
	return fmt.Appendf(nil, "%q", texts), err
}

// tfliteWeights are the constants of a .tflite file, with the places where
// operators use them. The steps are those operators.
func tfliteWeights(path string) (out []*weightValue, steps string, err error) {
	s, err := tflite.InspectFile(path)
	if err != nil {
		return nil, "", err
	}
	type key struct { // one buffer may serve as several constants
		buffer int
		form   string
	}
	stored := map[key]*weightValue{}
	for g := range s.Subgraphs {
		places, names := weightPlaces(&s.Subgraphs[g])
		steps += strings.Join(names, " ") + "\n"
		for i := range s.Subgraphs[g].Tensors {
			t := &s.Subgraphs[g].Tensors[i]
			if t.Data == nil || len(places[i]) == 0 { // converters leave some that nothing uses
				continue
			}
			k := key{t.Buffer, t.DType.String() + t.Shape.String()}
			w := stored[k]
			if w == nil {
				facts := inspect.TensorFacts{Name: t.Name, DType: t.DType.String(), Shape: t.Shape, Quantization: inspect.QuantizationOf(t.Quantization)}
				w = &weightValue{WeightFacts: inspect.WeightFacts{TensorFacts: facts, Bytes: int64(len(t.Data))}}
				w.raw = func() ([]byte, error) { return t.Data, nil }
				w.read = func() (numberList, bool, error) { return tfliteNumbers(t) }
				stored[k] = w
				out = append(out, w)
			}
			for _, place := range places[i] {
				w.places = append(w.places, fmt.Sprintf("%d/%s %v", g, place, t.Shape))
			}
		}
	}
	return out, steps, nil
}

func tfliteNumbers(t *tflite.TensorDef) (numberList, bool, error) {
	if t.DType == tf.String || t.DType.IsComplex() {
		return numberList{}, false, nil
	}
	if list, ok := numbers(t.DType, t.Data); ok && !t.Sparse && len(t.Quantization.Scales) == 0 {
		return list, true, nil
	}
	v, err := t.Float32s()
	return numberList{len(v), func(i int) float64 { return float64(v[i]) }}, err == nil, err
}

// weightPlaces tells for each constant where it is used: "CONV_2D 3, input 1" by
// the fourth CONV_2D. Operators that only turn numbers into other forms do not
// count, so that places are the same in a quantized model.
func weightPlaces(g *tflite.Subgraph) (places map[int][]string, names []string) {
	source, counts := map[int]int{}, map[string]int{}
	places = map[int][]string{}
	for _, o := range g.Operators {
		if (o.Name == "DEQUANTIZE" || o.Name == "DENSIFY" || o.Name == "QUANTIZE") && len(o.Inputs) == 1 && len(o.Outputs) == 1 {
			from, ok := source[o.Inputs[0]]
			if !ok {
				from = o.Inputs[0]
			}
			source[o.Outputs[0]] = from
			continue
		}
		for k, t := range o.Inputs {
			if from, ok := source[t]; ok {
				t = from
			}
			if t >= 0 && g.Tensors[t].Data != nil {
				places[t] = append(places[t], fmt.Sprintf("%s %d, input %d", o.Name, counts[o.Name], k))
			}
		}
		counts[o.Name]++
		names = append(names, o.Name)
	}
	for k, t := range g.Outputs {
		places[t] = append(places[t], fmt.Sprintf("output %d", k))
	}
	return places, names
}

// weightPairs pairs the weights of two files.
type weightPairs struct {
	pairs        [][2]*weightValue
	onlyA, onlyB []*weightValue
}

// pairWeights pairs weights by name and shape, and those of checkpoints that are
// left by name alone. If the steps are the same, those of .tflite files are paired
// by place first, as converters make names up.
func pairWeights(a, b []*weightValue, sameSteps bool) *weightPairs {
	p := &weightPairs{onlyA: a, onlyB: b}
	if sameSteps {
		p.byPlace()
	}
	p.by(func(w *weightValue) string { return w.Name + "\x00" + w.Shape.String() })
	p.by(func(w *weightValue) string {
		if len(w.places) > 0 {
			return ""
		}
		return w.Name
	})
	return p
}

// byPlace pairs weights that share a place. One weight may stand in several
// places where the other file has several weights.
func (p *weightPairs) byPlace() {
	at := func(weights []*weightValue) map[string]*weightValue {
		by := map[string]*weightValue{}
		for _, w := range weights {
			for _, place := range w.places {
				by[place] = w
			}
		}
		return by
	}
	inA, inB := at(p.onlyA), at(p.onlyB)
	find := func(w *weightValue, in map[string]*weightValue) *weightValue {
		for _, place := range w.places {
			if other := in[place]; other != nil {
				return other
			}
		}
		return nil
	}
	a, b, paired := p.onlyA, p.onlyB, map[*weightValue]bool{}
	p.onlyA, p.onlyB = nil, nil
	for _, w := range a {
		other := find(w, inB)
		if other == nil {
			p.onlyA = append(p.onlyA, w)
			continue
		}
		p.pairs = append(p.pairs, [2]*weightValue{w, other})
		paired[other] = true
	}
	for _, w := range b {
		if paired[w] {
			continue
		}
		if other := find(w, inA); other != nil {
			p.pairs = append(p.pairs, [2]*weightValue{other, w})
		} else {
			p.onlyB = append(p.onlyB, w)
		}
	}
}

// by pairs those left that have equal keys, in their order; "" is no key.
func (p *weightPairs) by(key func(*weightValue) string) {
	waiting, taken := map[string][]*weightValue{}, map[*weightValue]bool{}
	for _, w := range p.onlyB {
		if k := key(w); k != "" {
			waiting[k] = append(waiting[k], w)
		}
	}
	a, b := p.onlyA, p.onlyB
	p.onlyA, p.onlyB = nil, nil
	for _, w := range a {
		k := key(w)
		if k == "" || len(waiting[k]) == 0 {
			p.onlyA = append(p.onlyA, w)
			continue
		}
		p.pairs = append(p.pairs, [2]*weightValue{w, waiting[k][0]})
		taken[waiting[k][0]] = true
		waiting[k] = waiting[k][1:]
	}
	for _, w := range b {
		if !taken[w] {
			p.onlyB = append(p.onlyB, w)
		}
	}
}
