package grad

// Floats is for tests: the elements of a tensor, as Check sees them.
var Floats = floats

// Observe is for tests: f is told of each operation whose type's gradient is used.
func Observe(f func(opType string)) { observe = f }
