// Command graft builds networks with the op package of github.com/wamuir/graft,
// runs them there and in gotf, and compares the results and the gradients. It
// shows how graphs made with graft move to gotf: as a GraphDef.
//
// It is a module of its own, because graft needs libtensorflow when it is
// linked. run.sh builds and runs it.
package main

import (
	"fmt"
	"os"

	"github.com/gotf/gotf/tf"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "graft:", err)
		os.Exit(1)
	}
}

func run() error {
	version, err := tf.Version() // opens the library, or says how to get it
	if err != nil {
		return err
	}
	fmt.Println("TensorFlow", version)
	for _, n := range networks() {
		d, err := n.compare()
		if err != nil {
			return fmt.Errorf("%s: %w", n.name, err)
		}
		fmt.Printf("%-4s loss %.6f in both, largest difference %.1g; of %d gradients %.1g\n", n.name, d.loss, d.value, len(d.gradients), d.largest())
	}
	return nil
}
