package core

import "github.com/gotf/gotf/tf"

// Base is the configuration that all layers share. Layers embed it.
type Base struct {
	Name   string `json:"name"`      // empty: the model chooses, "dense", "dense_1"
	Frozen Not    `json:"trainable"` // do not train the weights
	Policy Policy `json:"dtype"`     // zero: the model's
}

// Meta gives a model access to the Base of a layer.
func (b *Base) Meta() *Base { return b }

// Named is a Base with a name: &layers.Dense{Base: core.Named("logits"), Units: 10}.
func Named(name string) Base { return Base{Name: name} }

// AnyLayer is a Layer or a MultiLayer.
type AnyLayer interface {
	Meta() *Base
}

// Layer maps one value to one. Shapes include the batch dimension, -1.
type Layer interface {
	AnyLayer
	// Build checks the input's shape and makes the weights.
	Build(b *Builder, in tf.Shape) error
	// Call adds the computation. Errors stay in the context's scope.
	Call(c *Context, x tf.Output) tf.Output
	// OutputShape is the shape of Call's result, before or after Build.
	OutputShape(in tf.Shape) tf.Shape
}

// MultiLayer maps many values to many.
type MultiLayer interface {
	AnyLayer
	BuildAll(b *Builder, in []tf.Shape) error
	CallAll(c *Context, xs []tf.Output) []tf.Output
	OutputShapes(in []tf.Shape) []tf.Shape
}

// Initializer makes the first value of a weight.
type Initializer interface {
	// Value adds the computation of a weight of shape and d to s. key is an int64
	// vector of two: the weight's own random key.
	Value(s *tf.Scope, shape tf.Shape, d tf.DType, key tf.Output) tf.Output
}

// Not is a bool that JSON stores inverted, so that false can stand for a Keras
// option whose default is true.
type Not bool
