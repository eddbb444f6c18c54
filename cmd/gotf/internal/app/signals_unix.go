//go:build unix

package app

import (
	"os/signal"
	"syscall"
)

// ignoreSignals lets a write past the file size limit fail as any other write
// on a full disk does.
func ignoreSignals() { signal.Ignore(syscall.SIGXFSZ) }
