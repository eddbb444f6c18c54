// Package bundle reads and writes checkpoint files without TensorFlow's
// library: PREFIX.index with PREFIX.data-00000-of-00001, the format that
// TensorFlow calls V2 or tensor bundle, and reads the older one of a single
// file.
//
// [Open] reads the index; [Reader.Entries] lists what the checkpoint holds, and
// [Values], [Reader.Bytes] and [Reader.Strings] read one value. [Write] makes a
// checkpoint, [Rewrite] a copy of one with other values. [Reader.Objects] is the
// tree of objects that Python's tf.train.Checkpoint stores with the values, and
// [Compare] tells two checkpoints apart. To restore variables from a checkpoint
// or to save them see package checkpoint.
//
// # Lifetimes
//
// A Reader holds files open; Close closes them. What it returned stays valid.
//
// # Errors
//
// Errors name the file and wrap a [tf.Code]: NotFound where there is no
// checkpoint or it holds no such name, DataLoss where it is damaged,
// Unimplemented where it is of a kind that cannot be read. A damaged or hostile
// checkpoint has no other effect, and no more memory is taken than its files'
// sizes justify.
//
// # Concurrency
//
// A Reader may be used by many goroutines.
package bundle
