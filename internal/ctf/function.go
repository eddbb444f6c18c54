//go:build linux && amd64 && cgo

package ctf

// #include "shim.h"
import "C"

import "unsafe"

// NewFunction turns a part of g into a function. names, one for each output, may
// be nil; control lists operations that always run.
func NewFunction(g *Graph, name string, ops []*Operation, in, out []In, names []string, control []*Operation) (f *Function, st Status) {
	var cnames []*C.char // nil: names of TensorFlow's choice
	for i, n := range names {
		cnames = append(cnames, C.CString(n))
		defer C.free(unsafe.Pointer(cnames[i]))
	}
	withString(name, func(n *C.char) {
		st = try(func(s *C.TF_Status) {
			f = C.TF_GraphToFunctionWithControlOutputs(g, n, 0, C.int(len(ops)), (**C.TF_Operation)(unsafe.SliceData(ops)),
				C.int(len(in)), outputs(in), C.int(len(out)), outputs(out),
				unsafe.SliceData(cnames), C.int(len(control)), (**C.TF_Operation)(unsafe.SliceData(control)), nil, nil, nil, s)
		})
	})
	return f, st
}

func DeleteFunction(f *Function) { C.TF_DeleteFunction(f) }

// CopyFunction adds f to g.
func CopyFunction(g *Graph, f *Function) Status {
	return try(func(s *C.TF_Status) { C.TF_GraphCopyFunction(g, f, nil, s) })
}

// FunctionDef is TF_FunctionToFunctionDef.
func FunctionDef(f *Function) ([]byte, Status) {
	return buffer(func(b *C.TF_Buffer, s *C.TF_Status) { C.TF_FunctionToFunctionDef(f, b, s) })
}

// ImportFunction is TF_FunctionImportFunctionDef.
func ImportFunction(def []byte) (f *Function, st Status) {
	st = try(func(s *C.TF_Status) {
		f = C.TF_FunctionImportFunctionDef(unsafe.Pointer(unsafe.SliceData(def)), C.size_t(len(def)), s)
	})
	return f, st
}

// SetFunctionAttr sets an attribute to a serialised AttrValue.
func SetFunctionAttr(f *Function, name string, value []byte) (st Status) {
	withString(name, func(n *C.char) {
		st = try(func(s *C.TF_Status) {
			C.TF_FunctionSetAttrValueProto(f, n, unsafe.Pointer(unsafe.SliceData(value)), C.size_t(len(value)), s)
		})
	})
	return st
}

// GraphFunctions lists g's library; the caller deletes each.
func GraphFunctions(g *Graph) (fs []*Function, st Status) {
	fs = make([]*Function, int(C.TF_GraphNumFunctions(g)))
	if len(fs) > 0 {
		st = try(func(s *C.TF_Status) {
			n := C.TF_GraphGetFunctions(g, (**C.TF_Function)(unsafe.SliceData(fs)), C.int(len(fs)), s)
			fs = fs[:max(int(n), 0)]
		})
	}
	return fs, st
}

func FunctionName(f *Function) string { return C.GoString(C.TF_FunctionName(f)) }
