// Package tf runs TensorFlow from Go.
//
// A [Tensor] holds values. A [Scope] is where operations are added: the scope
// of a [Graph] adds nodes, to be run by a [Session]; the scope of an [Eager]
// context runs each operation at once. An [Output] is one result of an
// operation in either mode. Package tf/op has a function for every operation,
// tf/grad differentiates.
//
// The TensorFlow library is opened when it is first needed. Where it is not
// found, the error says where it was looked for and how to fetch it.
//
// # Lifetimes
//
// Tensor, Graph, Session, Eager, Scope (of an Eager), Function and Variable own
// C memory. Close frees it at once; what is dropped without Close is freed by
// the garbage collector, later. Close may be called twice and in any order, and
// lets calls in flight finish; use after it is a FailedPrecondition error.
// Values made on an eager scope are freed with it, except those given to
// [Scope.Keep].
//
// # Errors
//
// Failures are of type [*Error], one line. Test for a kind with
// errors.Is(err, tf.NotFound). Operations do not return errors: a scope keeps
// the first one, see [Scope.Err], and adds nothing after it. Errors name the
// line of the program that made the failed operation. Those of a run do too,
// where TensorFlow names the operation: its single-threaded executor does not.
//
// # Concurrency
//
// A Session, a Tensor, an Eager, a Function, a kept value and the views of a
// Graph's operations may be used by many goroutines. A Scope is for one at a
// time, and so is adding to a Graph, which sessions may run meanwhile.
package tf
