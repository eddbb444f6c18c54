// Package micro prepares .tflite files for TensorFlow Lite for
// Microcontrollers (TFLM): [CSource] writes a model as an array in C, with what
// a program needs to know to fill its inputs and read its outputs, and [Estimate]
// computes the memory that the model will take, its arena.
//
// Nothing is run and no library is needed. Functions may be called by many
// goroutines. Errors match tf.InvalidArgument, or tf.DataLoss for damaged models.
package micro
