//go:build linux && amd64 && cgo

package ctf

// #include "shim.h"
import "C"

import "unsafe"

// LoadLibrary is TF_LoadLibrary; the library is never unloaded. ops is a
// serialised OpList of what it registers, on the first load of the path.
func LoadLibrary(path string) (ops []byte, s Status) {
	withString(path, func(p *C.char) {
		s = try(func(s *C.TF_Status) {
			if lib := C.TF_LoadLibrary(p, s); lib != nil {
				list := C.TF_GetOpList(lib)
				ops = append(ops, unsafe.Slice((*byte)(list.data), int(list.length))...)
				C.TF_DeleteLibraryHandle(lib)
			}
		})
	})
	return ops, s
}

// LoadPluggableDevice is TF_LoadPluggableDeviceLibrary; the library is never
// unloaded.
func LoadPluggableDevice(path string) (s Status) {
	withString(path, func(p *C.char) {
		s = try(func(s *C.TF_Status) {
			if lib := C.TF_LoadPluggableDeviceLibrary(p, s); lib != nil {
				C.TF_DeletePluggableDeviceLibraryHandle(lib)
			}
		})
	})
	return s
}
