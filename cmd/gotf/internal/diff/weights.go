package diff

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gotf/gotf/cmd/gotf/internal/inspect"
	"github.com/gotf/gotf/cmd/gotf/internal/modelfile"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/tf"
)

// weights is how the weights of two models of one kind differ.
type weights struct {
	Same     bool                  `json:"same"`
	Compared int                   `json:"compared"`
	OnlyA    []inspect.WeightFacts `json:"only_a"`
	OnlyB    []inspect.WeightFacts `json:"only_b"`
	Changed  []weight              `json:"changed"` // the ones that differ most first
	Retyped  []retyped             `json:"retyped"` // equal values of other types
}

// retyped is a weight that is stored in another type without loss.
type retyped struct {
	Name  string `json:"name"`
	NameB string `json:"name_b,omitempty"` // if it is another
	A     tensor `json:"a"`
	B     tensor `json:"b"`
}

// weight is a weight that differs. There are no numbers where the shapes
// differ or the type has none, and no ratios to an A of zeros.
type weight struct {
	Name   string        `json:"name"`
	NameB  string        `json:"name_b,omitempty"` // if it is another
	A      tensor        `json:"a"`
	B      tensor        `json:"b"`
	Max    *inspect.Real `json:"max_abs"`
	Mean   *inspect.Real `json:"mean_abs"`
	Scale  *inspect.Real `json:"max_of_scale"` // max_abs as a part of A's largest value
	Cosine *inspect.Real `json:"cosine"`
	SNR    *inspect.Real `json:"snr_db"`
	loss   float64       // to sort by
}

type tensor struct {
	DType string   `json:"dtype"`
	Shape tf.Shape `json:"shape"`
}

// weightValue is a weight that can be read.
type weightValue struct {
	inspect.WeightFacts
	places []string                         // where operators use it, of a .tflite file
	raw    func() ([]byte, error)           // as stored
	read   func() (numberList, bool, error) // the real numbers; false: it holds none
}

// compareWeights pairs the weights of two files and compares each pair.
func compareWeights(ctx context.Context, a, b *inspect.Report, tolerance float64) (*weights, error) {
	x, err := weightsOf(a)
	if err != nil {
		return nil, err
	}
	defer x.close()
	y, err := weightsOf(b)
	if err != nil {
		return nil, err
	}
	defer y.close()
	found := pairWeights(x.weights, y.weights, x.steps != "" && x.steps == y.steps)
	d := &weights{Compared: len(found.pairs), OnlyA: weightList(found.onlyA), OnlyB: weightList(found.onlyB), Changed: []weight{}, Retyped: []retyped{}}
	d.Same = len(found.onlyA)+len(found.onlyB) == 0
	for _, p := range found.pairs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		w, same, err := compareWeight(p[0], p[1], tolerance)
		if err != nil {
			return nil, err
		}
		switch d.Same = d.Same && same; {
		case same:
		case w.Max != nil && *w.Max == 0:
			d.Retyped = append(d.Retyped, retyped{w.Name, w.NameB, w.A, w.B})
		default:
			d.Changed = append(d.Changed, w)
		}
	}
	slices.SortStableFunc(d.Changed, func(a, b weight) int {
		switch {
		case a.loss > b.loss:
			return -1
		case a.loss < b.loss:
			return 1
		}
		return 0
	})
	return d, nil
}

func weightList(weights []*weightValue) []inspect.WeightFacts {
	out := make([]inspect.WeightFacts, 0, len(weights))
	for _, w := range weights {
		out = append(out, w.WeightFacts)
	}
	return out
}

// weightStore is the weights of a file.
type weightStore struct {
	weights []*weightValue
	steps   string // the operators, of a .tflite file
	close   func()
}

func weightsOf(r *inspect.Report) (*weightStore, error) {
	if r.Format == modelfile.TFLite {
		w, steps, err := tfliteWeights(r.Path)
		return &weightStore{w, steps, func() {}}, err
	}
	if r.Format == modelfile.GraphDef {
		w, err := graphWeights(r.Path)
		return &weightStore{w, "", func() {}}, err
	}
	w, closeIt, err := checkpointWeights(r)
	return &weightStore{w, "", closeIt}, err
}

