package handle_test

import (
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/gotf/gotf/internal/handle"
)

func TestClose(t *testing.T) {
	freed := 0
	h := handle.New(7, func(int) { freed++ })
	if _, err := h.Acquire(); err != nil {
		t.Fatal(err)
	}
	h.Close()
	h.Close()
	if freed != 0 {
		t.Fatal("freed while a call was in flight")
	}
	if _, err := h.Acquire(); !errors.Is(err, handle.ErrClosed) {
		t.Fatalf("Acquire after Close = %v, want ErrClosed", err)
	}
	h.Release()
	if freed != 1 || handle.Live() != 0 {
		t.Fatalf("freed %d times, %d live; want 1, 0", freed, handle.Live())
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
