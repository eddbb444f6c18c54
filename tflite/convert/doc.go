// Package convert makes TFLite models of SavedModels, in this process, with the
// converter that is in TensorFlow's library. The result equals, byte for byte,
// what the same converter returns to Python, which then appends metadata of its
// own.
//
// [Convert] returns the model, [ConvertFile] writes it to a file. Options
// choose signatures and the quantization of weights: none, dynamic-range (int8
// weights, float arithmetic) or float16.
//
// # Errors
//
// Errors wrap a [tf.Code]: NotFound for a missing folder, tag set or signature,
// FailedPrecondition for a model whose variables cannot be restored,
// InvalidArgument for one that the converter refuses, with its words, and
// Unimplemented where the library has no converter that gotf knows.
//
// The converter trusts its input: a SavedModel made to do harm may end the
// process.
//
// # Concurrency
//
// Many goroutines may call; conversions take turns, since the converter keeps
// its errors in one place.
package convert
