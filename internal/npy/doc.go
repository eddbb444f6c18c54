// Package npy reads and writes NumPy's .npy files, and reads members of .npz
// archives, without Python.
//
// [Load] opens a file by the form that TensorFlow's saved_model_cli takes:
// "f.npy", "f.npz" (when it holds one array) or "f.npz[name]". [Read] takes one
// .npy stream. [Write] and [WriteFile] write format version 1.0, byte for byte
// as NumPy 2 does.
//
// An [Array] always holds little-endian values in C order, whatever the file
// held. Read are versions 1.0, 2.0 and 3.0; bool, int8 to int64, uint8 to
// uint64, float16, float32, float64, complex64 and complex128; bfloat16 as
// ml_dtypes stores it (V2, two opaque bytes); bytes (S), text (U, becoming
// UTF-8), and pickled object arrays of bytes or str. Pickles are interpreted by
// a reader that knows NumPy's own arrays and nothing else: it names and refuses
// everything it does not know, and calls no code.
//
// Strings are written as S: fixed width, padded with NULs. S cannot hold
// trailing NULs, so a value that ends in them comes back without.
//
// # Errors
//
// Errors are one line naming the file, what was expected and what came. They
// match fs.ErrNotExist, fs.ErrExist and io.ErrUnexpectedEOF (a file cut short)
// where those apply. Memory use is bounded by the data that is there, not by
// what a header claims. Bytes after the array are an error.
//
// # Concurrency
//
// Functions may be called by many goroutines. An Array is plain data.
package npy
