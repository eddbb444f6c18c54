package tflite_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

func TestPool(t *testing.T) {
	m, err := tflite.LoadModel(filepath.Join(models, "signatures.tflite"))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	p, err := tflite.NewPool(m, 3, nil)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	seen := map[*tflite.Interpreter]bool{}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 50 {
				err := p.Do(background, func(it *tflite.Interpreter) error {
					mu.Lock()
					seen[it] = true
					mu.Unlock()
					return scale(it, int64(1+(g+i)%5), float32(g))
				})
				if err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wg.Wait()
	if len(seen) > 3 {
		t.Errorf("%d interpreters, want at most 3", len(seen))
	}

	var lent []*tflite.Interpreter
	for range 3 {
		it, err := p.Get(background)
		if err != nil {
			t.Fatal(err)
		}
		lent = append(lent, it)
	}
	ctx, cancel := context.WithTimeout(background, 10*time.Millisecond)
	defer cancel()
	if _, err := p.Get(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a fourth: %v", err)
	}
	p.Put(lent[0])
	p.Put(lent[0]) // ignored
	p.Put(nil)
	waits := make(chan error)
	it, err := p.Get(background)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		_, err := p.Get(background)
		waits <- err
	}()
	time.Sleep(5 * time.Millisecond)
	p.Close()
	p.Close()
	if err := <-waits; !errors.Is(err, tf.FailedPrecondition) {
		t.Errorf("waiting when the pool closed: %v", err)
	}
	if err := scale(it, 2, 3); err != nil {
		t.Errorf("lent when the pool closed: %v", err)
	}
	for _, it := range append(lent[1:], it) {
		p.Put(it)
	}
	if _, err := p.Get(background); !errors.Is(err, tf.FailedPrecondition) {
		t.Errorf("after Close: %v", err)
	}
	if _, err := tflite.NewPool(m, -1, nil); !errors.Is(err, tf.InvalidArgument) {
		t.Errorf("size -1: %v", err)
	}
}
