//go:build linux && amd64 && cgo

package ctf

// #include "shim.h"
// #cgo noescape gotf_session_run
import "C"

import "unsafe"

// withOptions lends session options to f. target and config may be empty.
func withOptions(target string, config []byte, f func(*C.TF_SessionOptions)) Status {
	o := C.TF_NewSessionOptions()
	defer C.TF_DeleteSessionOptions(o)
	if target != "" {
		withString(target, func(t *C.char) { C.TF_SetTarget(o, t) })
	}
	if len(config) > 0 {
		s := try(func(s *C.TF_Status) {
			C.TF_SetConfig(o, unsafe.Pointer(unsafe.SliceData(config)), C.size_t(len(config)), s)
		})
		if s.Code != 0 {
			return s
		}
	}
	f(o)
	return Status{}
}

// NewSession opens a session on g. An empty target is this process.
func NewSession(g *Graph, target string, config []byte) (p *Session, st Status) {
	if s := withOptions(target, config, func(o *C.TF_SessionOptions) {
		st = try(func(s *C.TF_Status) { p = C.TF_NewSession(g, o, s) })
	}); s.Code != 0 {
		return nil, s
	}
	return p, st
}

// LoadSavedModel opens a session on a SavedModel, adds its graph to g and
// returns the serialised MetaGraphDef.
func LoadSavedModel(g *Graph, config []byte, dir string, tags []string) (p *Session, meta []byte, st Status) {
	cdir := C.CString(dir)
	defer C.free(unsafe.Pointer(cdir))
	ctags := make([]*C.char, len(tags))
	for i, t := range tags {
		ctags[i] = C.CString(t)
		defer C.free(unsafe.Pointer(ctags[i]))
	}
	if s := withOptions("", config, func(o *C.TF_SessionOptions) {
		meta, st = buffer(func(b *C.TF_Buffer, s *C.TF_Status) {
			p = C.TF_LoadSessionFromSavedModel(o, nil, cdir, unsafe.SliceData(ctags), C.int(len(ctags)), g, b, s)
		})
	}); s.Code != 0 {
		return nil, nil, s
	}
	return p, meta, st
}

// CloseSession is TF_CloseSession: it cancels the runs in flight.
func CloseSession(p *Session) Status {
	return try(func(s *C.TF_Status) { C.TF_CloseSession(p, s) })
}

// DeleteSession is TF_DeleteSession.
func DeleteSession(p *Session) Status {
	return try(func(s *C.TF_Status) { C.TF_DeleteSession(p, s) })
}

// Run is TF_SessionRun. It fills out, one tensor for each fetch.
func Run(p *Session, feeds []In, values []*Tensor, fetches []In, out []*Tensor, targets []*Operation) Status {
	r := C.gotf_session_run(p, nil, ins(feeds), pointers(values), C.int(len(feeds)),
		ins(fetches), pointers(out), C.int(len(fetches)), pointers(targets), C.int(len(targets)), nil)
	return result(&r)
}

// RunOptions is Run with serialised RunOptions. It returns the serialised
// RunMetadata if that is wanted.
func RunOptions(p *Session, options []byte, feeds []In, values []*Tensor, fetches []In, out []*Tensor, targets []*Operation, wantMetadata bool) (metadata []byte, st Status) {
	var m *C.TF_Buffer
	if wantMetadata {
		m = C.TF_NewBuffer()
		defer C.TF_DeleteBuffer(m)
	}
	withBuffer(options, func(o *C.TF_Buffer) {
		r := C.gotf_session_run(p, o, ins(feeds), pointers(values), C.int(len(feeds)),
			ins(fetches), pointers(out), C.int(len(fetches)), pointers(targets), C.int(len(targets)), m)
		st = result(&r)
	})
	if m != nil && m.data != nil {
		metadata = goBytes(m)
	}
	return metadata, st
}

// SessionDevices lists the devices that a session may use.
func SessionDevices(p *Session) (out []Device, s Status) {
	s = try(func(s *C.TF_Status) {
		if l := C.TF_SessionListDevices(p, s); l != nil {
			out = devices(l)
		}
	})
	return out, s
}
