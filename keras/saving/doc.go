// Package saving reads and writes models as Keras does.
//
// [FromJSON] reads the text of Keras's model.to_json(), of version 3 and, for
// the layers that exist, 2; [ToJSON] writes it. Both hold what a model is made
// of, not its weights.
//
// # Errors
//
// A layer or an option that gotf does not have is an error that names both,
// unless the option is off; nothing is left out in silence. Errors wrap
// tf.InvalidArgument or, for an unknown class, tf.NotFound.
package saving
