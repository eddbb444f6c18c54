// Package losses compares predictions with what they should be.
//
// A loss is a struct whose fields are its configuration in Keras's names; the
// zero value is Keras's default. Its Values are one number a sample; [Compute]
// weighs and reduces them to the scalar that training minimises. JSON holds the
// configuration as Keras writes it.
//
// Labels and predictions that do not fit each other fail the scope with one
// line that gives both shapes. Losses may be used from many goroutines.
package losses
