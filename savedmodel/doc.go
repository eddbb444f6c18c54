// Package savedmodel writes SavedModels and runs them: TensorFlow's own form of
// a model with its weights.
//
// [Load] opens a folder that any TensorFlow program wrote, and [Model.Call]
// runs one of its signatures, by name, on named tensors. [Export] writes a part
// of a graph and the values its variables have in a session, [ExportFunctions]
// functions of an eager program, so that Python's tf.saved_model.load,
// keras.layers.TFSMLayer, TensorFlow Serving and the TFLite converter accept it;
// Python can train it and save it again. [Read] only parses a model, without the
// library.
//
// A loaded model can be trained on: [Model.Endpoints] and [Model.Variables] are
// what a loss and its gradients need, and [Model.Save] writes the model again
// with its new weights; so can one whose variables are TensorFlow 1's references,
// in the place of which Load puts resources. [Model.Freeze] writes one file with
// constants instead of variables, and [LoadFrozen] opens such a file.
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
// files when it is called. [FileWrites] tells which operations of a signature
// would write; Load refuses a model that writes when it is only loaded, unless
// LoadConfig allows it. What is known to end the process inside the runtime is refused before,
// such as functions that call themselves, shapes and constants beyond memory,
// and assets outside the folder; operations with attributes or inputs made to do
// harm may still end it when the model is loaded or called.
//
// # Concurrency
//
// A Model may be used by many goroutines.
package savedmodel
