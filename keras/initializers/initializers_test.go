package initializers_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/gotf/gotf/internal/leaktest"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/initializers"
	"github.com/gotf/gotf/keras/internal/lab"
	"github.com/gotf/gotf/tf"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Main(m)) }

func value(l *lab.Lab, i initializers.Initializer, shape tf.Shape, d tf.DType, seed, n int64) []float64 {
	return l.Value(i.Value(l.Scope, shape, d, core.Key0(l.Scope, seed, n)))
}

// TestDistribution checks range, mean and variance of some 40,000 values. The
// tolerances are five standard deviations of what such a sample shows.
func TestDistribution(t *testing.T) {
	shape := tf.Shape{3, 3, 50, 90} // 450 inputs, 810 outputs a unit
	for _, tc := range []struct {
		name     string
		init     initializers.Initializer
		n, scale float64
		limit    float64 // in standard deviations
		fourth   float64 // moment over the squared variance
	}{
		{"glorot uniform", initializers.GlorotUniform, 630, 1, math.Sqrt(3), 1.8},
		{"lecun uniform", initializers.LecunUniform, 450, 1, math.Sqrt(3), 1.8},
		{"he uniform", initializers.HeUniform, 450, 2, math.Sqrt(3), 1.8},
		{"glorot normal", initializers.GlorotNormal, 630, 1, 2 / 0.87962566103423978, 2.366},
		{"lecun normal", initializers.LecunNormal, 450, 1, 2 / 0.87962566103423978, 2.366},
		{"he normal", initializers.HeNormal, 450, 2, 2 / 0.87962566103423978, 2.366},
	} {
		t.Run(tc.name, func(t *testing.T) {
			lab.Each(t, func(t *testing.T, l *lab.Lab) {
				values := value(l, tc.init, shape, tf.Float32, 5, 1)
				want := tc.scale / tc.n
				var sum, squares, most float64
				for _, v := range values {
					sum, squares, most = sum+v, squares+v*v, max(most, math.Abs(v))
				}
				count := float64(len(values))
				if mean := sum / count; math.Abs(mean) > 5*math.Sqrt(want/count) {
					t.Errorf("mean %g", mean)
				}
				if got := squares / count; math.Abs(got/want-1) > 5*math.Sqrt((tc.fourth-1)/count) {
					t.Errorf("variance %g, want %g", got, want)
				}
				if limit := tc.limit * math.Sqrt(want); most > limit*1.000001 || most < 0.99*limit {
					t.Errorf("largest value %g, want just below %g", most, limit)
				}
			})
		})
	}
}

func TestConstant(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		for _, d := range []tf.DType{tf.Float32, tf.Float64, tf.Float16, tf.Int32} {
			if got := value(l, initializers.Ones, tf.Shape{2, 2}, d, 1, 1); !slices.Equal(got, []float64{1, 1, 1, 1}) {
				t.Errorf("ones in %v: %v", d, got)
			}
			if got := value(l, initializers.Zeros, tf.Shape{}, d, 1, 1); !slices.Equal(got, []float64{0}) {
				t.Errorf("zero in %v: %v", d, got)
			}
		}
	})
}

func TestRepeats(t *testing.T) {
	var inGraph []float64
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		shape := tf.Shape{4, 5}
		first := value(l, initializers.GlorotUniform, shape, tf.Float32, 1, 2)
		if inGraph == nil {
			inGraph = first
		}
		for _, tc := range []struct {
			name    string
			init    initializers.Initializer
			seed, n int64
			same    bool
		}{
			{"again", initializers.GlorotUniform, 1, 2, true},
			{"another seed", initializers.GlorotUniform, 3, 2, false},
			{"another weight", initializers.GlorotUniform, 1, 3, false},
			{"a seed of its own", initializers.GlorotUniform.Seeded(4), 1, 2, false},
		} {
			if got := slices.Equal(value(l, tc.init, shape, tf.Float32, tc.seed, tc.n), first); got != tc.same {
				t.Errorf("%s: same values %t, want %t", tc.name, got, tc.same)
			}
		}
		own := initializers.HeNormal.Seeded(4)
		if !slices.Equal(value(l, own, shape, tf.Float32, 1, 2), value(l, own, shape, tf.Float32, 5, 6)) {
			t.Error("a seed of its own: the model's key matters")
		}
		if !slices.Equal(first, inGraph) {
			t.Error("graph and eager scope give different values")
		}
	})
}

