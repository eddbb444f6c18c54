// Package tflite runs and inspects TensorFlow Lite models.
//
// A [Model] holds a .tflite file, an [Interpreter] runs it, and a [Signature]
// runs one of its named functions; a [Pool] lends interpreters to goroutines.
// [Inspect] and [InspectFile] read a file's [Structure], its tensors, operators,
// signatures and metadata, without any library.
// XNNPACK's kernels are used where they can be. TensorFlow's own library is
// needed only by the calls that take or return a [tf.Tensor] and by models
// with TensorFlow's operations ("Flex"); [Set], [Read] and [RunInto] work
// without it.
//
// # Files
//
// A file is checked before the runtime sees it, so that a truncated or damaged
// one is an InvalidArgument error. A damaged weight is a number like any other
// and is not noticed. What can still end the process: shapes that need more
// memory than there is, values that a damaged model computes and then uses as
// indices or sizes, the code of delegates, and a damaged weight cache.
//
// # Lifetimes
//
// Model, Interpreter and Pool own C memory. Close frees it, or leaves that to
// the calls in flight; what is dropped without Close is freed by the garbage
// collector, later. An open Interpreter keeps its model in memory, also after
// Model.Close. A Signature belongs to its Interpreter.
//
// # Errors
//
// Errors wrap a [tf.Code]: InvalidArgument for a wrong name, type, shape or
// file, NotFound for a missing file, signature or library, Unimplemented for
// operations that nothing has a kernel for, FailedPrecondition for a closed
// object or an output read before it was computed, Internal for failures of
// the runtime, with its words.
//
// # Concurrency
//
// A Model and a Pool may be shared. An Interpreter and its signatures take
// turns: each call is safe from any goroutine, and Run is one call from inputs
// to outputs, but only one runs at a time.
package tflite
