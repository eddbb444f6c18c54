package core_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
)

// part has an option of each kind.
type part struct {
	core.Base
	Units int         `json:"units"`
	Rate  core.Number `json:"rate"`
	Seed  core.Seed   `json:"seed"`
	Quiet core.Not    `json:"loud"`
	List  [2]int      `json:"list"`
	unsupported
}

type unsupported struct {
	Penalty core.Null  `json:"penalty"`
	Clever  core.False `json:"clever"`
}

func TestDecode(t *testing.T) {
	var p part
	err := core.Decode("Part", []byte(`{"name":"a","trainable":false,"dtype":"float64","units":3,"rate":0,"seed":0,"loud":false,
		"penalty":null,"clever":false,"list":[1,2],"newer":null}`), &p)
	if err != nil {
		t.Fatal(err)
	}
	want := part{Base: core.Base{Name: "a", Frozen: true, Policy: "float64"}, Units: 3, Rate: -1, Seed: -1, Quiet: true, List: [2]int{1, 2}}
	if p != want {
		t.Errorf("decoded %+v, want %+v", p, want)
	}
	if seed, ok := p.Seed.Value(); seed != 0 || !ok {
		t.Errorf("seed = %d, %t; want 0, true", seed, ok)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, tc := range []struct{ name, config, want string }{
		{"not an object", `[1]`, `Part: the configuration is not a JSON object: json: cannot unmarshal array into Go value of type map[string]json.RawMessage`},
		{"unknown", `{"name":"a","unit":3}`, `Part "a": unknown option "unit", did you mean "units"?`},
		{"unsupported", `{"name":"a","penalty":{"l2":0.1}}`, `Part "a": option "penalty" is not supported, only null; got {"l2":0.1}`},
		{"switched on", `{"clever":true}`, `Part: option "clever" is not supported, only false; got true`},
		{"a string for a number", `{"units":"3"}`, `Part: option "units" must be a whole number, got string`},
		{"a fraction", `{"units":3.5}`, `Part: option "units" must be a whole number, got number 3.5`},
		{"a list for a number", `{"rate":[1]}`, `Part: option "rate" must be a number, got [1]`},
		{"a string for a seed", `{"seed":"x"}`, `Part: option "seed" must be a whole number, got "x"`},
		{"unknown policy", `{"dtype":"float12"}`, `Part: unknown dtype policy "float12"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := core.Decode("Part", []byte(tc.config), &part{})
			if err == nil || err.Error() != tc.want {
				t.Errorf("err = %v\nwant  %s", err, tc.want)
			}
			if !errors.Is(err, tf.InvalidArgument) {
				t.Errorf("%v is not InvalidArgument", err)
			}
		})
	}
}

func TestEncode(t *testing.T) {
	got, err := json.Marshal(part{Base: core.Named("a"), Units: 2, Seed: -1})
	const policy = `{"module":"keras","class_name":"DTypePolicy","config":{"name":"float32"},"registered_name":null}`
	want := `{"name":"a","trainable":true,"dtype":` + policy + `,"units":2,"rate":0,"seed":0,"loud":true,"list":[0,0],"penalty":null,"clever":false}`
	if err != nil || string(got) != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
}

func TestPolicy(t *testing.T) {
	for _, tc := range []struct {
		policy            core.Policy
		compute, variable tf.DType
	}{
		{"", tf.Float32, tf.Float32},
		{"float64", tf.Float64, tf.Float64},
		{"bfloat16", tf.BFloat16, tf.BFloat16},
		{"mixed_float16", tf.Float16, tf.Float32},
		{"mixed_bfloat16", tf.BFloat16, tf.Float32},
	} {
		b, err := json.Marshal(tc.policy)
		var back core.Policy
		if err != nil || json.Unmarshal(b, &back) != nil || tc.policy != "" && back != tc.policy {
			t.Errorf("%q came back as %q, %v", tc.policy, back, err)
		}
		if c, v := tc.policy.ComputeDType(), tc.policy.VariableDType(); c != tc.compute || v != tc.variable {
			t.Errorf("%q: computes in %v, keeps %v; want %v, %v", tc.policy, c, v, tc.compute, tc.variable)
		}
	}
}

func TestNumber(t *testing.T) {
	for _, tc := range []struct {
		n    core.Number
		want float64
	}{{0, 7}, {-1, 0}, {0.5, 0.5}} {
		if got := tc.n.Or(7); got != tc.want {
			t.Errorf("Number(%g).Or(7) = %g, want %g", float64(tc.n), got, tc.want)
		}
	}
}

func TestSnakeCase(t *testing.T) {
	for class, want := range map[string]string{
		"Dense": "dense", "Conv2D": "conv2d", "MaxPooling2D": "max_pooling2d", "SGD": "sgd", "InputLayer": "input_layer",
		"BatchNormalization": "batch_normalization", "SparseCategoricalCrossentropy": "sparse_categorical_crossentropy",
		"Conv2DTranspose": "conv2d_transpose", "GRUCell": "gru_cell", "AdamW": "adam_w", "LSTM": "lstm", "ReLU": "re_lu", "RMSprop": "rm_sprop",
	} {
		if got := core.SnakeCase(class); got != want {
			t.Errorf("SnakeCase(%q) = %q, want %q", class, got, want)
		}
	}
}
