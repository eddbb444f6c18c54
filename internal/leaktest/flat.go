package leaktest

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/gotf/gotf/internal/handle"
)

// Long skips tests of minutes, which only GOTF_LONG=1 asks for.
func Long(t *testing.T) {
	t.Helper()
	if os.Getenv("GOTF_LONG") == "" {
		t.Skip("takes minutes; GOTF_LONG=1 runs it")
	}
}

// Flat runs n steps, a tenth of them first to fill pools and caches, and fails
// if memory then grows by more than allowed bytes: some slack for the heaps of
// Go and C, which settle at different sizes, and far below what the n steps
// would leave if each lost what it used. No step may leave an open object.
func Flat(t *testing.T, n, allowed int, step func(i int)) {
	t.Helper()
	live := handle.Live()
	for i := range n / 10 {
		step(i)
	}
	debug.FreeOSMemory()
	before := Resident(t)
	for i := range n {
		step(n/10 + i)
	}
	debug.FreeOSMemory()
	wantLive(t, live)
	after := Resident(t)
	t.Logf("%d steps: %d -> %d MB", n, before>>20, after>>20)
	if after-before > allowed {
		t.Errorf("memory grew by %d MB in %d steps, want at most %d", (after-before)>>20, n, allowed>>20)
	}
}

// Resident is the memory of the process, in bytes.
func Resident(t testing.TB) int {
	t.Helper()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("no /proc: ", err)
	}
	var size, pages int
	fmt.Sscan(string(b), &size, &pages)
	return pages * os.Getpagesize()
}

// wantLive waits until the collector has left want objects open.
func wantLive(t *testing.T, want int64) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); handle.Live() != want; runtime.GC() {
		if time.Now().After(end) {
			t.Fatalf("%d C objects are open, want %d", handle.Live(), want)
		}
		time.Sleep(time.Millisecond)
	}
}
