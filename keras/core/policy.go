package core

import (
	"encoding/json"
	"strings"

	"github.com/gotf/gotf/tf"
)

// Policy is a dtype policy: "float32", "float16", "bfloat16", "float64",
// "mixed_float16" (computes in float16, keeps variables in float32) or
// "mixed_bfloat16". Empty is float32.
// https://keras.io/api/mixed_precision/policy/
type Policy string

// ComputeDType is the type that layers compute in.
func (p Policy) ComputeDType() tf.DType {
	switch strings.TrimPrefix(string(p), "mixed_") {
	case "float16":
		return tf.Float16
	case "bfloat16":
		return tf.BFloat16
	case "float64":
		return tf.Float64
	}
	return tf.Float32
}

// VariableDType is the type of weights.
func (p Policy) VariableDType() tf.DType {
	if strings.HasPrefix(string(p), "mixed_") {
		return tf.Float32
	}
	return p.ComputeDType()
}

// Valid reports whether p is one of the policies.
func (p Policy) Valid() bool {
	switch p {
	case "", "float32", "float64", "float16", "bfloat16", "mixed_float16", "mixed_bfloat16":
		return true
	}
	return false
}

// UnmarshalJSON reads the plain string of Keras up to 3.3 and the DTypePolicy
// object of later versions.
func (p *Policy) UnmarshalJSON(b []byte) error {
	var name string
	if json.Unmarshal(b, &name) != nil {
		var o struct {
			Config struct {
				Name string `json:"name"`
			} `json:"config"`
		}
		if err := json.Unmarshal(b, &o); err != nil {
			return err
		}
		name = o.Config.Name
	}
	if !Policy(name).Valid() {
		return Errorf(tf.InvalidArgument, "unknown dtype policy %q", name)
	}
	*p = Policy(name)
	return nil
}

// MarshalJSON writes the DTypePolicy object of Keras 3.4 and later.
func (p Policy) MarshalJSON() ([]byte, error) {
	if p == "" {
		p = "float32"
	}
	return json.Marshal(Object{"keras", "DTypePolicy", struct {
		Name string `json:"name"`
	}{string(p)}, nil})
}
