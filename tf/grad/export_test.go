package grad

// Floats is for tests: the elements of a tensor, as Check sees them.
var Floats = floats
