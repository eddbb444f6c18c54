// Package checkpoint writes and reads checkpoints, files of named tensors in
// TensorFlow's V2 format: PREFIX.index and PREFIX.data-00000-of-00001.
//
// A [Saver] saves and restores the variables of a graph; [Write] and [Read] do
// one checkpoint of any tensors. A [Manager] keeps the last few in a
// folder, with the file "checkpoint" that names the latest: what
// tf.train.latest_checkpoint of Python reads, and [Latest] and [All]. Package
// bundle lists, reads, writes and compares checkpoints without the library.
//
// Keys are free. [Key] makes those that tf.train.Checkpoint of Python uses, from
// the path of attributes to a variable, and [ObjectGraph] or [NamedObjectGraph]
// the tensor that goes with them; then Python restores the checkpoint into its
// own objects. [Read] and [Saver.Restore] also find such variables by their names
// in Python.
//
// # Files
//
// A checkpoint appears whole or not at all: it is written under another name
// and moved. The file "checkpoint" is replaced last.
//
// # Errors
//
// Errors name the file and wrap a [tf.Code]: NotFound where there is no
// checkpoint or it has no such key, DataLoss where it is damaged.
//
// # Concurrency
//
// Functions may be called by many goroutines, for different prefixes. A Manager
// serves one at a time, and its folder one Manager.
package checkpoint
