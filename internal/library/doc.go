// Package library finds and installs the libraries that gotf opens at run
// time: TensorFlow (two files) and TFLite (one).
//
// [Find] looks in GOTF_LIB, in lib beside the program, in the user's cache
// and where the system's loader looks, in this order, and never in the
// working directory. When nothing is there the error is a [*MissingError],
// whose one line says what was looked for, where, and the command that
// fetches it. So it is where GOTF_LIB is set, but is no folder with a library:
// the other places are searched for a library that GOTF_LIB lacks only if it
// holds the other one. [Search] returns all that is there, for gotf doctor.
//
// [Install] fetches the versions pinned in third_party with the pip and Maven
// clients, checks their sha256, and puts them into the cache folder.
//
// # Errors
//
// Errors are one line naming the file at fault. A library of a system without
// the GNU C library is refused by both.
//
// # Concurrency
//
// All functions may be called from many goroutines and many processes: an
// install takes a lock and appears in one rename.
package library
