package grad_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// A goldenCase is one operation differentiated by Python; scripts/golden/grads.py
// tells the fields.
type goldenCase struct {
	Name      string
	Op        string
	Attrs     map[string]json.RawMessage
	Inputs    []string
	Outputs   int
	Wrt       []int
	Tolerance float64
	Second    any
	Complex   []string
	arrays    map[string]golden.Tensor
}

// families are the sets of cases under testdata.
func families(t testing.TB) (names []string) {
	files, err := filepath.Glob("testdata/*.safetensors.gz")
	if err != nil || len(files) == 0 {
		t.Fatalf("testdata: %d families, %v", len(files), err)
	}
	for _, f := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(f), ".safetensors.gz"))
	}
	return names
}

func goldenCases(t testing.TB, family string) []goldenCase {
	cases := golden.Cases[goldenCase](t, "testdata/"+family+".json")
	arrays := golden.Load(t, "testdata/"+family+".safetensors.gz")
	for i := range cases {
		cases[i].arrays = arrays
	}
	return cases
}

// eachGolden runs a test for the cases of all families.
func eachGolden(t *testing.T, f func(t *testing.T, c goldenCase)) {
	for _, family := range families(t) {
		t.Run(family, func(t *testing.T) {
			for _, c := range goldenCases(t, family) {
				if c.Op == "" { // it has a test of its own
					continue
				}
				t.Run(c.Name, func(t *testing.T) { f(t, c) })
			}
		})
	}
}

// input is the constant CASE/role on s; the zero Output if there is none.
func (c *goldenCase) input(t testing.TB, l lab, role string) tf.Output {
	t.Helper()
	a, ok := c.arrays[c.Name+"/"+role]
	if !ok {
		return tf.Output{}
	}
	d := map[string]tf.DType{"F32": tf.Float32, "F64": tf.Float64, "I32": tf.Int32, "I64": tf.Int64, "BOOL": tf.Bool}[a.DType]
	shape := append(tf.Shape{}, a.Shape...)
	if slices.Contains(c.Complex, role) {
		d = map[tf.DType]tf.DType{tf.Float32: tf.Complex64, tf.Float64: tf.Complex128}[d]
		shape = shape[:len(shape)-1]
	}
	v, err := tf.NewRaw(d, shape, a.Raw)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	x := l.ConstTensor(v)
	if l.hide != nil && role[0] == 'x' {
		if shape, ok := l.hide(x); ok {
			return op.PlaceholderWithDefault(l.Scope, x, shape)
		}
	}
	return x
}

