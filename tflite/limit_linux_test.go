package tflite_test

import (
	"fmt"
	"os"
	"syscall"
)

// limitMemory leaves 16 GiB of addresses: damaged shapes reserve much and touch
// little, and the runtime does not survive a failed allocation.
func limitMemory() {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return
	}
	var pages uint64
	fmt.Sscan(string(text), &pages)
	most := pages*uint64(os.Getpagesize()) + 16<<30
	syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: most, Max: most})
}
