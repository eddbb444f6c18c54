package tflite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/internal/library"
	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/tf"
)

// libraryOps are the custom operations that the TFLite library brings along.
var libraryOps = []string{"AudioSpectrogram", "Mfcc", "NumericVerify", "TFLite_Detection_PostProcess"}

// xnnpackOps are those that only XNNPACK has kernels for.
var xnnpackOps = []string{"Convolution2DTransposeBias", "MaxPoolingWithArgmax2D", "MaxUnpooling2D"}

// flexPrefix marks an operation of TensorFlow in a .tflite file.
const flexPrefix = "Flex"

// findOps looks for the custom operations of the model before the runtime is
// asked, and returns the TensorFlow library that some of them need, or "".
func (n *native) findOps() (flex string, err error) {
	var foreign, unknown []string
	for _, name := range n.source.facts.Custom {
		switch {
		case slices.ContainsFunc(n.options.Ops, func(op CustomOp) bool { return op.Name == name }):
		case strings.HasPrefix(name, flexPrefix):
			foreign = append(foreign, strings.TrimPrefix(name, flexPrefix))
		case slices.Contains(xnnpackOps, name) && !n.options.NoXNNPACK:
			n.onlyXNNPACK = append(n.onlyXNNPACK, name)
		case !slices.Contains(libraryOps, name):
			unknown = append(unknown, name)
		}
	}
	if len(n.options.Delegates) == 0 && len(unknown) > 0 {
		return "", errorf(newInterpreter, tf.Unimplemented, "%s", n.unknownOps(unknown))
	}
	if len(foreign) == 0 {
		return "", nil
	}
	path, why := "", "the option NoFlex is set"
	if !n.options.NoFlex {
		path, why = flexLibrary()
	}
	if why != "" && len(n.options.Delegates) == 0 {
		return "", errorf(newInterpreter, tf.Unimplemented, "the model needs TensorFlow's %s (Select TF ops): %s", operations(foreign), why)
	}
	return path, nil
}

// unknownOps says which operations are missing, and which may have been meant.
func (n *native) unknownOps(names []string) string {
	var have []string
	for _, op := range n.options.Ops {
		have = append(have, op.Name)
	}
	text := fmt.Sprintf("the model needs the custom %s, which neither the TFLite library nor the option Ops has", operations(names))
	if len(names) == 1 {
		text += suggest.DidYouMean(names[0], have)
	}
	return text
}

// operations writes "operation X" or "operations X, Y".
func operations(names []string) string {
	if len(names) == 1 {
		return "operation " + names[0]
	}
	return "operations " + strings.Join(names, ", ")
}

// flexLibrary is the TensorFlow library, open, or why it does not lend its
// operations.
func flexLibrary() (path, why string) {
	const wheel = "the wheel tensorflow-cpu 2.18.0 has them"
	version, err := tf.Version()
	if err != nil {
		return "", fmt.Sprintf("%v; %s", err, wheel)
	}
	if !ctf.HasSymbol("TF_AcquireFlexDelegate") {
		return "", fmt.Sprintf("TensorFlow %s has no Flex delegate; %s", version, wheel)
	}
	found, err := library.Find(library.TensorFlow)
	if err != nil {
		return "", err.Error()
	}
	return found.Path, ""
}
