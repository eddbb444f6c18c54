package library_test

import (
	"errors"
	"fmt"

	"github.com/gotf/gotf/internal/library"
)

func ExampleFind() {
	found, err := library.Find(library.TensorFlow)
	var missing *library.MissingError
	switch {
	case errors.As(err, &missing):
		fmt.Println("fetch it with:", missing.Command())
	case err != nil:
		fmt.Println("cannot run here:", err)
	default:
		fmt.Println("open", found.Path != "")
	}
	// Output: open true
}

func ExampleVersions() {
	fmt.Println(library.Versions(false), library.Versions(true))
	// Output: [2.18.0 2.21.0] [2.18.0]
}
