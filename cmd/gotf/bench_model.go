package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// benchModel is a model that is measured.
type benchModel struct {
	about   benchAbout
	caller  func() (benchCall, func(), error) // makes a call for one goroutine, and frees it
	profile func(context.Context) ([]benchOp, error)
	calls   []benchCall
	frees   []func()
}

// benchCall runs the model once: inputs from memory, outputs to memory.
type benchCall func(context.Context) error

// callers makes n calls for as many goroutines, or takes those made before.
func (m *benchModel) callers(n int) ([]benchCall, error) {
	for len(m.calls) < n {
		call, free, err := m.caller()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.about.Path, err)
		}
		m.calls, m.frees = append(m.calls, call), append(m.frees, free)
	}
	return m.calls[:n], nil
}

func (m *benchModel) close() {
	for _, free := range slices.Backward(m.frees) {
		free()
	}
}

// load opens a model, runs it a first time and warms it up, with the memory
// that each takes. It returns nil if the flags name none of that kind.
func (o *benchOptions) load(ctx context.Context, open func(*benchOptions) (*benchModel, error), p *benchProgress) (*benchModel, error) {
	resetBenchPeak()
	before := readBenchMemory()
	start := time.Now()
	m, err := open(o)
	if m == nil || err != nil {
		return nil, err
	}
	if o.dir == "" || o.model == "" { // else the other one may have the names
		if err := o.checkNames([]*benchModel{m}); err != nil {
			m.close()
			return nil, err
		}
	}
	p.step(m.about.Path + ": warm-up")
	calls, err := m.callers(1)
	if err != nil {
		m.close()
		return nil, err
	}
	m.about.LoadMS = benchMS(time.Since(start))
	loaded := readBenchMemory()
	start = time.Now()
	if err := calls[0](ctx); err != nil {
		m.close()
		return nil, fmt.Errorf("%s: %w", m.about.Path, err)
	}
	m.about.FirstRunMS = benchMS(time.Since(start))
	for range o.warmup {
		if err := calls[0](ctx); err != nil {
			m.close()
			return nil, fmt.Errorf("%s: %w", m.about.Path, err)
		}
	}
	m.about.Memory = newBenchUse(before, loaded, readBenchMemory())
	return m, nil
}
