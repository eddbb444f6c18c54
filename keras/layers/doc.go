// Package layers holds Keras's layers.
//
// A layer is a struct: exported fields are its configuration, and a zero field is
// Keras's default; weights are unexported and made by Build. The same layer in
// two places shares its weights. JSON holds a layer's configuration with
// Keras's names; keras/core.Decode reads it with errors that name the option.
//
// Every layer here satisfies [core.Layer]. Shapes have the batch first, -1 where
// it is open, and channels last unless the layer says otherwise. Build and
// Call report a wrong input in one line that names the layer, what it takes
// and what came:
//
//	conv2d "conv2d_1": input must have rank 4 (batch, height, width, channels), got shape (None, 28, 28)
//
// A layer that was built may be called from many goroutines, each with a
// Context of its own.
package layers
