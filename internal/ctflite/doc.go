// Package ctflite is the C API of TensorFlow Lite in Go types, and no policy.
//
// The library is opened at run time by [Open], out of sight of the TensorFlow
// library, whose symbols it would otherwise share; nothing is linked.
//
// Pointers are the C objects of the same name and follow its rules: a model
// lives longer than its interpreters, a reporter and a delegate longer than
// what they were given to. Tensors belong to their interpreter; their data
// moves when inputs are resized and, for dynamic tensors, with each invocation.
package ctflite

//go:generate go run ../genstub stubs -prefix ctflite -library TFLite -types types.h -version TfLiteVersion -flags "RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND"
//go:generate go run ../genstub unsupported
