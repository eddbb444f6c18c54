// Package tflite runs TensorFlow Lite models.
//
// A [Model] holds a .tflite file, an [Interpreter] runs it, and a [Signature]
// runs one of its named functions. XNNPACK's kernels are used where they can
// be. TensorFlow's own library is needed only by the calls that take or return
// a [tf.Tensor]; [Set] and [Read] work without it.
//
// # Files
//
// A file is checked before the runtime sees it, so that a truncated or damaged
// one is an InvalidArgument error. A damaged weight is a number like any other
// and is not noticed.
//
// # Lifetimes
//
// Model and Interpreter own C memory. Close frees it, or leaves that to the
// calls in flight; what is dropped without Close is freed by the garbage
// collector, later. An open Interpreter keeps its model in memory, also after
// Model.Close. A Signature belongs to its Interpreter.
//
// # Errors
//
// Errors wrap a [tf.Code]: InvalidArgument for a wrong name, type, shape or
// file, NotFound for a missing file, signature or library, FailedPrecondition
// for a closed object or an output read before it was computed, Internal for
// failures of the runtime, with its words.
//
// # Concurrency
//
// A Model may be shared. An Interpreter and its signatures take turns: each
// call is safe from any goroutine, and Run is one call from inputs to outputs,
// but only one runs at a time. Use an Interpreter a goroutine for more.
package tflite
