package app

import (
	"io"
	"strings"
	"testing"
)

// TestPrints keeps the library's log and Go's stacks out, in pieces of any size.
func TestPrints(t *testing.T) {
	const log = "2026-01-02 03:04:05.678901: I tensorflow/core/a.cc:12] hello\nI0000 00:00:1234.5 99 b.cc:7] hello\nWARNING: All log messages before absl::InitializeLog() is called\n"
	in := "noise\n" + log + printsBegin + "model prints [1 2]\n" + log + "I am no log\n\x1b[2J\nno end" + printsEnd + "noise\n" +
		printsBegin + "again\n" + printsEnd + printsBegin + "last\nSIGSEGV: segmentation violation\nPC=0x1\n"
	const want = "model prints [1 2]\nI am no log\n?[2J\nno end\nagain\nlast\n"
	for _, size := range []int{1, 7, len(in)} {
		var out strings.Builder
		p := &prints{to: &out}
		for rest := in; rest != ""; rest = rest[min(size, len(rest)):] {
			if n, err := io.WriteString(p, rest[:min(size, len(rest))]); n == 0 || err != nil {
				t.Fatal(n, err)
			}
		}
		if out.String() != want {
			t.Errorf("in pieces of %d: %q, want %q", size, out.String(), want)
		}
	}
}