// compareWeight says how a pair differs; same is true within the tolerance.
func compareWeight(a, b *weightValue, tolerance float64) (w weight, same bool, err error) {
	w = weight{Name: a.Name, A: tensor{a.DType, a.Shape}, B: tensor{b.DType, b.Shape}, loss: math.Inf(1)}
	if b.Name != a.Name {
		w.NameB = b.Name
	}
	if !a.Shape.Equal(b.Shape) {
		return w, false, nil
	}
	rawA, err := a.raw()
	if err != nil {
		return w, false, err
	}
	rawB, err := b.raw()
	if err != nil {
		return w, false, err
	}
	if a.DType == b.DType && sameQuantization(a.Quantization, b.Quantization) && string(rawA) == string(rawB) {
		return w, true, nil
	}
	x, okA, err := a.read()
	if err != nil {
		return w, false, err
	}
	y, okB, err := b.read()
	if err != nil || !okA || !okB {
		return w, false, err
	}
	var s stats
	s.add(x, y)
	number := func(v float64) *inspect.Real { r := inspect.Real(v); return &r }
	w.Max, w.Mean, w.Scale, w.Cosine, w.SNR = number(s.max), number(s.mean()), s.ofScale(), defined(s.cosine()), defined(s.noise())
	if w.Scale != nil {
		w.loss = float64(*w.Scale)
	}
	return w, s.within(tolerance) && (tolerance > 0 || a.DType == b.DType), nil
}

func sameQuantization(a, b *inspect.QuantizationFacts) bool {
	if a == nil || b == nil {
		return a == b
	}
	return slices.Equal(a.Scale, b.Scale) && slices.Equal(a.ZeroPoint, b.ZeroPoint) && a.Dimension == b.Dimension
}

func (d *weights) summary() string {
	var parts []string
	if n := len(d.Changed); n > 0 {
		text := fmt.Sprintf("%d of %s", n, terminal.Count(d.Compared, "weight"))
		var scales []*inspect.Real
		for _, w := range d.Changed {
			if w.Max != nil {
				scales = append(scales, w.Scale)
			}
		}
		if len(scales) > 0 {
			text += " (" + worstText(scales) + ")"
		}
		parts = append(parts, text)
	}
	if n := len(d.Retyped); n > 0 {
		parts = append(parts, fmt.Sprintf("the types of %d of equal values", n))
	}
	for i, only := range [][]inspect.WeightFacts{d.OnlyA, d.OnlyB} {
		if n := len(only); n > 0 {
			parts = append(parts, fmt.Sprintf("%s only in %s", terminal.Count(n, "weight"), []string{"A", "B"}[i]))
		}
	}
	return strings.Join(parts, ", ")
}

// percentText has two digits: 0.031 %, 110 %, 85,000 %.
func percentText(part float64) string {
	switch p := 100 * part; {
	case math.IsInf(p, 0):
		return "∞ %"
	case p < 1e9 && p >= 99.5:
		unit := math.Pow(10, math.Floor(math.Log10(p))-1)
		return terminal.Thousands(int64(math.Round(p/unit)*unit)) + " %"
	default:
		return strconv.FormatFloat(p, 'g', 2, 64) + " %"
	}
}

func (d *weights) text(w io.Writer) {
	if len(d.Changed) > 0 {
		shown := d.Changed[:min(len(d.Changed), 2*terminal.MostLines)]
		fmt.Fprintf(w, "\nweights that differ%s\n", terminal.OfMany(len(shown), len(d.Changed), "the worst"))
		var t terminal.Table
		t.Add("name", "A", "B", "max", "mean", "of scale", "cosine", "SNR")
		for _, v := range shown {
			t.Add(append([]string{terminal.ShortName(v.Name), v.A.text(), v.B.text()}, v.numbers()...)...)
		}
		t.Print(w, "  ")
	}
	if n := len(d.Retyped); n > 0 {
		fmt.Fprintf(w, "\n%s of equal values that are stored in another type\n", terminal.Count(n, "weight"))
	}
	for i, only := range [][]inspect.WeightFacts{d.OnlyA, d.OnlyB} {
		if len(only) == 0 {
			continue
		}
		shown := only[:min(len(only), terminal.MostLines)]
		fmt.Fprintf(w, "\nweights only in %s%s\n", []string{"A", "B"}[i], terminal.OfMany(len(shown), len(only), "the first"))
		var t terminal.Table
		for _, v := range shown {
			t.Add(terminal.ShortName(v.Name), v.DType, v.Shape.String())
		}
		t.Print(w, "  ")
	}
}

func (t *tensor) text() string { return t.DType + " " + t.Shape.String() }

func (v *weight) numbers() []string {
	if v.Max == nil {
		return []string{"not comparable"}
	}
	return []string{
		fmt.Sprintf("%.3g", float64(*v.Max)), fmt.Sprintf("%.3g", float64(*v.Mean)), sizeText(v.Scale),
		ratioText(v.Cosine, func(x float64) string { return fmt.Sprintf("%.6f", x) }),
		ratioText(v.SNR, func(x float64) string { return fmt.Sprintf("%.1f dB", x) }),
	}
}
