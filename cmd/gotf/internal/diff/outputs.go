package diff

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/inspect"
	"github.com/gotf/gotf/cmd/gotf/internal/modelio"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/tf"
)

// outputReport is how the outputs of two models differ on the same inputs.
type outputReport struct {
	Same       bool     `json:"same"`
	SignatureA string   `json:"signature_a"`
	SignatureB string   `json:"signature_b"`
	Samples    int      `json:"samples"`
	Random     bool     `json:"random"`
	Seed       int64    `json:"seed"`
	Drawn      []drawn  `json:"drawn"` // from where random inputs were
	Outputs    []output `json:"outputs"`
}

// output is one output over all samples, quantized ones as real numbers.
type output struct {
	Name     string        `json:"name"`
	NameB    string        `json:"name_b,omitempty"` // if it is another
	Same     bool          `json:"same"`
	Max      inspect.Real  `json:"max_abs"`
	Mean     inspect.Real  `json:"mean_abs"`
	Relative inspect.Real  `json:"max_relative"` // to each value
	Scale    *inspect.Real `json:"max_of_scale"` // max_abs as a part of A's largest value; null if that is 0
	Largest  inspect.Real  `json:"largest"`      // absolute value of A
	Unequal  int64         `json:"unequal"`      // values
	Note     string        `json:"note,omitempty"`
}

// compareOutputs runs both models.
func compareOutputs(c *cli.Context, a, b *inspect.Report, files map[string]string, tolerance float64) (*outputReport, error) {
	keyA, keyB, err := keys(c.String("signature-def"), a, b)
	if err != nil {
		return nil, err
	}
	x, err := loadModel(a, keyA)
	if err != nil {
		return nil, err
	}
	defer x.close()
	y, err := loadModel(b, keyB)
	if err != nil {
		return nil, err
	}
	defer y.close()
	inputs, err := pairPorts("input", x.inputs, y.inputs)
	if err != nil {
		return nil, err
	}
	outputs, err := pairPorts("output", x.outputs, y.outputs)
	if err != nil {
		return nil, err
	}
	d := &outputReport{SignatureA: keyA, SignatureB: keyB, Samples: c.Int("samples"), Random: len(files) == 0, Seed: c.Int64("seed")}
	samples := newSamples(inputs, x.ranges, y.ranges, d.Seed)
	if !d.Random {
		d.Samples = 1
		if err := samples.readFiles(files); err != nil {
			return nil, err
		}
	}
	stats, notes := make([]stats, len(outputs)), make([]string, len(outputs))
	for range d.Samples {
		if err := compareSample(c, x, y, samples, outputs, stats, notes); err != nil {
			return nil, err
		}
	}
	d.Drawn = samples.drawn()
	d.finish(outputs, stats, notes, tolerance)
	return d, nil
}

// keys chooses the signatures to run.
func keys(asked string, a, b *inspect.Report) (string, string, error) {
	key := func(r *inspect.Report, asked string) (string, error) {
		var keys []string
		for _, s := range r.Signatures {
			keys = append(keys, s.Key)
		}
		switch {
		case asked != "" && !slices.Contains(keys, asked):
			return "", fmt.Errorf("%s has no signature %q%s (it has %q)", r.Path, asked, suggest.DidYouMean(asked, keys), keys)
		case asked != "" || len(keys) == 0:
			return asked, nil
		}
		return r.DefaultSignature().Key, nil
	}
	keyA, err := key(a, asked)
	if err != nil {
		return "", "", err
	}
	prefer := asked
	if has := slices.ContainsFunc(b.Signatures, func(s inspect.SignatureFacts) bool { return s.Key == keyA }); asked == "" && has {
		prefer = keyA
	}
	keyB, err := key(b, prefer)
	return keyA, keyB, err
}

// portPair is an input or output of both models.
type portPair struct{ a, b inspect.TensorFacts }

// pairPorts pairs inputs or outputs by name or, where the names differ, as those
// of the main graph of a .tflite file do, by what is left of the names, by type
// and shape, or by their order.
func pairPorts(kind string, a, b []inspect.TensorFacts) ([]portPair, error) {
	if len(a) != len(b) {
		return nil, fmt.Errorf("the outputs cannot be compared: A has %s and B %d", terminal.Count(len(a), kind), len(b))
	}
	out := make([]portPair, len(a))
	left := slices.Clone(b)
	found := make([]bool, len(a))
	for _, same := range []func(x, y inspect.TensorFacts) bool{
		func(x, y inspect.TensorFacts) bool { return x.Name == y.Name },
		func(x, y inspect.TensorFacts) bool { return plainPort(x.Name) == plainPort(y.Name) },
		func(x, y inspect.TensorFacts) bool { return x.DType == y.DType && x.Shape.Equal(y.Shape) },
		func(x, y inspect.TensorFacts) bool { return x.Shape.Accepts(y.Shape) },
		func(_, _ inspect.TensorFacts) bool { return true },
	} {
		for i, t := range a {
			if found[i] {
				continue
			}
			k := slices.IndexFunc(left, func(u inspect.TensorFacts) bool { return same(t, u) })
			if k >= 0 {
				out[i], found[i] = portPair{t, left[k]}, true
				left = slices.Delete(left, k, k+1)
			}
		}
	}
	for _, p := range out {
		if !p.a.Shape.Accepts(p.b.Shape) {
			return nil, fmt.Errorf("%s %q of A has shape %v, %q of B %v, so their outputs cannot be compared", kind, p.a.Name, p.a.Shape, p.b.Name, p.b.Shape)
		}
	}
	return out, nil
}

