// Package optimizers turns gradients into updates of variables.
//
// An optimizer is a struct whose fields are its settings in Keras's names; zero
// fields are Keras's defaults. [State] says which variables it needs beside the
// learning rate and the count of iterations, [Apply] clips gradients, decays
// weights and updates, in Keras's order. JSON holds the settings as Keras writes
// them.
//
// The same optimizer may serve many models: it keeps nothing itself.
package optimizers
