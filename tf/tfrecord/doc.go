// Package tfrecord reads and writes TFRecord files: sequences of byte strings,
// mostly messages of type [example_protos_go_proto.Example], as tf.data takes
// them.
//
//	for record, err := range tfrecord.Read("train.tfrecord.gz") { ... }
//	err := tfrecord.Write("out.tfrecord", tfrecord.None, records)
//
// Each record is framed by its length and by masked CRC-32C checksums of length
// and data, which are always checked. A file may be compressed as a whole; a
// reader sees from its first bytes whether it is. Nothing here needs
// TensorFlow's library.
// https://www.tensorflow.org/tutorials/load_data/tfrecord
//
// # Errors
//
// Errors hold a *tf.Error: DataLoss for a file that is damaged or ends inside a
// record, which also matches io.ErrUnexpectedEOF, else what the file system said.
// Those of a [Writer] are its stream's.
//
// # Concurrency
//
// Functions may be called by many goroutines; a [Writer] belongs to one.
package tfrecord

import _ "github.com/wamuir/graft/tensorflow/core/example/example_protos_go_proto" // for the link above
