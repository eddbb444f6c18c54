// Package ctf is the C API of TensorFlow in Go types: one Go function for one
// C function, a batched call where one cgo call per operation is faster, and
// no policy.
//
// The library is opened at run time by [Open]; nothing is linked. A function
// that the opened library lacks reports code 12 (unimplemented) and its name.
// Only this package and internal/ctflite import "C".
//
// Every function may be called from any goroutine; the C objects follow the
// rules of the C API.
package ctf

//go:generate go run ../genstub stubs -prefix ctf -library TensorFlow -types types.h -version TF_Version -flags "RTLD_LAZY | RTLD_LOCAL" -status TF_Status -set-status TF_SetStatus
//go:generate go run ../genstub unsupported
