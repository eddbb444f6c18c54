// Package grad differentiates: [Gradients] adds the gradients of a graph's
// outputs to the graph, a [Tape] gives those of what ran on an eager scope.
// Both use one set of gradient functions, made of ordinary operations, so
// gradients can be differentiated again.
//
// # What has a gradient
//
// Floating-point values. Integers, booleans and strings have none: a path that
// runs through them ends there without an error, as it does in Python, and so
// it does at operations that are flat (Floor, ZerosLike) or say so
// (StopGradient). An x that no path connects to a y has the zero
// [tf.Output] as its gradient.
//
// With respect to a variable, ask for the gradient of its Handle. It is dense,
// also where the variable was read by ResourceGather.
//
// # Errors
//
// An operation on the path that has no gradient function, takes complex
// numbers, or calls a function fails the scope with an error that names it, its
// node and the line that made it. [Register] adds gradient functions for
// operations of your own.
//
// # Lifetimes and concurrency
//
// A Tape and what it recorded belong to its scope and live until that is
// closed; like a scope it serves one goroutine. Register may be called from any.
package grad
