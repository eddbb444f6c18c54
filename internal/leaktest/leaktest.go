// Package leaktest ends a package's tests with a check that every C object
// was closed.
package leaktest

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/gotf/gotf/internal/handle"
)

// grace is how long runs that a cancelled context left behind may take to end.
const grace = 2 * time.Second

// Main runs the tests and returns the exit code: 1 if they passed but C
// objects are still open. Use it as os.Exit(leaktest.Main(m)).
func Main(m *testing.M) int {
	code := m.Run()
	if code != 0 {
		return code
	}
	for end := time.Now().Add(grace); handle.Live() != 0 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	if n := handle.Live(); n != 0 {
		fmt.Fprintf(os.Stderr, "leaktest: %d C objects still open\n", n)
		return 1
	}
	return 0
}
