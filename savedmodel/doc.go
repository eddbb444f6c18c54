// Package savedmodel writes SavedModels and runs them: TensorFlow's own form of
// a model with its weights.
//
// [Load] opens a folder that any TensorFlow program wrote, and [Model.Call]
// runs one of its signatures, by name, on named tensors. [Export] writes a part
// of a graph and the values its variables have in a session, so that Python's
// tf.saved_model.load, keras.layers.TFSMLayer, TensorFlow Serving and the
// TFLite converter accept it. [Read] only parses a model, without the library.
//
// # Lifetimes
//
// A Model owns a session and a graph; Close frees both, once the calls in
// flight have ended. The tensors that Call returns belong to the caller.
//
// # Errors
//
// Errors wrap a [tf.Code]: NotFound for a missing file, tag set or signature,
// DataLoss for a file that is no SavedModel, InvalidArgument for a wrong input
// name, type or shape. They name the file or the input at fault. A SavedModel
// holds a program: one from a source that is not trusted may read and write
// files, and one made to do harm may end the process.
//
// # Concurrency
//
// A Model may be used by many goroutines.
package savedmodel
