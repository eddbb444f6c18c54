package core

import "github.com/gotf/gotf/tf"

// Bind makes o the value of v in this call, where a read of v would be: a model
// that differentiates keeps the reads it differentiates by, and a call on
// another graph takes that graph's variables.
func (c *Context) Bind(v *Variable, o tf.Output) { c.shared.reads[v] = o }
