package main

import (
	"fmt"
	"os"
	"syscall"
)

// hostileLimit leaves a worker 16 GiB of addresses: the libraries reserve much
// and touch little.
func hostileLimit() {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return
	}
	var pages uint64
	fmt.Sscan(string(text), &pages)
	most := pages*uint64(os.Getpagesize()) + 16<<30
	syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: most, Max: most})
}
