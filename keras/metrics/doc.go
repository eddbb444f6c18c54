// Package metrics summarises predictions over many batches.
//
// A metric is a struct whose fields are its configuration in Keras's names. What
// it has seen is in variables that the caller makes of State and sets to zero to
// begin again: the metrics here keep a total and a count, and their result is the
// quotient, 0 when there is nothing yet. JSON holds the configuration as Keras
// writes it.
//
// Metrics may be used from many goroutines; a state may not.
package metrics