// plainPort is what is left of "serving_default_x:0".
func plainPort(name string) string {
	name, _, _ = strings.Cut(name, ":")
	return strings.TrimPrefix(name, "serving_default_")
}

func compareSample(c *cli.Context, x, y *model, samples *samples, outputs []portPair, stats []stats, notes []string) error {
	if err := c.Context.Err(); err != nil {
		return err
	}
	inA, inB, err := samples.next()
	defer modelio.CloseTensors(inA)
	defer modelio.CloseTensors(inB)
	if err != nil {
		return err
	}
	outA, err := x.call(c.Context, inA)
	if err != nil {
		return fmt.Errorf("run %s: %w%s", x.path, err, samples.hint())
	}
	defer modelio.CloseTensors(outA)
	outB, err := y.call(c.Context, inB)
	if err != nil {
		return fmt.Errorf("run %s: %w%s", y.path, err, samples.hint())
	}
	defer modelio.CloseTensors(outB)
	for i, p := range outputs {
		note, err := compareOutput(&stats[i], p, outA[p.a.Name], outB[p.b.Name])
		if err != nil {
			return err
		}
		notes[i] = cmp.Or(notes[i], note)
	}
	return nil
}

// compareOutput adds a sample's values to what is known of an output. The note
// says why they cannot be compared as numbers and differ.
func compareOutput(s *stats, p portPair, a, b *tf.Tensor) (note string, err error) {
	if !slices.Equal(a.Shape(), b.Shape()) {
		return fmt.Sprintf("A gives shape %v, B %v", a.Shape(), b.Shape()), nil
	}
	if a.DType() == tf.String && b.DType() == tf.String {
		x, err := tf.Values[string](a)
		if err != nil {
			return "", err
		}
		y, err := tf.Values[string](b)
		if err == nil && !slices.Equal(x, y) {
			note = "the strings differ"
		}
		s.n += int64(len(x))
		return note, err
	}
	x, okA, err := realNumbers(a, p.a.Quantization)
	if err != nil {
		return "", err
	}
	y, okB, err := realNumbers(b, p.b.Quantization)
	if err != nil {
		return "", err
	}
	if !okA || !okB {
		return fmt.Sprintf("%v and %v cannot be compared", a.DType(), b.DType()), nil
	}
	s.add(x, y)
	return "", nil
}

// realNumbers are a tensor's values, quantized ones as what they stand for.
func realNumbers(t *tf.Tensor, q *inspect.QuantizationFacts) (numberList, bool, error) {
	raw, err := t.Bytes()
	if err != nil {
		return numberList{}, false, err
	}
	list, ok := numbers(t.DType(), raw)
	if ok && q != nil && len(q.Scale) == 1 && t.DType().IsInteger() {
		stored, scale, zero := list.at, float64(q.Scale[0]), float64(q.ZeroPoint[0])
		list.at = func(i int) float64 { return scale * (stored(i) - zero) }
	}
	return list, ok, nil
}

func (d *outputReport) finish(outputs []portPair, stats []stats, notes []string, tolerance float64) {
	d.Same, d.Outputs = true, []output{}
	for i, p := range outputs {
		s := &stats[i]
		o := output{
			Name: p.a.Name, Same: s.within(tolerance) && notes[i] == "", Max: inspect.Real(s.max), Mean: inspect.Real(s.mean()),
			Relative: inspect.Real(s.relative), Scale: s.ofScale(), Largest: inspect.Real(s.most), Unequal: s.unequal, Note: notes[i],
		}
		if p.b.Name != p.a.Name {
			o.NameB = p.b.Name
		}
		d.Same = d.Same && o.Same
		d.Outputs = append(d.Outputs, o)
	}
}

func (d *outputReport) samplesText() string {
	if !d.Random {
		return "on the inputs given"
	}
	return "on " + terminal.Count(d.Samples, "random input")
}

func (d *outputReport) summary() string {
	var scales []*inspect.Real
	n := 0
	for _, o := range d.Outputs {
		if o.Same {
			continue
		}
		if n++; o.Note == "" {
			scales = append(scales, o.Scale)
		}
	}
	text := fmt.Sprintf("%d of %s", n, terminal.Count(len(d.Outputs), "output"))
	if len(scales) > 0 {
		text += " (" + worstText(scales) + ")"
	}
	return text
}

func (d *outputReport) text(w io.Writer) {
	fmt.Fprintf(w, "\noutputs %s%s\n", d.samplesText(), drawnText(d.Drawn))
	var t terminal.Table
	t.Add("name", "max", "mean", "of scale", "relative", "largest value")
	for _, o := range d.Outputs {
		if o.Note != "" {
			t.Add(terminal.Printable(o.Name), o.Note)
			continue
		}
		t.Add(terminal.Printable(o.Name), fmt.Sprintf("%.3g", float64(o.Max)), fmt.Sprintf("%.3g", float64(o.Mean)), sizeText(o.Scale),
			percentText(float64(o.Relative)), fmt.Sprintf("%.4g", float64(o.Largest)))
	}
	t.Print(w, "  ")
}
