// Package activations names the functions that layers apply to their result.
//
// An [Activation] is a value, so that it can be stored: Keras's name of it, such
// as [Relu]. The zero Activation is [Linear]. Apply adds the computation to a
// scope, for graphs and eager scopes alike; a name that is not known fails the
// scope with an error that suggests one that is.
//
// Activations may be used from many goroutines.
package activations