// want is the array CASE/role, or nil.
func (c *goldenCase) want(t testing.TB, role string) []float64 {
	t.Helper()
	a, ok := c.arrays[c.Name+"/"+role]
	if !ok {
		return nil
	}
	v, err := a.Float64()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (c *goldenCase) inputs(t testing.TB, l lab) (xs, dys, rs []tf.Output) {
	t.Helper()
	for i := range c.Inputs {
		xs = append(xs, c.input(t, l, fmt.Sprintf("x%d", i)))
	}
	for j := range c.Outputs {
		dys = append(dys, c.input(t, l, fmt.Sprintf("dy%d", j)))
	}
	for _, i := range c.Wrt {
		rs = append(rs, c.input(t, l, fmt.Sprintf("r%d", i)))
	}
	return xs, dys, rs
}

// net makes the case's operation.
func (c *goldenCase) net(s *tf.Scope, xs []tf.Output) []tf.Output {
	b := s.Begin(c.Op)
	for i := 0; i < len(xs); i++ {
		list, _, many := strings.Cut(c.Inputs[i], ":")
		if !many {
			b.In(xs[i])
			continue
		}
		n := 1
		for i+n < len(xs) && strings.HasPrefix(c.Inputs[i+n], list+":") {
			n++
		}
		b.InList(xs[i : i+n])
		i += n - 1
	}
	for name, v := range c.Attrs {
		if c.Op == "Squeeze" {
			name = "squeeze_dims" // Python calls it axis
		}
		setAttr(b, name, v)
	}
	return b.Outs()
}

// setAttr sets an attribute as the golden file writes it: a float with a point
// or an exponent, a type by its name.
func setAttr(b *tf.OpBuilder, name string, raw json.RawMessage) {
	isFloat := func(raw []byte) bool { return bytes.ContainsAny(raw, ".e") }
	var list []json.RawMessage
	var word string
	switch {
	case string(raw) == "true" || string(raw) == "false":
		b.Bool(name, string(raw) == "true")
	case json.Unmarshal(raw, &word) == nil:
		if d, err := tf.ParseDType(word); err == nil {
			b.Type(name, d)
		} else {
			b.Str(name, word)
		}
	case json.Unmarshal(raw, &list) == nil:
		var ints []int64
		var floats []float32
		for _, x := range list {
			f, _ := strconv.ParseFloat(string(x), 32)
			ints, floats = append(ints, int64(f)), append(floats, float32(f))
		}
		if len(list) > 0 && isFloat(list[0]) {
			b.Floats(name, floats)
		} else {
			b.Ints(name, ints)
		}
	case isFloat(raw):
		f, _ := strconv.ParseFloat(string(raw), 32)
		b.Float(name, float32(f))
	default:
		i, _ := strconv.ParseInt(string(raw), 10, 64)
		b.Int(name, i)
	}
}

// betterThanPython are the gradients by that Python leaves out.
var betterThanPython = map[string]string{
	"PadV2/dx2":                          "the constant",
	"SoftmaxCrossEntropyWithLogits/ddx1": "the labels in the gradient by the logits",
	"FusedBatchNormV3/inference/dx3":     "the mean",
	"FusedBatchNormV3/inference/dx4":     "the variance",
	"FusedBatchNormV3/inference/ddx3":    "the mean",
	"FusedBatchNormV3/inference/ddx4":    "the variance",
}

func TestGolden(t *testing.T) {
	eachGolden(t, func(t *testing.T, c goldenCase) { inBothModes(t, c.compare) })
}

// TestGoldenShapes takes the same graphs with less known about shapes, and
// axes and the like that are no constants.
func TestGoldenShapes(t *testing.T) {
	eachGolden(t, func(t *testing.T, c goldenCase) {
		t.Run("batch", func(t *testing.T) { c.compare(t, hidden(t, hideBatch)) })
		t.Run("dimensions", func(t *testing.T) { c.compare(t, hidden(t, hideDimensions)) })
		t.Run("all", func(t *testing.T) { c.compare(t, hidden(t, hideAll)) })
		t.Run("values", func(t *testing.T) { c.compare(t, hidden(t, hideValues)) })
	})
}

// compare differentiates twice and compares all with Python's arrays.
func (c *goldenCase) compare(t *testing.T, l lab) {
	xs, dys, rs := c.inputs(t, l)
	outs, dxs := l.first(c.net, xs, dys, c.Wrt)
	var roles []string
	for j := range outs {
		if roles = append(roles, fmt.Sprintf("y%d", j)); dys[j].IsNil() {
			outs[j] = tf.Output{}
		}
	}
	for k, i := range c.Wrt {
		outs, roles = append(outs, dxs[k]), append(roles, fmt.Sprintf("dx%d", i))
	}
	if c.Second == true {
		for _, i := range c.Wrt {
			roles = append(roles, fmt.Sprintf("ddx%d", i))
		}
		for j := range dys {
			if !dys[j].IsNil() {
				roles = append(roles, fmt.Sprintf("ddy%d", j))
			}
		}
		outs = append(outs, l.second(c.net, xs, dys, rs, c.Wrt)...)
	}
	for k, got := range l.fetch(outs...) {
		role := roles[k]
		if betterThanPython[c.Name+"/"+role] == "" && (role[0] != 'y' || got != nil) {
			near(t, role, got, c.want(t, role), c.Tolerance)
		}
	}
}

// kinks are cases that differences say nothing about.
var kinks = map[string]string{
	"Maximum/tie": "both are right", "Minimum/tie": "both are right", "Max/tie": "all are right",
	"Pow/negative_base": "no real power next to 2", "DivNoNan": "a jump at 0", "Cast/narrow": "steps",
}

// TestNumeric checks the same operations, and their gradients, by differences.
func TestNumeric(t *testing.T) {
	eachGolden(t, func(t *testing.T, c goldenCase) {
		if kinks[c.Name] != "" {
			t.Skip(kinks[c.Name])
		}
		inBothModes(t, func(t *testing.T, l lab) {
			xs, _, _ := c.inputs(t, l)
			f := func(s *tf.Scope, by []tf.Output) tf.Output {
				all := slices.Clone(xs)
				for k, i := range c.Wrt {
					all[i] = by[k]
				}
				return c.net(s, all)[0]
			}
			if err := grad.Check(l.Scope, f, pick(xs, c.Wrt)...); err != nil {
				t.Error(err)
			}
		})
	})
}
