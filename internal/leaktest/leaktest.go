// Package leaktest ends a package's tests with a check that every C object
// was closed.
package leaktest

import (
	"fmt"
	"os"
	"testing"

	"github.com/gotf/gotf/internal/handle"
)

// Main runs the tests and returns the exit code: 1 if they passed but C
// objects are still open. Use it as os.Exit(leaktest.Main(m)).
func Main(m *testing.M) int {
	code := m.Run()
	if n := handle.Live(); code == 0 && n != 0 {
		fmt.Fprintf(os.Stderr, "leaktest: %d C objects still open\n", n)
		return 1
	}
	return code
}
