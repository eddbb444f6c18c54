//go:build linux && amd64 && cgo

package ctf

// #cgo CFLAGS: -O2 -Wno-unused-parameter
// #cgo LDFLAGS: -ldl
// #include "shim.h"
import "C"

import (
	"errors"
	"strings"
	"sync"
	"unsafe"
)

// Supported reports whether this build can open the library at all.
const Supported = true

// Open loads the library at path and resolves the C API. It must succeed once
// before any other function of the package is called.
func Open(path string) error {
	sift.Do(func() { C.gotf_sift_stderr() })
	p := C.CString(path)
	defer C.free(unsafe.Pointer(p))
	if m := C.ctf_open(p); m != nil {
		defer C.free(unsafe.Pointer(m))
		return errors.New(C.GoString(m))
	}
	return nil
}

var sift, siftOut sync.Once

// SiftPlacement keeps what sessions print of placement, which they log too, off
// the C stream stdout from now on.
func SiftPlacement() { siftOut.Do(func() { C.gotf_sift_stdout() }) }

// Setenv sets a variable that the library reads, unless it is set. Go's
// environment, and so that of child processes, stays as it is.
func Setenv(name, value string) {
	n, v := C.CString(name), C.CString(value)
	defer C.free(unsafe.Pointer(n))
	defer C.free(unsafe.Pointer(v))
	C.setenv(n, v, 0)
}

// Missing lists the functions that the opened library lacks.
func Missing() (names []string) {
	for i := 0; ; i++ {
		p := C.ctf_missing(C.int(i))
		if p == nil {
			return names
		}
		names = append(names, C.GoString(p))
	}
}

// Version is TF_Version.
func Version() string { return C.GoString(C.TF_Version()) }

// HasSymbol reports whether the opened library exports name.
func HasSymbol(name string) bool {
	p := C.CString(name)
	defer C.free(unsafe.Pointer(p))
	return C.ctf_symbol(p) != nil
}

// gotfLog receives what the library logs below an error.
//
//export gotfLog
func gotfLog(line *C.char) { log(strings.TrimSpace(C.GoString(line))) }
