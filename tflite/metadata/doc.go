// Package metadata reads and writes what stands beside the network in a
// .tflite file: the model's name, author and licence, what its inputs and
// outputs mean, and the label and vocabulary files that go with them.
//
// [Read] takes the [Package] out of a model, [Write] puts one in, replacing the
// one that is there, [Remove] takes it away. [Describe] makes a first
// [Metadata] from the model alone. The form is that of TensorFlow Lite's
// metadata schema 1.5.0: the official libraries read what Write writes. The
// JSON of Metadata is the one that MetadataDisplayer.get_metadata_json prints.
//
// The network itself is not touched: its bytes stay as they are, only the list
// of buffers before them grows. Associated files stand behind it, as an
// uncompressed zip archive that any zip program opens.
//
// # Errors
//
// Models, metadata and archives are checked before they are read. Errors match
// tf.InvalidArgument, or tf.DataLoss for damaged files, and name what is at
// fault. Archives with names that leave a folder, with one name twice, or that
// grow out of all proportion are refused.
//
// # Concurrency
//
// Functions may be called by many goroutines. No library is needed.
package metadata
