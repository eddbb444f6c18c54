package core_test

import (
	"encoding/json"
	"fmt"

	"github.com/gotf/gotf/keras/core"
)

// Scale is a layer's configuration.
type Scale struct {
	core.Base
	Units       int       `json:"units"`
	NoBias      core.Not  `json:"use_bias"`
	Regularizer core.Null `json:"kernel_regularizer"`
}

func ExampleDecode() {
	d := &Scale{}
	fmt.Println(core.Decode("Scale", []byte(`{"name": "logits", "units": 10, "use_bias": false}`), d))
	fmt.Println(d.Name, d.Units, d.NoBias)
	fmt.Println(core.Decode("Scale", []byte(`{"name": "logits", "unit": 10}`), d))
	fmt.Println(core.Decode("Scale", []byte(`{"name": "logits", "kernel_regularizer": "l2"}`), d))
	// Output:
	// <nil>
	// logits 10 true
	// Scale "logits": unknown option "unit", did you mean "units"?
	// Scale "logits": option "kernel_regularizer" is not supported, only null; got "l2"
}

func ExamplePolicy() {
	p := core.Policy("mixed_float16")
	text, _ := json.Marshal(p)
	fmt.Println(p.ComputeDType(), p.VariableDType())
	fmt.Println(string(text))
	// Output:
	// float16 float32
	// {"module":"keras","class_name":"DTypePolicy","config":{"name":"mixed_float16"},"registered_name":null}
}