func TestFans(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		for _, tc := range []struct {
			shape tf.Shape
			n     float64 // inputs and outputs, averaged
		}{{tf.Shape{}, 1}, {tf.Shape{200}, 200}, {tf.Shape{100, 300}, 200}, {tf.Shape{2, 50, 150}, 200}, {tf.Shape{2, 2, 25, 75}, 200}} {
			limit := math.Sqrt(3 / tc.n)
			for _, v := range value(l, initializers.GlorotUniform, tc.shape, tf.Float64, 1, 1) {
				if math.Abs(v) > limit {
					t.Errorf("shape %v: value %g is over %g", tc.shape, v, limit)
					break
				}
			}
		}
	})
}

func TestJSON(t *testing.T) {
	const seeded = `{"module":"keras.initializers","class_name":"HeNormal","config":{"seed":3,"input_axes":null,"output_axes":null},"registered_name":null}`
	for _, tc := range []struct{ name, in, out string }{
		{"Keras 3", seeded, seeded},
		{"Keras 3.3", `{"module":"keras.initializers","class_name":"HeNormal","config":{"seed":3},"registered_name":null}`, seeded},
		{"Keras 2", `{"class_name":"HeNormal","config":{"seed":3}}`, seeded},
		{"name", `"zeros"`, `{"module":"keras.initializers","class_name":"Zeros","config":{},"registered_name":null}`},
		{"class", `"Ones"`, `{"module":"keras.initializers","class_name":"Ones","config":{},"registered_name":null}`},
		{"null", `null`, `null`},
	} {
		var i initializers.Initializer
		if err := json.Unmarshal([]byte(tc.in), &i); err != nil {
			t.Errorf("%s: %v", tc.name, err)
		}
		if got, err := json.Marshal(i); err != nil || string(got) != tc.out {
			t.Errorf("%s: %s, %v; want %s", tc.name, got, err, tc.out)
		}
	}
	for in, want := range map[string]string{
		`"he_norml"`:           `unknown initializer "he_norml", did you mean "he_normal"?`,
		`3`:                    `an initializer must be a name or an object with a class_name, got 3`,
		`{"class":"HeNormal"}`: `an initializer must be a name or an object with a class_name, got {"class":"HeNormal"}`,
		`{"class_name":"HeNormal","config":{"input_axes":[0]}}`: `initializer HeNormal: option "input_axes" is not supported, only null; got [0]`,
	} {
		var i initializers.Initializer
		if err := json.Unmarshal([]byte(in), &i); err == nil || err.Error() != want || !errors.Is(err, tf.InvalidArgument) {
			t.Errorf("%s: err = %v, want %s", in, err, want)
		}
	}
}

// twos is an initializer of another package.
type twos struct{}

func (twos) Value(s *tf.Scope, shape tf.Shape, d tf.DType, _ tf.Output) tf.Output {
	dims := tf.Const(s, []int64(shape), int64(len(shape)))
	return s.Begin("Fill").In(dims).In(tf.ConstScalar(s, float32(2))).One()
}

func TestOf(t *testing.T) {
	lab.Each(t, func(t *testing.T, l *lab.Lab) {
		if got := value(l, initializers.Of(twos{}), tf.Shape{2}, tf.Float32, 1, 1); !slices.Equal(got, []float64{2, 2}) {
			t.Errorf("values %v, want twos", got)
		}
		initializers.Ones.Value(l.Scope, tf.Shape{-1, 2}, tf.Float32, tf.Output{})
		if err := l.Scope.Err(); err == nil || err.Error() != "initializer Ones: the weight's shape must be known, got (None, 2)" {
			t.Errorf("open shape: err = %v", err)
		}
	})
	if _, err := json.Marshal(initializers.Of(twos{})); !errors.Is(err, tf.Unimplemented) {
		t.Errorf("storing a rule of another package: err = %v", err)
	}
}

func ExampleInitializer_Value() {
	e, err := tf.NewEager(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	s := e.Scope()
	defer s.Close()

	w, err := initializers.GlorotUniform.Value(s, tf.Shape{784, 10}, tf.Float32, core.Key0(s, 42, 0)).Value()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Close()
	values, _ := tf.Values[float32](w)
	fmt.Printf("%v from %.3f to %.3f\n", w.Shape(), slices.Min(values), slices.Max(values))
	// Output: (784, 10) from -0.087 to 0.087
}
