// Command genstub writes the C stubs of a library that is opened at run time.
//
// A package that calls such a library keeps two files by hand: functions.txt,
// one C prototype a line, and a header with the types that they use. From
// these, genstub writes a hidden-visibility stub per function, so that nothing
// is linked and a program starts without the library:
//
//	//go:generate go run ../genstub stubs -prefix ctf -library TensorFlow -types types.h -version TF_Version -status TF_Status -set-status TF_SetStatus
//	//go:generate go run ../genstub unsupported
//
// # functions.txt
//
// Every parameter has a name. "#" begins a comment. "!" before a prototype
// makes the function required: opening a library without it fails.
//
//	! TF_Status* TF_NewStatus(void)
//	TF_Session* TF_NewSession(TF_Graph* graph, const TF_SessionOptions* opts, TF_Status* status)
//
// # stubs
//
// Writes gen_stubs.h (include it from cgo) and gen_stubs.c with, for prefix p:
//
//	char* p_open(const char* path)      // NULL, or why not (free it); call once, before any stub
//	int p_has(const char* name)         // whether the open library has the function
//	const char* p_missing(int i)        // the i-th function it lacks, NULL past the last
//	void* p_symbol(const char* name)    // any other symbol of the library, or NULL
//
// A function that the library lacks never crashes: one that takes a status
// sets it to code 12 (unimplemented) with a text that names the function and
// the library's version; any other returns zero, so ask p_has first.
//
// # unsupported
//
// Writes gen_unsupported.go for every other build: the exported declarations
// of the package's cgo files with the same signatures, each function failing
// with "not supported on GOOS/GOARCH": in its error result, or as code 12 in a
// result called Status. The constant Supported becomes false, a constant that
// only C knows becomes 0.
//
// # check
//
// Compares functions.txt with the headers of installed wheels (their include
// folders) and fails with the prototypes that differ. scripts/check-headers
// runs it.
package main
