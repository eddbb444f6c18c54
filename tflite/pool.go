package tflite

import (
	"context"
	"errors"
	"runtime"
	"sync"

	"github.com/gotf/gotf/tf"
)

// Pool lends interpreters of one model to many goroutines. Interpreters are
// made when they are first needed and kept; see [Options] for what they share.
type Pool struct {
	model   *Model
	options *Options
	room    chan struct{} // a token for each interpreter lent
	closing chan struct{} // closed by Close

	mu     sync.Mutex
	idle   []*Interpreter
	lent   map[*Interpreter]bool
	closed bool
}

// NewPool makes a pool of at most size interpreters; 0 means one for each
// processor that Go uses. It makes the first one, so that a model that does
// not run is an error here. The model must stay open.
func NewPool(m *Model, size int, o *Options) (*Pool, error) {
	switch {
	case size < 0:
		return nil, errorf("new pool", tf.InvalidArgument, "the size must not be negative, got %d", size)
	case size == 0:
		size = runtime.GOMAXPROCS(0)
	}
	first, err := NewInterpreter(m, o)
	if err != nil {
		return nil, err
	}
	return &Pool{
		model: m, options: o, room: make(chan struct{}, size), closing: make(chan struct{}),
		idle: []*Interpreter{first}, lent: map[*Interpreter]bool{},
	}, nil
}

// Get lends an interpreter until Put. It waits for one as long as ctx allows.
// Inputs hold what their last user set, and may have other shapes.
func (p *Pool) Get(ctx context.Context) (*Interpreter, error) {
	if ctx.Err() != nil {
		return nil, ended("pool", ctx)
	}
	select {
	case p.room <- struct{}{}:
	case <-p.closing:
		return nil, errorf("pool", tf.FailedPrecondition, "%w", errPoolClosed)
	case <-ctx.Done():
		return nil, ended("pool", ctx)
	}
	it, err := p.take()
	if err != nil {
		<-p.room
		return nil, err
	}
	return it, nil
}

var errPoolClosed = errors.New("use of closed pool")

func (p *Pool) take() (*Interpreter, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, errorf("pool", tf.FailedPrecondition, "%w", errPoolClosed)
	}
	if last := len(p.idle) - 1; last >= 0 { // the warmest
		it := p.idle[last]
		p.idle = p.idle[:last]
		p.lent[it] = true
		p.mu.Unlock()
		return it, nil
	}
	p.mu.Unlock()
	it, err := NewInterpreter(p.model, p.options)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lent[it] = true
	return it, nil
}

// Put gives back what Get lent. Anything else, or an interpreter put twice, is
// ignored.
func (p *Pool) Put(it *Interpreter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.lent[it] {
		return
	}
	delete(p.lent, it)
	if p.closed || it.h.Closed() {
		it.Close()
	} else {
		p.idle = append(p.idle, it)
	}
	<-p.room
}

// Do calls f with an interpreter of the pool.
func (p *Pool) Do(ctx context.Context, f func(*Interpreter) error) error {
	it, err := p.Get(ctx)
	if err != nil {
		return err
	}
	defer p.Put(it)
	return f(it)
}

// Close closes the interpreters: the idle ones now, those that are lent when
// they are put back. Get fails from now on.
func (p *Pool) Close() error {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil
	}
	p.closed = true
	close(p.closing)
	for _, it := range p.idle {
		it.Close()
	}
	p.idle = nil
	return nil
}
