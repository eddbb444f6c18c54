package core

import "github.com/gotf/gotf/tf"

// Weight declares a variable of a layer, optimizer or metric.
type Weight struct {
	Name         string
	Shape        tf.Shape
	DType        tf.DType    // 0: the policy's variable type
	Init         Initializer // nil: zeros
	NotTrainable bool        // moving statistics and other state
}

// Variable is a weight that was made.
type Variable struct {
	*tf.Variable
	Path      string // "dense/kernel": unique in the model, and Keras's own
	Weight    Weight
	Trainable bool
}

// Builder makes the variables of a layer. Its methods fail the scope on error.
type Builder struct {
	Scope  *tf.Scope // where the variables are declared
	Path   string    // of the layer: "dense", "block/conv2d"
	Policy Policy
	Frozen bool
	Add    func(*Variable) // tells the owner of each variable
}

// Weight makes a variable.
func (b *Builder) Weight(w Weight) *Variable {
	if w.DType == 0 {
		w.DType = b.Policy.VariableDType()
	}
	path := w.Name
	if b.Path != "" {
		path = b.Path + "/" + w.Name
	}
	v := &Variable{
		Variable:  tf.NewVariable(b.Scope, NodeName(path), w.DType, w.Shape),
		Path:      path,
		Weight:    w,
		Trainable: !w.NotTrainable && !b.Frozen,
	}
	b.Add(v)
	return v
}

// Sub is a Builder for a layer inside the layer.
func (b *Builder) Sub(name string) *Builder {
	c := *b
	if b.Path != "" {
		name = b.Path + "/" + name
	}
	c.Path = name
	return &c
}
