// Command gengradients writes docs/gradients.md: which operations package grad
// differentiates, and what is known of each.
//
//	go run ./internal/gengradients
//
// It runs in the folder of package grad and needs no library. It reads
//
//	testdata/registry.json          the operations that Python differentiates
//	testdata/*.json                 golden cases
//	testdata/checked.txt            what tests compare gradients with
//	testdata/checked-otherwise.txt  why some are not compared so
//	testdata/not-covered.txt        why some are not differentiated
//	testdata/second-order.txt       what there is to say of gradients of gradients
//	groups.txt of genop             the group of each operation
//
// and guide.md, the text above the tables.
package main

import (
	"fmt"
	"os"

	_ "embed"
)

//go:embed guide.md
var guide string

func main() {
	if err := run("../../docs/gradients.md"); err != nil {
		fmt.Fprintln(os.Stderr, "gengradients:", err)
		os.Exit(1)
	}
}

func run(path string) error {
	f, err := read()
	if err != nil {
		return err
	}
	return os.WriteFile(path, f.document(), 0o644)
}
