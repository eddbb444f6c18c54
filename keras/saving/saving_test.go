package saving_test

import (
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/internal/leaktest"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/keras/saving"
	"github.com/gotf/gotf/tf"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Main(m)) }

type modelCase struct {
	Name, JSON string
	Summary    string
	Wide       string   `json:"summary_wide"`
	Output     []*int64 `json:"output_shape"`
	Weights    []struct {
		Path      string
		Shape     []int64
		Trainable bool
	}
}

// unsupported are the models of the golden files with a class that gotf lacks.
var unsupported = map[string]string{
	"bn_dropout": `layer "softmax": class "Softmax" is not supported`,
	"nested":     `layer "stem": class "Sequential" is not supported`,
}

// TestReadsAndWrites builds each of Keras's models and compares the weights, the
// summary and the JSON written back.
func TestReadsAndWrites(t *testing.T) {
	for _, c := range golden.Cases[modelCase](t, "../testdata/golden/models.json") {
		t.Run(c.Name, func(t *testing.T) {
			q, err := saving.FromJSON([]byte(c.JSON))
			if want, ok := unsupported[c.Name]; ok {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Fatalf("err = %v, want %q", err, want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if q.Input() == nil {
				q.Layers = append([]core.Layer{&layers.Input{Shape: tf.Shape{28, 28}}}, q.Layers...)
				c.Output, c.JSON, c.Summary = nil, "", ""
			}
			m, err := q.Build()
			if err != nil {
				t.Fatal(err)
			}
			defer m.Close()
			for i, w := range m.Weights() {
				if len(c.Weights) == 0 {
					break // not built in Keras
				}
				want := c.Weights[i]
				if w.Path != want.Path || !w.Shape().Equal(want.Shape) || w.Trainable != want.Trainable {
					t.Errorf("weight %d is %s %v trainable=%v, want %+v", i, w.Path, w.Shape(), w.Trainable, want)
				}
			}
			if c.JSON == "" {
				return
			}
			if got := m.OutputShape(); !reflect.DeepEqual(open(c.Output), got) {
				t.Errorf("output shape %v, want %v", got, open(c.Output))
			}
			got, err := saving.ToJSON(m)
			if err != nil {
				t.Fatal(err)
			}
			if want := withoutCompile(t, c.JSON); string(got) != want {
				t.Errorf("JSON\n got %s\nwant %s", got, want)
			}
			if c.Name == "compiled" {
				return // its summary counts the optimizer's variables
			}
			for columns, want := range map[int]string{0: c.Summary, 120: c.Wide} {
				var b strings.Builder
				if err := m.Summary(&b, columns); err != nil {
					t.Fatal(err)
				}
				if strings.TrimSpace(b.String()) != strings.TrimSpace(want) {
					t.Errorf("summary of %d columns\n got\n%s\nwant\n%s", columns, b.String(), want)
				}
			}
		})
	}
}

func open(dims []*int64) (s tf.Shape) {
	for _, d := range dims {
		if d == nil {
			s = append(s, -1)
		} else {
			s = append(s, *d)
		}
	}
	return s
}

// withoutCompile is the text with an empty compile_config.
func withoutCompile(t *testing.T, text string) string {
	i := strings.LastIndex(text, `"compile_config": `)
	if i < 0 {
		t.Fatal("no compile_config")
	}
	return text[:i] + `"compile_config": {}}`
}

// TestReadsOldKeras reads what Keras 3.3 and Keras 2 wrote.
func TestReadsOldKeras(t *testing.T) {
	newer := map[string]string{}
	for _, c := range golden.Cases[modelCase](t, "../testdata/golden/models.json") {
		newer[c.Name] = c.JSON
	}
	for _, c := range golden.Cases[modelCase](t, "../testdata/golden/keras33.json") {
		if unsupported[c.Name] != "" {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			got, err := saving.FromJSON([]byte(c.JSON))
			if err != nil {
				t.Fatal(err)
			}
			want, err := saving.FromJSON([]byte(newer[c.Name]))
			if err != nil {
				t.Fatal(err)
			}
			a, _ := json.Marshal(got)
			b, _ := json.Marshal(want)
			if string(a) != string(b) {
				t.Errorf("3.3 reads as\n%s\nand the same of 3.15 as\n%s", a, b)
			}
		})
	}
	q, err := saving.FromJSON([]byte(`{"class_name": "Sequential", "config": {"name": "old", "layers": [
		{"class_name": "Dense", "config": {"name": "d", "trainable": true, "batch_input_shape": [null, 5], "dtype": "float32", "units": 3,
			"activation": "relu", "use_bias": true,
			"kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": null}},
			"bias_initializer": {"class_name": "Zeros", "config": {}}, "kernel_regularizer": null}}]},
		"keras_version": "2.4.0", "backend": "tensorflow"}`))
	if err != nil {
		t.Fatal(err)
	}
	if in := q.Input(); in == nil || !in.Shape.Equal(tf.Shape{5}) {
		t.Errorf("Keras 2: input %+v, want one of shape [5]", in)
	}
}

func TestRefuses(t *testing.T) {
	model := func(layers string) string {
		return `{"class_name": "Sequential", "config": {"name": "m", "layers": [` + layers + `]}}`
	}
	for _, tc := range []struct {
		name, text, want string
		code             tf.Code
	}{
		{"no JSON", "not JSON", "model: expected the text of Keras's model.to_json(): line 1: invalid character 'o' in literal null (expecting 'u')", tf.InvalidArgument},
		{"cut off", `{"class_name":`, "line 1: unexpected end of JSON input", tf.InvalidArgument},
		{"no model", `{"units": 3}`, `which has a "class_name"`, tf.InvalidArgument},
		{"list", `[]`, "expected the text of Keras's model.to_json()", tf.InvalidArgument},
		{"functional", `{"class_name": "Functional", "config": {}}`, `functional model "": only a chain of layers is supported`, tf.Unimplemented},
		{"unknown model", `{"class_name": "Sequentiel", "config": {}}`, `class "Sequentiel" is not supported, did you mean "Sequential"?`, tf.NotFound},
		{"no layers", model(""), "the model has no layers", tf.InvalidArgument},
		{"unknown layer", model(`{"class_name": "Conv3D", "config": {"name": "deep"}}`), `layer "deep": class "Conv3D" is not supported, did you mean "Conv2D"? (supported: `, tf.NotFound},
		{"custom layer", model(`{"class_name": "Dense", "registered_name": "mine>Dense", "config": {"name": "d"}}`), `layer "d": class "mine>Dense" is not Keras's own`, tf.NotFound},
		{"unknown option", model(`{"class_name": "Dense", "config": {"name": "d", "unit": 3}}`), `Dense "d": unknown option "unit", did you mean "units"?`, tf.InvalidArgument},
		{"regularizer", model(`{"class_name": "Dense", "config": {"name": "d", "units": 3, "kernel_regularizer": {"class_name": "L2"}}}`), `Dense "d": option "kernel_regularizer" is not supported`, tf.InvalidArgument},
		{"wrong type", model(`{"class_name": "Dense", "config": {"name": "d", "units": "three"}}`), `Dense "d": option "units" must be`, tf.InvalidArgument},
		{"no config", model(`{"class_name": "Dense"}`), "layer 0 (Dense): the configuration is not a JSON object", tf.InvalidArgument},
		{"model option", `{"class_name": "Sequential", "config": {"name": "m", "lyers": []}}`, `Sequential: unknown option "lyers", did you mean "layers"?`, tf.InvalidArgument},
		{"model policy", `{"class_name": "Sequential", "config": {"name": "m", "dtype": "float12", "layers": []}}`, `float12`, tf.InvalidArgument},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := saving.FromJSON([]byte(tc.text))
			if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
				t.Fatalf("err = %v, want one line with %q", err, tc.want)
			}
			if !errors.Is(err, tc.code) {
				t.Errorf("err = %v, want code %v", err, tc.code)
			}
		})
	}
}
