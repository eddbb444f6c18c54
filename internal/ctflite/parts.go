package ctflite

import "unsafe"

// Parts are what an interpreter is made of beside its model. They outlive it.
type Parts struct {
	Threads     int
	Cancellable bool
	Delegates   []*Delegate // asked in this order
	Operators   []*Operator
	Profiler    *Profiler // nil: none
}

// View is where the values of a tensor are.
type View struct {
	Data unsafe.Pointer // nil while there are none
	Size uintptr        // bytes
}

// Event is one run of an operation, of a delegate's part of the graph, or of a
// step of the delegate's.
type Event struct {
	Name         string // "" for a part
	Op, Subgraph int    // a part has -1 and -1, a step its number and -1
	Nanoseconds  int64
	Inside       int // the event that it is part of, or -1
}

// Op makes the nodes of a custom operation.
type Op interface {
	// Init makes the node of one place in a graph. The options are the bytes
	// that the file has for it, lent.
	Init(options []byte) Node
}

// Node is an operation at one place in a graph. False ends what is going on
// with an error.
type Node interface {
	Prepare(c Call) bool
	Invoke(c Call) bool
	Free()
}
