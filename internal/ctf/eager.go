//go:build linux && amd64 && cgo

package ctf

// #include "shim.h"
import "C"

import "unsafe"

// NewContext makes an eager context; config is a serialised ConfigProto.
func NewContext(config []byte) (c *Context, s Status) {
	o := C.TFE_NewContextOptions()
	defer C.TFE_DeleteContextOptions(o)
	s = try(func(s *C.TF_Status) {
		C.TFE_ContextOptionsSetConfig(o, unsafe.Pointer(unsafe.SliceData(config)), C.size_t(len(config)), s)
		if C.TF_GetCode(s) == 0 {
			c = C.TFE_NewContext(o, s)
		}
	})
	return c, s
}

func DeleteContext(c *Context) { C.TFE_DeleteContext(c) }

// ClearCaches is TFE_ContextClearCaches; it also gives back what removed
// functions left behind.
func ClearCaches(c *Context) { C.TFE_ContextClearCaches(c) }

// AddFunction is TFE_ContextAddFunction.
func AddFunction(c *Context, f *Function) Status {
	return try(func(s *C.TF_Status) { C.TFE_ContextAddFunction(c, f, s) })
}

// RemoveFunction is TFE_ContextRemoveFunction.
func RemoveFunction(c *Context, name string) (st Status) {
	withString(name, func(n *C.char) {
		st = try(func(s *C.TF_Status) { C.TFE_ContextRemoveFunction(c, n, s) })
	})
	return st
}

// NewHandle makes an eager value that shares t's memory.
func NewHandle(t *Tensor) (h *TensorHandle, s Status) {
	s = try(func(s *C.TF_Status) { h = C.TFE_NewTensorHandle(t, s) })
	return h, s
}

// Resolve copies an eager value into a tensor on the host.
func Resolve(h *TensorHandle) (t *Tensor, s Status) {
	s = try(func(s *C.TF_Status) { t = C.TFE_TensorHandleResolve(h, s) })
	return t, s
}

// HandleShape is the exact shape of an eager value.
func HandleShape(h *TensorHandle) (shape []int64, s Status) {
	s = try(func(s *C.TF_Status) {
		n := C.TFE_TensorHandleNumDims(h, s)
		if C.TF_GetCode(s) != 0 {
			return
		}
		shape = make([]int64, n)
		for i := range shape {
			shape[i] = int64(C.TFE_TensorHandleDim(h, C.int(i), s))
		}
	})
	return shape, s
}

// HandleDevice names the device that computed an eager value.
func HandleDevice(h *TensorHandle) (name string, s Status) {
	s = try(func(s *C.TF_Status) { name = C.GoString(C.TFE_TensorHandleDeviceName(h, s)) })
	return name, s
}

// DeleteHandles frees eager values.
func DeleteHandles(hs []*TensorHandle) { C.gotf_free_handles(addresses(hs), C.int(len(hs))) }

func NewCancellation() *CancellationManager     { return C.TFE_NewCancellationManager() }
func StartCancel(m *CancellationManager)        { C.TFE_CancellationManagerStartCancel(m) }
func DeleteCancellation(m *CancellationManager) { C.TFE_DeleteCancellationManager(m) }

// Device is one entry of a device list.
type Device struct {
	Name, Type  string
	MemoryBytes int64
}

func devices(l *C.TF_DeviceList) (out []Device) {
	defer C.TF_DeleteDeviceList(l)
	for i := C.int(0); i < C.TF_DeviceListCount(l); i++ {
		var d Device
		try(func(s *C.TF_Status) {
			d.Name = C.GoString(C.TF_DeviceListName(l, i, s))
			d.Type = C.GoString(C.TF_DeviceListType(l, i, s))
			d.MemoryBytes = int64(C.TF_DeviceListMemoryBytes(l, i, s))
		})
		out = append(out, d)
	}
	return out
}

// ContextDevices lists the devices of an eager context.
func ContextDevices(c *Context) (out []Device, s Status) {
	s = try(func(s *C.TF_Status) {
		if l := C.TFE_ContextListDevices(c, s); l != nil {
			out = devices(l)
		}
	})
	return out, s
}
