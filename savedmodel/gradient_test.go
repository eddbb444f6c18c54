package savedmodel_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
	"github.com/gotf/gotf/tf/op"
)

// gradientCase is a model of Keras, or a tf.function, and the gradients of its
// loss, mean(y^2).
type gradientCase struct {
	Name, Dir     string
	set           string
	Variables     []string
	Trainable     []bool
	Loop, Differs bool
}

// gradientSets are the folders of models under testdata.
var gradientSets = []string{"gradients", "functions"}

func gradientCases(t *testing.T, set string) []gradientCase {
	cases := golden.Cases[gradientCase](t, "testdata/"+set+"/values.json")
	for i := range cases {
		cases[i].set = set
	}
	return cases
}

func (c gradientCase) load(t *testing.T, cfg *savedmodel.LoadConfig) *savedmodel.Model {
	t.Helper()
	m, err := savedmodel.Load(filepath.Join("testdata", c.set, c.Dir), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// endpoints are the input and the output of the model's function in its graph.
func (c gradientCase) endpoints(t *testing.T, m *savedmodel.Model) (x, y tf.Output) {
	t.Helper()
	sign, err := m.Signature(savedmodel.ServingDefault)
	if err == nil {
		x, err = m.Session().Graph().Output(sign.Inputs[0].Tensor)
	}
	if err == nil {
		y, err = m.Session().Graph().Output(sign.Outputs[0].Tensor)
	}
	if err != nil {
		t.Fatal(err)
	}
	return x, y
}

// TestModelVariables compares the variables that signatures use with Keras's
// list of the model's, and their values.
func TestModelVariables(t *testing.T) {
	arrays := golden.Load(t, "testdata/gradients/values.safetensors.gz")
	for _, c := range gradientCases(t, "gradients") {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			m := c.load(t, nil)
			s := m.Session().Graph().Scope()
			found := 0
			for _, v := range m.Variables() {
				i := slices.Index(c.Variables, v.Name)
				if i < 0 {
					t.Errorf("there is no variable %q in %v", v.Name, c.Variables)
					continue
				}
				found++
				if v.Frozen == c.Trainable[i] {
					t.Errorf("%s: frozen %v", v.Name, v.Frozen)
				}
				read := op.ReadVariableOp(s, v.Handle, tf.Float32)
				if s.Err() != nil {
					t.Fatal(s.Err())
				}
				got, err := m.Session().Run(t.Context(), nil, []tf.Output{read})
				if err != nil {
					t.Fatal(err)
				}
				defer got[0].Close()
				compare(t, v.Name, got[0], arrays[fmt.Sprintf("%s/variable/%d", c.Name, i)])
			}
			want := 0 // the seeds of dropout are not used
			for i := range c.Variables {
				if arrays[fmt.Sprintf("%s/variable/%d", c.Name, i)].DType == "F32" {
					want++
				}
			}
			if found != want {
				t.Errorf("%d variables, want %d", found, want)
			}
		})
	}
}

// TestModelVariablesFlat is TestModelVariables for a model that Go exported,
// whose signatures call no functions, and for one with other resources.
func TestModelVariablesFlat(t *testing.T) {
	mlp := newMLP(t)
	cfg := mlp.config()
	for i, v := range mlp.vars {
		cfg.Variables = append(cfg.Variables, savedmodel.Variable{Handle: v.Handle(), Frozen: i == 1})
	}
	dir := filepath.Join(t.TempDir(), "mlp")
	if err := savedmodel.Export(t.Context(), dir, mlp.session, cfg); err != nil {
		t.Fatal(err)
	}
	named, names := filepath.Join(t.TempDir(), "named"), []string{"a/b/kernel", "a.1/bias", "top", "variables/bias"}
	for i, name := range names {
		cfg.Variables[i].Name = name
	}
	if err := savedmodel.Export(t.Context(), named, mlp.session, cfg); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string][]string{
		dir:              {"dense/kernel false", "dense/bias true", "dense_1/kernel false", "dense_1/bias false"},
		named:            {"a/b/kernel false", "a.1/bias true", "top false", "variables/bias false"},
		"testdata/multi": {"scale false"},
		"testdata/tf1":   {"w false"},
	} {
		m, err := savedmodel.Load(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		var got []string
		for _, v := range m.Variables() {
			got = append(got, fmt.Sprint(v.Name, " ", v.Frozen))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: variables %q, want %q", dir, got, want)
		}
	}
}

