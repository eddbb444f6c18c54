// Package micro prepares .tflite files for TensorFlow Lite for
// Microcontrollers (TFLM): [CSource] writes a model as an array in C, with what
// a program needs to know to fill its inputs and read its outputs, [Estimate]
// computes the memory that the model will take, its arena, and [Check] names the
// operators that TFLM does not run.
//
// Nothing is run and no library is needed. Functions may be called by many
// goroutines. Errors match tf.InvalidArgument, tf.DataLoss for damaged models, or
// tf.Unimplemented for models that TFLM does not run.
package micro
