// Package grad differentiates: [Gradients] adds the gradients of a graph's
// outputs to the graph, a [Tape] gives those of what ran on a recorded scope, in
// either mode. Both use one set of gradient functions, made of ordinary operations,
// so gradients can be differentiated again.
//
// # What has a gradient
//
// Floating-point and complex values; the gradient by a complex number is that by
// its real part plus i times that by its imaginary part. docs/gradients.md lists the
// operations. Paths end at operations that are flat (Floor, ZerosLike) or say so
// (StopGradient), and at booleans. An x that no path connects to a y has the zero
// [tf.Output] as its gradient; see [OrZeros] and [OrFail],
// and [Tape.GradientOrFail], which says why.
//
// With respect to a variable, ask for the gradient of its Handle.
// [SparseGradients] leaves those of looked-up tables as rows.
//
// # Calls and loops
//
// Calls of functions, If, Case and While are differentiated through their bodies,
// in graphs made by Go or imported. A tape sees a call when it is made and keeps
// what the gradient needs. The insides of branches and loops of a graph, and of
// calls that a tape did not see, are computed once more; variables are read again,
// so their writes must come after the gradients. What must not run twice, such as
// random numbers with state, is refused.
//
// # Errors
//
// An operation on the path that has no gradient function fails the scope with an
// error that names it, its node and the line that made it. So does an x that
// reaches y through integers or strings only. [Register] adds gradient functions
// for operations of your own, [Custom] for a part of a program.
//
// # Lifetimes and concurrency
//
// A Tape and what it recorded belong to its scope and live until that is
// closed; like a scope it serves one goroutine. Register may be called from any.
package grad

//go:generate go run ./internal/gengradients
