package handle_test

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gotf/gotf/internal/handle"
)

func TestClose(t *testing.T) {
	freed := 0
	h := handle.New(7, func(int) { freed++ })
	if p, err := h.Acquire(); err != nil || p != 7 {
		t.Fatalf("Acquire = %d, %v, want 7", p, err)
	}
	if h.Closed() {
		t.Fatal("Closed before Close")
	}
	h.Close()
	h.Close()
	if freed != 0 {
		t.Fatal("freed while a call was in flight")
	}
	if !h.Closed() {
		t.Fatal("not Closed after Close")
	}
	if _, err := h.Acquire(); !errors.Is(err, handle.ErrClosed) {
		t.Fatalf("Acquire after Close = %v, want ErrClosed", err)
	}
	h.Release()
	if freed != 1 || handle.Live() != 0 {
		t.Fatalf("freed %d times, %d live; want 1, 0", freed, handle.Live())
	}
}

func TestCloseNil(t *testing.T) {
	var h *handle.Handle[int]
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestCollected(t *testing.T) {
	done := make(chan struct{})
	_ = handle.New(7, func(int) { close(done) })
	for range 50 {
		runtime.GC()
		select {
		case <-done:
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Fatal("dropped handle was never freed")
}

// The object is freed once, after every call that got it has given it back.
func TestConcurrentClose(t *testing.T) {
	for range 200 {
		var inUse, freed atomic.Int64
		h := handle.New(7, func(int) {
			if n := inUse.Load(); n != 0 {
				t.Errorf("freed with %d calls in flight", n)
			}
			freed.Add(1)
		})
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for range 20 {
					if _, err := h.Acquire(); err != nil {
						return
					}
					inUse.Add(1)
					runtime.Gosched()
					inUse.Add(-1)
					h.Release()
				}
				if i < 2 {
					h.Close()
				}
			}()
		}
		wg.Wait()
		h.Close()
		if n := freed.Load(); n != 1 {
			t.Fatalf("freed %d times, want 1", n)
		}
	}
}

func BenchmarkAcquire(b *testing.B) {
	h := handle.New(7, func(int) {})
	defer h.Close()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.Acquire(); err != nil {
			b.Fatal(err)
		}
		h.Release()
	}
}

func BenchmarkNewClose(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		handle.New(7, func(int) {}).Close()
	}
}
