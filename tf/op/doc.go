// Package op has a function for every operation of TensorFlow.
//
// A function adds its operation to a graph scope, or runs it at once on an eager
// scope:
//
//	y := op.MatMul(s, x, w, nil)
//	z := op.Conv2D(s, x, k, []int64{1, 1, 1, 1}, "SAME", &op.Conv2DAttrs{Dilations: d})
//
// Inputs come first, then attributes without a default, then, for operations
// that have them, a struct of attributes with one; nil takes all defaults.
// Types and list lengths that follow from the inputs are not asked for.
// An operation without results gives an Output too, to run or to wait for.
//
// # Optional attributes
//
// The zero value of a field means TensorFlow's default, which the field's
// comment gives. Where zero is a value of its own the field is a pointer:
//
//	op.FusedBatchNormV3(s, x, scale, offset, mean, variance, &op.FusedBatchNormV3Attrs{IsTraining: op.Ptr(false)})
//
// # Errors
//
// A failure stays in the scope ([tf.Scope.Err]), named by operation and line;
// later calls do nothing. Results then are zero values, and lists of a known
// length have that length, so that calls compose.
//
// The package holds the operations of TensorFlow 2.18.0 and 2.21.0. One that the
// library in use does not have fails with [tf.NotFound]. Some have no kernel for
// the CPU. Operations on references run in graphs only.
package op

//go:generate go run ../../internal/genop write -dir .
