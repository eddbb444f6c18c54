package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gotf/gotf/cmd/gotf/internal/machine"
	"github.com/gotf/gotf/cmd/gotf/internal/modelio"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/tf"
)

// contender is a model that is measured.
type contender struct {
	about   about
	inputs  []modelio.Port
	outputs []modelio.Port
	caller  func() (call, func(), error) // makes a call for one goroutine, and frees it
	profile func(context.Context) ([]op, error)
	calls   []call
	frees   []func()
}

// call runs the model once: inputs from memory, outputs to memory.
type call func(context.Context) error

// callers makes n calls for as many goroutines, or takes those made before.
func (m *contender) callers(n int) ([]call, error) {
	for len(m.calls) < n {
		call, free, err := m.caller()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.about.Path, err)
		}
		m.calls, m.frees = append(m.calls, call), append(m.frees, free)
	}
	return m.calls[:n], nil
}

func (m *contender) close() {
	for _, free := range slices.Backward(m.frees) {
		free()
	}
}

// load opens a model, runs it a first time and warms it up, with the memory
// that each takes. It returns nil if the flags name none of that kind.
func (o *options) load(ctx context.Context, open func(*options) (*contender, error), p *progress) (*contender, error) {
	machine.ResetPeak()
	before := machine.ReadMemory()
	start := time.Now()
	m, err := open(o)
	if m == nil || err != nil {
		return nil, err
	}
	if o.dir == "" || o.model == "" { // else the other one may have the names
		if err := o.checkNames([]*contender{m}); err != nil {
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
	m.about.LoadMS = ms(time.Since(start))
	loaded := machine.ReadMemory()
	start = time.Now()
	if err := calls[0](ctx); err != nil {
		m.close()
		return nil, fmt.Errorf("%s: %w%s", m.about.Path, err, o.realInputs(m, err))
	}
	m.about.FirstRunMS = ms(time.Since(start))
	for range o.warmup {
		if err := calls[0](ctx); err != nil {
			m.close()
			return nil, fmt.Errorf("%s: %w", m.about.Path, err)
		}
	}
	m.about.Memory = newUse(before, loaded, machine.ReadMemory())
	return m, nil
}

// realInputs tells how to give inputs to a model that refuses random ones, or "".
func (o *options) realInputs(m *contender, err error) string {
	var random []string
	for _, in := range m.about.Inputs {
		if o.files[in.Name] == "" {
			random = append(random, in.Name+"=FILE.npy")
		}
	}
	if len(random) == 0 || !errors.Is(err, tf.InvalidArgument) {
		return ""
	}
	return "; the values were random, real ones come with --inputs " + terminal.ShellWord(strings.Join(random, ";"))
}
