package optimizers_test

import (
	"encoding/json"
	"fmt"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/optimizers"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
)

func ExampleApply() {
	e, err := tf.NewEager(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	s := e.Scope()
	defer s.Close()

	o := &optimizers.SGD{LearningRate: 0.5}
	var vars []*core.Variable
	b := &core.Builder{Scope: s, Add: func(v *core.Variable) { vars = append(vars, v) }}
	w := b.Weight(core.Weight{Name: "w", Shape: tf.Shape{2}})
	defer w.Close()
	w.Assign(s, tf.Const(s, []float32{1, 2}))
	slots := make([][]*core.Variable, len(vars)) // plain SGD keeps nothing, see State

	step := &core.Step{Scope: s, LearningRate: tf.ConstScalar(s, float32(optimizers.LearningRate(o))), Iteration: tf.ConstScalar(s, int64(0))}
	optimizers.Apply(step, o, vars, []grad.Gradient{{Values: tf.Const(s, []float32{2, -2})}}, slots)
	v, err := w.Read(s).Value()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer v.Close()
	values, _ := tf.Values[float32](v)
	fmt.Println(values)
	// Output: [0 3]
}

func ExampleAdam() {
	text, _ := json.Marshal(&optimizers.Adam{Beta1: 0.5})
	var config map[string]any
	json.Unmarshal(text, &config)
	fmt.Println(config["beta_1"], config["beta_2"], config["epsilon"], config["clipnorm"])
	// Output: 0.5 0.999 1e-07 <nil>
}
