// Package initializers makes the first values of weights.
//
// An [Initializer] is one of this package's values, such as [HeNormal], perhaps
// with a seed of its own, or by [Of] any rule that satisfies [core.Initializer].
// The zero Initializer lets the layer choose. Random values come from stateless
// operations: the same key gives the same values, in a graph and on an eager
// scope.
//
// JSON holds an Initializer as Keras writes it, an object with a class and a
// configuration; older forms, a name or an object without a module, are read too.
//
// Initializers may be used from many goroutines.
package initializers