// TestGradients differentiates models that Keras exported, and functions with
// loops and branches, by their variables and their input, and compares with
// Python. Loops run in sessions that lower them too.
func TestGradients(t *testing.T) {
	for _, set := range gradientSets {
		arrays := golden.Load(t, "testdata/"+set+"/values.safetensors.gz")
		for _, c := range gradientCases(t, set) {
			if c.slow() && os.Getenv("GOTF_LONG") != "1" {
				continue
			}
			t.Run(c.Name, func(t *testing.T) { c.differentiate(t, arrays, nil) })
			if c.Loop {
				t.Run(c.Name+"/lowered", func(t *testing.T) {
					c.differentiate(t, arrays, &savedmodel.LoadConfig{Config: &tf.Config{}})
				})
			}
		}
	}
}

// slow tells the models with the largest loops; an ordinary run of the tests
// takes the smallest, "gru".
func (c gradientCase) slow() bool { return c.Name == "lstm" || c.Name == "bidirectional" }

// TestLongGradients runs what TestGradients and TestSecondGradients leave out.
func TestLongGradients(t *testing.T) {
	if os.Getenv("GOTF_LONG") != "1" {
		t.Skip("takes minutes: run make test-long, or set GOTF_LONG=1")
	}
	t.Run("first", TestGradients)
	t.Run("second", TestSecondGradients)
}

func (c gradientCase) differentiate(t *testing.T, arrays map[string]golden.Tensor, cfg *savedmodel.LoadConfig) {
	t.Parallel()
	m := c.load(t, cfg)
	x, y := c.endpoints(t, m)
	s := m.Session().Graph().Scope().Sub("loss")
	dims := make([]int32, len(y.Shape()))
	for i := range dims {
		dims[i] = int32(i)
	}
	loss := op.Mean(s, op.Square(s, y), tf.Const(s, dims), nil)
	xs, keys := c.sources(m, x)
	dxs := grad.Gradients(s, []tf.Output{loss}, xs, nil)
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	for i, d := range dxs {
		if d.IsNil() {
			t.Fatalf("no gradient for %s", keys[i])
		}
	}
	in, err := toTensor(arrays[c.Name+"/x"])
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	got, err := m.Session().Run(t.Context(), []tf.Feed{{Output: x, Tensor: in}}, append([]tf.Output{y, loss}, dxs...))
	if err != nil {
		t.Fatal(err)
	}
	floor := 1e-6 * largest(t, arrays, keys...)
	for i, key := range append([]string{c.Name + "/y", c.Name + "/loss"}, keys...) {
		defer got[i].Close()
		if i < 2 || largest(t, arrays, key) > floor {
			compare(t, key, got[i], arrays[key])
			continue
		}
		raw, _ := got[i].Bytes() // zero, but for rounding
		small := map[string]golden.Tensor{key: {DType: "F32", Shape: got[i].Shape(), Raw: raw}}
		if most := largest(t, small, key); !(most < floor) {
			t.Errorf("%s: %g, want less than %g", key, most, floor)
		}
	}
}

// sources are what the model is differentiated by, and the keys of the golden
// gradients.
func (c gradientCase) sources(m *savedmodel.Model, x tf.Output) (xs []tf.Output, keys []string) {
	for _, v := range m.Variables() {
		if !v.Frozen {
			xs = append(xs, v.Handle)
			keys = append(keys, fmt.Sprintf("%s/gradient/%d", c.Name, slices.Index(c.Variables, v.Name)))
		}
	}
	if c.Differs {
		xs, keys = append(xs, x), append(keys, c.Name+"/dx")
	}
	return xs, keys
}

