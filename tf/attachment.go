package tf

import (
	"io"
	"sync"
)

// Attachment is something made of a function and kept with it, such as the
// functions that compute its gradient.
type Attachment = io.Closer

// attachments are closed with the function's definition.
type attachments struct {
	mu  sync.Mutex
	all map[string]Attachment
}

// Attach gives what was attached to f under a key, and makes it the first time.
// It is closed when f is freed.
func (f *Function) Attach(key string, make func() (Attachment, error)) (Attachment, error) {
	d, err := f.h.Acquire()
	if err != nil {
		return nil, Errorf("function "+f.name, FailedPrecondition, "it is closed")
	}
	defer f.h.Release()
	return d.attached.get(key, make)
}

func (a *attachments) get(key string, make func() (Attachment, error)) (Attachment, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if made, ok := a.all[key]; ok {
		return made, nil
	}
	made, err := make()
	if err != nil {
		return nil, err
	}
	if a.all == nil {
		a.all = map[string]Attachment{}
	}
	a.all[key] = made
	return made, nil
}

func (a *attachments) close() {
	for _, made := range a.all {
		made.Close()
	}
}
