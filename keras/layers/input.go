package layers

import (
	"encoding/json"
	"reflect"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
)

// Input is the beginning of a model: it says what a batch looks like. Keras's
// name for it is InputLayer.
// https://keras.io/api/layers/core_layers/input/
type Input struct {
	core.Base
	Shape     tf.Shape // of one sample, without the batch; -1 where it is open
	BatchSize int64    // 0: any
	DType     tf.DType // 0: Float32
}

// ClassName is Keras's name of the class.
func (i *Input) ClassName() string { return "InputLayer" }

// BatchShape is the shape with the batch first.
func (i *Input) BatchShape() tf.Shape {
	batch := i.BatchSize
	if batch == 0 {
		batch = -1
	}
	return append(tf.Shape{batch}, i.Shape...)
}

// Build checks that an input of the shape given is one of the shape declared.
func (i *Input) Build(_ *core.Builder, in tf.Shape) error {
	if i.BatchSize < 0 {
		return invalid(i, "batch size must be positive, got %d", i.BatchSize)
	}
	if !i.BatchShape().Accepts(in) {
		return invalid(i, "input must have shape %v, got shape %v", i.BatchShape(), in)
	}
	return nil
}

// Call is x, which must have the shape declared.
func (i *Input) Call(c *core.Context, x tf.Output) tf.Output {
	if shape := x.Shape(); c.Scope.Err() == nil && !i.BatchShape().Accepts(shape) {
		c.Scope.SetErr(invalid(i, "input must have shape %v, got shape %v", i.BatchShape(), shape))
	}
	return x
}

// OutputShape is in, if that is one of the shape declared, else the latter.
func (i *Input) OutputShape(in tf.Shape) tf.Shape {
	if in != nil && i.BatchShape().Accepts(in) {
		return in
	}
	return i.BatchShape()
}

// inputConfig is how Keras stores an Input.
type inputConfig struct {
	BatchShape []*int64   `json:"batch_shape"`
	DType      string     `json:"dtype"`
	Sparse     core.False `json:"sparse"`
	Ragged     core.False `json:"ragged"`
	Name       string     `json:"name"`
	Optional   core.False `json:"optional"`
}

// MarshalJSON writes Keras's configuration.
func (i *Input) MarshalJSON() ([]byte, error) {
	c := inputConfig{Name: i.Name, DType: i.dtype().String()}
	for _, d := range i.BatchShape() {
		if d < 0 {
			c.BatchShape = append(c.BatchShape, nil)
		} else {
			c.BatchShape = append(c.BatchShape, &d)
		}
	}
	return json.Marshal(c)
}

func (i *Input) dtype() tf.DType {
	if i.DType == 0 {
		return tf.Float32
	}
	return i.DType
}

// UnmarshalJSON reads Keras's configuration.
func (i *Input) UnmarshalJSON(b []byte) error {
	c := inputConfig{DType: "float32"}
	if err := json.Unmarshal(b, &c); err != nil {
		return err
	}
	d, err := tf.ParseDType(c.DType)
	if err != nil {
		return core.Errorf(tf.InvalidArgument, "option \"dtype\": unknown type %q", c.DType)
	}
	if len(c.BatchShape) == 0 {
		return &json.UnmarshalTypeError{Value: "none", Type: reflect.TypeFor[[]int64](), Field: "batch_shape"}
	}
	*i = Input{Base: core.Named(c.Name), DType: d}
	for at, d := range c.BatchShape {
		size := int64(-1)
		if d != nil {
			size = *d
		}
		switch {
		case d != nil && size < 0:
			return core.Errorf(tf.InvalidArgument, "option \"batch_shape\": dimension %d must not be negative, got %d", at, size)
		case at > 0:
			i.Shape = append(i.Shape, size)
		case d != nil:
			i.BatchSize = size
		}
	}
	return nil
}
