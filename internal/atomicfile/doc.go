// Package atomicfile writes files that appear whole or not at all.
//
// [WriteFile] replaces what is there, [WriteNew] does not. Both write beside the
// file, flush to the disk and rename. The permissions are those of any new file:
// 0666 less the umask. What is no plain file, as /dev/null or a pipe, is written
// to as it is.
//
// # Errors
//
// An error of the file system is a *fs.PathError that names the file asked for,
// never the one beside it, and says in plain words that the disk is full; [Full]
// tells that apart. [Cause] is the error without the name. An error of the
// function that writes comes back as it is. Nothing is left behind.
//
// # Concurrency
//
// Functions may be called by many goroutines and processes, also for one file:
// the last wins, or with WriteNew the first.
package atomicfile