// TestSecondGradients differentiates the length of the gradient by the input, and
// compares with differences along the steepest line.
func TestSecondGradients(t *testing.T) {
	arrays := golden.Load(t, "testdata/gradients/values.safetensors.gz")
	for _, c := range gradientCases(t, "gradients") {
		if !c.Differs || c.slow() && os.Getenv("GOTF_LONG") != "1" {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			m := c.load(t, nil)
			x, y := c.endpoints(t, m)
			s := m.Session().Graph().Scope()
			first := grad.Gradients(s, []tf.Output{op.L2Loss(s, y)}, []tf.Output{x}, nil)
			length := op.L2Loss(s, first[0])
			second := grad.Gradients(s, []tf.Output{length}, []tf.Output{x}, nil)
			if s.Err() != nil {
				t.Fatal(s.Err())
			}
			at, err := arrays[c.Name+"/x"].Float32()
			if err != nil {
				t.Fatal(err)
			}
			run := func(along []float32, step float64) (float64, []float32) {
				moved := slices.Clone(at)
				for i, d := range along {
					moved[i] += float32(step) * d
				}
				in, err := tf.NewTensor(moved, arrays[c.Name+"/x"].Shape...)
				if err != nil {
					t.Fatal(err)
				}
				defer in.Close()
				got, err := m.Session().Run(t.Context(), []tf.Feed{{Output: x, Tensor: in}}, []tf.Output{length, second[0]})
				if err != nil {
					t.Fatal(err)
				}
				return float64(floats(t, got[0])[0]), floats(t, got[1])
			}
			_, along := run(nil, 0)
			var slope float64
			for _, d := range along {
				slope += float64(d) * float64(d)
			}
			step := 1e-2 / math.Sqrt(slope)
			up, _ := run(along, step)
			down, _ := run(along, -step)
			want := (up - down) / (2 * step)
			if slope == 0 || math.Abs(slope-want) > 2e-2*want {
				t.Errorf("slope %g, want %g", slope, want)
			}
		})
	}
}

// The weights of a GRU that Keras exported, and the shapes of their gradients.
func ExampleModel_Variables() {
	m, err := savedmodel.Load("testdata/gradients/gru", nil)
	if err != nil {
		panic(err)
	}
	defer m.Close()
	sign, err := m.Signature(savedmodel.ServingDefault)
	if err != nil {
		panic(err)
	}
	g := m.Session().Graph()
	y, err := g.Output(sign.Outputs[0].Tensor)
	if err != nil {
		panic(err)
	}
	s := g.Scope()
	loss := op.L2Loss(s, y)
	var handles []tf.Output
	for _, v := range m.Variables() {
		if !v.Frozen {
			handles = append(handles, v.Handle)
		}
	}
	grads := grad.Gradients(s, []tf.Output{loss}, handles, nil)
	if s.Err() != nil {
		panic(s.Err())
	}

	x, err := tf.NewTensor(make([]float32, 2*6*3), 2, 6, 3) // [batch, time, features]
	if err != nil {
		panic(err)
	}
	defer x.Close()
	in, err := g.Output(sign.Inputs[0].Tensor)
	if err != nil {
		panic(err)
	}
	values, err := m.Session().Run(context.Background(), []tf.Feed{{Output: in, Tensor: x}}, grads)
	if err != nil {
		panic(err)
	}
	for i, v := range m.Variables() {
		fmt.Println(v.Name, values[i].Shape())
		values[i].Close()
	}
	// Output:
	// gru/gru_cell/bias (2, 15)
	// gru/gru_cell/kernel (3, 15)
	// gru/gru_cell/recurrent_kernel (5, 15)
	// dense/kernel (5, 2)
	// dense/bias (2,)
}

// largest is the largest absolute value in some float32 arrays.
func largest(t *testing.T, arrays map[string]golden.Tensor, keys ...string) (most float64) {
	t.Helper()
	for _, key := range keys {
		values, err := arrays[key].Float64()
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			most = max(most, math.Abs(v))
		}
	}
	return most
}
