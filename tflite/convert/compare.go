package convert

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

func (r *Report) compare(ctx context.Context, dir string, model []byte, s *tflite.Structure, o *CheckOptions) error {
	m, err := tflite.NewModel(model)
	if err != nil {
		return err
	}
	defer m.Close()
	it, err := tflite.NewInterpreter(m, nil)
	if err != nil {
		return err
	}
	defer it.Close()
	saved, err := savedmodel.Load(dir, &savedmodel.LoadConfig{Tags: o.Tags})
	if err != nil {
		return err
	}
	defer saved.Close()
	p := &plan{graph: saved.MetaGraph()}
	if files := p.nodes("WriteFile", "ReadFile", "MatchingFiles"); len(files) > 0 { // their names are the model's own
		return fmt.Errorf("the SavedModel works on files (%s)", files[0])
	}
	var signatures []savedmodel.Signature
	for _, def := range s.Signatures {
		sig, err := saved.Signature(def.Key)
		if err != nil {
			return err
		}
		if o.Samples != nil || !takesText(sig) {
			signatures = append(signatures, sig)
		}
	}
	if len(signatures) == 0 {
		return errors.New("the inputs are text, for which there are no random samples")
	}
	c := &comparison{saved, it, map[[2]string]*Difference{}}
	if o.Samples != nil {
		r.Samples, err = c.all(ctx, o.Samples.First(cmp.Or(o.Most, 10)), signatures)
	} else {
		r.Random = true
		for _, size := range openSizes {
			r.Samples, err = c.all(ctx, random(size, cmp.Or(o.Most, 1)), signatures)
			if err == nil || errors.Is(err, context.Canceled) {
				break
			}
			clear(c.outputs)
		}
	}
	r.Outputs = c.differences()
	return err
}

// takesText says that an input is text: random text means nothing to a model, and
// may be taken for the name of a file.
func takesText(s savedmodel.Signature) bool {
	return slices.ContainsFunc(s.Inputs, func(in savedmodel.TensorInfo) bool { return in.DType == tf.String })
}

// comparison gathers differences by signature and output.
type comparison struct {
	saved       *savedmodel.Model
	interpreter *tflite.Interpreter
	outputs     map[[2]string]*Difference
}

func (c *comparison) all(ctx context.Context, samples Samples, signatures []savedmodel.Signature) (n int, err error) {
	for sample, err := range samples(ctx, signatures) {
		if err != nil {
			return n, err
		}
		err = c.sample(ctx, sample)
		sample.Close()
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func (c *comparison) sample(ctx context.Context, sample Sample) error {
	want, err := c.saved.Call(ctx, sample.Signature, sample.Inputs)
	if err != nil {
		return err
	}
	defer Sample{Inputs: want}.Close()
	s, err := c.interpreter.Signature(sample.Signature)
	if err != nil {
		return err
	}
	if err := feed(s, sample.Inputs); err != nil {
		return err
	}
	if err := s.Invoke(ctx); err != nil {
		return err
	}
	for _, out := range s.Outputs() {
		got, err := outputs(s, out)
		if err != nil {
			return err
		}
		w := want[out.Name]
		if w == nil {
			continue
		}
		exact, err := numbers(w)
		if err != nil {
			return err
		}
		key := [2]string{sample.Signature, out.Name}
		d := c.outputs[key]
		if d == nil {
			d = &Difference{Signature: sample.Signature, Output: out.Name}
			c.outputs[key] = d
		}
		d.add(got, exact, w.Shape())
	}
	return nil
}

// add takes in one sample's values.
func (d *Difference) add(got, want []float64, shape tf.Shape) {
	if want == nil {
		d.Note = "not numbers"
		return
	}
	if len(got) != len(want) {
		d.Note = "of other shapes"
		return
	}
	for i, w := range want {
		e := math.Abs(got[i] - w)
		switch {
		case got[i] == w || math.IsNaN(w) && math.IsNaN(got[i]):
		case math.IsNaN(e) || math.IsInf(e, 0):
			d.Note = "not finite"
		default:
			d.sum += e
			d.Worst = max(d.Worst, e)
		}
		if a := math.Abs(w); a > d.Scale && !math.IsInf(a, 0) {
			d.Scale = a
		}
	}
	d.n += len(want)
	if row := rowSize(shape); row > 1 {
		for at := 0; at+row <= len(want); at += row {
			d.rows[1]++
			if largest(got[at:at+row]) == largest(want[at:at+row]) {
				d.rows[0]++
			}
		}
	}
}

func rowSize(s tf.Shape) int {
	if len(s) == 0 {
		return 0
	}
	return int(s[len(s)-1])
}

func largest(values []float64) (at int) {
	for i, v := range values {
		if v > values[at] {
			at = i
		}
	}
	return at
}

// differences are in the order of their names.
func (c *comparison) differences() []Difference {
	list := []Difference{}
	for _, d := range c.outputs {
		d.Mean = d.sum / float64(max(d.n, 1))
		d.Agree = 1
		if d.rows[1] > 0 {
			d.Agree = float64(d.rows[0]) / float64(d.rows[1])
		}
		list = append(list, *d)
	}
	slices.SortFunc(list, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(a.Signature, b.Signature), cmp.Compare(a.Output, b.Output))
	})
	return list
}
