// Package verify checks the bytes of a .tflite file before the runtime reads
// them, so that a truncated or damaged file is an error and not a crash.
//
// Structure comes first: every table, vector and string that the format's
// schema (schema.txt) can reach lies inside the file. Then meaning: indices of
// tensors, buffers, operators and subgraphs are in range, constants are as
// long as their shape says, and operators have the options, inputs and outputs
// that the runtime's kernels use without a check of their own.
//
// [Model] is safe for concurrent use.
package verify
