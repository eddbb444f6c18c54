package layers_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/internal/lab"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/tf"
)

// A goldenCase is a layer that Keras ran; scripts/golden/keras.py tells the
// fields.
type goldenCase struct {
	Name      string
	Class     string
	Config    core.RawObject
	Weights   []string
	Trainable []int
	Training  bool
	Random    bool
}

const goldenFiles = "../testdata/golden/layers"

// biasAlongWidth is a case that Keras 3.15.1 gets wrong: where an image with channels
// first is as wide as it has filters, it adds the bias along the width.
// TestChannelsFirst covers what is right.
const biasAlongWidth = "conv2d_channels_first"

func (tc *goldenCase) layer(t *testing.T) core.Layer {
	t.Helper()
	class := tc.Class
	l, err := layers.New(class)
	if err != nil {
		t.Fatal(err)
	}
	if err := core.Decode(class, tc.Config.Config, l); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestGolden(t *testing.T) {
	arrays := golden.Load(t, goldenFiles+".safetensors.gz")
	for _, tc := range golden.Cases[goldenCase](t, goldenFiles+".json") {
		t.Run(tc.Name, func(t *testing.T) {
			lab.Each(t, func(t *testing.T, l *lab.Lab) {
				tc.run(t, l, arrays, false)
				if tc.Training && !tc.Random {
					tc.run(t, l, arrays, true)
				}
			})
		})
	}
}

// run compares outputs, gradients, and, in training, the weights afterwards.
func (tc *goldenCase) run(t *testing.T, l *lab.Lab, arrays map[string]golden.Tensor, training bool) {
	layer, shape := tc.layer(t), arrays[tc.Name+"/x"].Shape
	var vars []*core.Variable
	if err := layer.Build(l.Builder(&vars), shape); err != nil {
		t.Fatal(err)
	}
	trainable := tc.weights(t, l, arrays, vars)
	x := l.Const(arrays[tc.Name+"/x"])
	wrt := []tf.Output{x}
	for _, i := range trainable {
		wrt = append(wrt, vars[i].Handle())
	}
	l.Watch(wrt...)
	c := core.NewContext(l.Scope, training)
	y := layer.Call(c, x)
	if err := l.Scope.Err(); err != nil {
		t.Fatal(err)
	}
	if got, want := y.Shape(), tf.Shape(arrays[tc.Name+"/y"].Shape); !got.Accepts(want) || !layer.OutputShape(shape).Equal(want) {
		t.Errorf("shape %v, OutputShape %v; want %v", got, layer.OutputShape(shape), want)
	}
	if tc.Name == biasAlongWidth {
		return
	}
	values := l.Values(append([]tf.Output{y}, l.Gradients(y, l.Const(arrays[tc.Name+"/dy"]), wrt...)...), c.Updates()...)
	prefix := tc.Name + "/"
	if training {
		prefix += "train/"
	}
	lab.Near(t, arrays, prefix+"y", values[0])
	lab.Near(t, arrays, prefix+"dx", values[1])
	for i, at := range trainable {
		lab.Near(t, arrays, fmt.Sprintf("%sdw%d", prefix, at), values[i+2])
	}
	for i, v := range vars {
		if training {
			lab.Near(t, arrays, fmt.Sprintf("%sw%d", prefix, i), l.Value(v.Read(l.Scope)))
		}
	}
}

// weights checks the variables against Keras's, gives them its values, and
// returns which are trainable.
func (tc *goldenCase) weights(t *testing.T, l *lab.Lab, arrays map[string]golden.Tensor, vars []*core.Variable) (trainable []int) {
	t.Helper()
	if len(vars) != len(tc.Weights) {
		t.Fatalf("%d weights, want %v", len(vars), tc.Weights)
	}
	for i, v := range vars {
		a := arrays[fmt.Sprintf("%s/w%d", tc.Name, i)]
		if v.Weight.Name != tc.Weights[i] || !v.Shape().Equal(tf.Shape(a.Shape)) {
			t.Errorf("weight %d is %s %v, want %s %v", i, v.Weight.Name, v.Shape(), tc.Weights[i], a.Shape)
		}
		l.Set(v, a)
		if v.Trainable {
			trainable = append(trainable, i)
		}
	}
	if fmt.Sprint(trainable) != fmt.Sprint(tc.Trainable) {
		t.Errorf("trainable weights %v, want %v", trainable, tc.Trainable)
	}
	return trainable
}

// TestConfig reads the configurations that Keras wrote and writes them again.
func TestConfig(t *testing.T) {
	for _, tc := range golden.Cases[goldenCase](t, goldenFiles+".json") {
		got, err := json.Marshal(tc.layer(t))
		if err != nil {
			t.Errorf("%s: %v", tc.Name, err)
		}
		want, err := compact(tc.Config.Config)
		if err != nil || string(got) != want {
			t.Errorf("%s\n got %s, %v\nwant %s", tc.Name, got, err, want)
		}
	}
}
