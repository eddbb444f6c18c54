//go:build linux && amd64 && cgo

package ctflite

// #include "shim.h"
import "C"

import "unsafe"

// Profiler notes what an interpreter does.
type Profiler = C.ctflite_profiler

func NewProfiler() *Profiler { return C.ctflite_profiler_new() }

// DeleteProfiler follows the deletion of its interpreter.
func DeleteProfiler(p *Profiler) { C.ctflite_profiler_delete(p) }

// StartProfile comes before each invocation.
func StartProfile(p *Profiler) { C.ctflite_profiler_start(p) }

// Events returns the events since StartProfile, in the order in which they
// began.
func Events(p *Profiler) []Event {
	out := make([]Event, p.n)
	for i, e := range unsafe.Slice(p.events, int(p.n)) {
		out[i] = Event{C.GoString(&e.name[0]), int(e.op), int(e.subgraph), int64(e.nanoseconds), int(e.inside)}
	}
	return out
}
