// Package core is what layers, losses, metrics, optimizers and models of Keras
// are made of: the interfaces between them and the values that travel with a
// call.
//
// A layer is a struct whose exported fields are its configuration, in Keras's
// names, and whose weights are unexported. A [Layer] maps one value to one; a
// [MultiLayer] maps many to many. Build makes the weights through a [Builder],
// once; Call adds the computation to the scope of a [Context], for each graph
// or eager step.
//
// JSON holds a part's configuration as Keras writes it: encoding/json writes it,
// [Decode] reads it and names the option that is wrong. [Not], [Number], [Seed],
// [Null] and [False] are options whose zero value is Keras's default although its
// JSON is not zero.
//
// The same code builds graphs and runs eagerly: nothing here asks which.
//
// A Builder and a Context serve one goroutine; a built layer may be called from
// many, each with a Context of its own.
package core
