// Package listing says what a SavedModel holds, in the words of TensorFlow's
// saved_model_cli and as data. It only parses protobufs: it needs no library and
// runs nothing of the model.
//
// [Read] takes a model's folder; [Find] the part of it with a tag set. [TagSets],
// [SignatureKeys], [Signature], [Ops], [All] and [Scan] write text, byte for byte
// as saved_model_cli of TensorFlow 2.21 does, except that sets of operations and
// the keys of dicts, which Python leaves in any order, are sorted. [Of] is the
// same as a value for encoding/json.
//
// # Errors
//
// They wrap a [tf.Code]: NotFound for a folder without a SavedModel, a tag set or
// signature that is not there; DataLoss for a file that cannot be parsed.
//
// # Concurrency
//
// Functions may be called by many goroutines; none changes the model given.
package listing

//go:generate go run ./internal/genops
