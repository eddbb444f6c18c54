// Package convert makes TFLite models of SavedModels, Keras models and graphs, in
// this process, with the converter and quantizer that are in TensorFlow's library.
//
// [Convert] returns the model, [ConvertFile] writes it to a file; [Keras], [Graph]
// and [Functions] convert what is in memory. Options choose signatures, kernels
// and quantization: none, dynamic-range (int8 weights, float arithmetic), float16,
// or int8 throughout, with ranges seen on [Samples], which [Open] reads from files.
//
// [Check] runs the SavedModel and the result on the same samples; [TensorErrors]
// looks for what an int8 model loses most. Their findings make a [Report].
//
// # Like Python
//
// The result equals, byte for byte, that of Python's TFLiteConverter of the same
// version, with its metadata; with Options.NoMetadata it is what the converter in
// the library returned, to Python too. Int8 takes the same steps, in loops and
// branches too; ranges differ in the last bits, because TFLite's kernels were
// built otherwise, and where Python's calibrator takes what a kernel wrote over
// an operation's input for the input.
//
// # Errors
//
// Errors wrap a [tf.Code]: NotFound for a missing folder, tag set or signature,
// FailedPrecondition for a model whose variables cannot be restored,
// InvalidArgument for one that the converter refuses, with its words,
// ResourceExhausted for one of more than the 2 GiB that a .tflite file can hold, and
// Unimplemented where the library has no converter that gotf knows. An
// [UnsupportedError] names every operation without a kernel, its layer, and the
// option that helps.
//
// The converter trusts its input: a SavedModel made to do harm may end the
// process. It also writes what it returns as an error, and a line of its own on
// int8, to the process's file descriptor 2, past everything that could keep a
// program's stderr clean; gotf convert runs it in a process of its own.
//
// # Concurrency
//
// Many goroutines may call; conversions take turns, since the converter keeps
// its errors in one place.
package convert
