// Package keras builds and trains models: layers in a row, a loss, an
// optimizer and metrics, with the configuration, numbers and words of Keras.
//
// A [Sequential] describes a model; Build makes it a [Model], which has
// weights. Compile says how to train it, Fit trains it, Evaluate measures it,
// Predict uses it:
//
//	m, err := keras.Sequential{Layers: []core.Layer{
//		&layers.Input{Shape: tf.Shape{784}},
//		&layers.Dense{Units: 128, Activation: activations.Relu},
//		&layers.Dense{Units: 10, Activation: activations.Softmax},
//	}}.Build()
//
// Training runs as one graph: input, forward pass, loss, gradients, update and
// metrics are one step, and StepsPerExecution steps one run of a session.
// CompileConfig.RunEagerly runs operation by operation instead, with the same
// code and the same result.
//
// # Repeating a run
//
// The seed of a Sequential determines all that is random. The same seed, data,
// library and number of threads give the same weights, bit for bit, however
// many steps a run takes. (Some operations add in an order that depends on the
// number of threads in them.)
//
// # Lifetimes
//
// A Model owns C memory: close it. Tensors given to Fit may be closed after it;
// those returned by Predict and Values belong to the caller.
//
// # Errors
//
// An error is one line that names the model and what is wrong with it, and
// wraps a [tf.Code]. A model stays usable after an error, with the weights it
// has by then.
//
// # Concurrency
//
// A Model serves one goroutine at a time.
package keras
