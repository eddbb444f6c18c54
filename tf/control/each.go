package control

import (
	"slices"
	"strings"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// MapOptions refine a Map. Nil and the zero value are the defaults.
type MapOptions struct {
	ParallelIterations int64 // the most elements under way at a time in a graph; 0: 10
}

// ScanOptions refine a Scan or a Fold. Nil and the zero value are the defaults.
type ScanOptions struct {
	Reverse            bool  // from the last element to the first
	ParallelIterations int64 // as [WhileOptions] says
}

// Map applies f to element 0 of each of elems, then to element 1, and so on, and
// joins what it returns along a new first dimension: each result has as many
// elements as elems do. Elements lie along the first dimension.
//
// https://www.tensorflow.org/api_docs/python/tf/map_fn
func Map(s *tf.Scope, elems []tf.Output, f func(s *tf.Scope, elems []tf.Output) []tf.Output, o *MapOptions) []tf.Output {
	if o == nil {
		o = &MapOptions{}
	}
	if f == nil {
		fail(s, "Map", "f is nil")
		return nil
	}
	e := &each{s: s, what: "Map", elems: elems, parallel: o.ParallelIterations}
	e.f = func(s *tf.Scope, _, elems []tf.Output) (_, out []tf.Output) {
		out = f(s, elems)
		for i, x := range out {
			if s.Err() == nil && x.DType() == 0 {
				fail(s, "Map", "f returned no value for result %d", i)
			}
		}
		e.columns = len(out)
		return nil, out
	}
	if e.check() {
		if _, out := e.run(); s.Err() == nil {
			return out
		}
	}
	if e.columns == 0 { // f was not called yet: it tells how many results there are to be
		e.f(s, nil, make([]tf.Output, len(elems)))
	}
	return make([]tf.Output, e.columns)
}

// Scan goes through the elements of elems with a state: init at first, then what
// f returns, as many values, of the same types and shapes. The results are all
// states but init, joined along a new first dimension. Elements lie along the
// first dimension.
//
// https://www.tensorflow.org/api_docs/python/tf/scan
func Scan(s *tf.Scope, elems, init []tf.Output, f func(s *tf.Scope, state, elems []tf.Output) []tf.Output, o *ScanOptions) []tf.Output {
	return recur(s, "Scan", elems, init, f, o)
}

// Fold is the last state of the [Scan] of the same arguments, or init where
// there are no elements. From the left by default; ScanOptions.Reverse folds from
// the right.
//
// https://www.tensorflow.org/api_docs/python/tf/foldl
func Fold(s *tf.Scope, elems, init []tf.Output, f func(s *tf.Scope, state, elems []tf.Output) []tf.Output, o *ScanOptions) []tf.Output {
	return recur(s, "Fold", elems, init, f, o)
}

func recur(s *tf.Scope, what string, elems, init []tf.Output, f func(s *tf.Scope, state, elems []tf.Output) []tf.Output, o *ScanOptions) []tf.Output {
	if o == nil {
		o = &ScanOptions{}
	}
	if f == nil {
		fail(s, what, "f is nil")
	}
	e := &each{s: s, what: what, elems: elems, state: init, reverse: o.Reverse, parallel: o.ParallelIterations}
	e.f = func(s *tf.Scope, state, elems []tf.Output) (next, out []tf.Output) {
		next = f(s, state, elems)
		if !same(s, what, "f", "state", state, next) {
			return make([]tf.Output, len(state)), nil
		}
		if what == "Scan" {
			out = next
		}
		return next, out
	}
	if e.check() {
		state, out := e.run()
		if what == "Fold" {
			out = state
		}
		if s.Err() == nil {
			return out
		}
	}
	return make([]tf.Output, len(init))
}

// each is a loop over the elements of tensors.
type each struct {
	s            *tf.Scope
	what         string
	elems, state []tf.Output
	reverse      bool
	parallel     int64
	n            int64 // of elements; -1: unknown
	columns      int   // values that Map's f returned

	// f returns the state that follows, and what is to be collected.
	f func(s *tf.Scope, state, elems []tf.Output) (next, out []tf.Output)
}

// check refuses what cannot be gone through, and finds n.
func (e *each) check() bool {
	if e.n = -1; len(e.elems) == 0 {
		fail(e.s, e.what, "there are no elems")
	}
	if e.parallel < 0 {
		fail(e.s, e.what, "ParallelIterations may not be negative, got %d", e.parallel)
	}
	from := 0
	for i, x := range e.elems {
		shape := x.Shape()
		switch {
		case x.DType() == 0:
			fail(e.s, e.what, "elems %d is missing", i)
		case shape != nil && len(shape) == 0:
			fail(e.s, e.what, "elems %d is a scalar; want elements along a first dimension", i)
		case shape == nil || shape[0] < 0:
		case e.n >= 0 && e.n != shape[0]:
			fail(e.s, e.what, "elems %d has %d elements, want %d as elems %d has", i, shape[0], e.n, from)
		default:
			e.n, from = shape[0], i
		}
	}
	for i, x := range e.state {
		if x.DType() == 0 {
			fail(e.s, e.what, "state %d has no value to begin with", i)
		}
	}
	return e.s.Err() == nil
}

func (e *each) run() (state, out []tf.Output) {
	switch {
	case !e.s.Eager():
		return e.graph()
	case e.n == 0:
		return e.state, e.nothing()
	}
	return e.eager()
}

func (e *each) eager() (state, out []tf.Output) {
	s := e.s
	parts := make([][]tf.Output, len(e.elems))
	for k, x := range e.elems {
		parts[k] = op.Unpack(s, x, e.n, nil)
	}
	var rows [][]tf.Output
	state = e.state
	for i := range e.n {
		if e.reverse {
			i = e.n - 1 - i
		}
		elems := make([]tf.Output, len(e.elems))
		for k := range elems {
			elems[k] = parts[k][i]
		}
		next, row := e.f(s, slices.Clone(state), elems)
		if s.Err() != nil {
			return nil, nil
		}
		state, rows = next, append(rows, row)
		if !e.alike(rows[0], row) {
			return nil, nil
		}
	}
	if e.reverse {
		slices.Reverse(rows)
	}
	for k := range rows[0] {
		column := make([]tf.Output, len(rows))
		for i := range column {
			column[i] = rows[i][k]
		}
		out = append(out, op.Pack(s, column, nil))
	}
	return state, out
}

// alike checks a turn's results against the first turn's.
func (e *each) alike(first, row []tf.Output) bool {
	return same(e.s, e.what, "f", "result", first, row)
}

// nothing are the results over no elements: f is only traced, for types and
// shapes.
func (e *each) nothing() (out []tf.Output) {
	var specs []tf.TensorSpec
	for _, x := range e.state {
		specs = append(specs, tf.TensorSpec{DType: x.DType(), Shape: x.Shape()})
	}
	for _, x := range e.elems {
		specs = append(specs, tf.TensorSpec{DType: x.DType(), Shape: x.Shape()[1:]})
	}
	var kinds []result
	f, err := trace(e.s, strings.ToLower(e.what), specs, func(s *tf.Scope, in []tf.Output) []tf.Output {
		_, row := e.f(s, in[:len(e.state):len(e.state)], in[len(e.state):])
		for _, x := range row {
			kinds = append(kinds, result{x.DType(), x.Shape()})
		}
		return row
	})
	if err != nil {
		e.s.SetErr(err)
		return nil
	}
	f.Close()
	for _, k := range kinds {
		dims := make([]int32, 1, 1+len(k.shape))
		for _, d := range k.shape {
			dims = append(dims, int32(max(d, 0)))
		}
		out = append(out, op.Empty(e.s, tf.Const(e.s, dims), k.dtype, nil))
	}
	return out
}
