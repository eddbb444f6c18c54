package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// passingRules are operations that let a value through, or add values up, and
// those whose results are places, which have no gradient.
func passingRules() map[string]rule {
	return map[string]rule{
		"AccumulateNV2":            addNRule,
		"BiasAddV1":                biasAddRule,
		"Print":                    first(pass),
		"RefIdentity":              first(pass),
		"DebugIdentity":            first(pass),
		"DebugIdentityV2":          first(pass),
		"DebugIdentityV3":          first(pass),
		"DebugGradientIdentity":    first(pass),
		"DebugGradientRefIdentity": first(pass),
		"CheckNumericsV2": first(func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
			return op.CheckNumericsV2(s, dy, "gradient: "+o.AttrString("message"))
		}),
		"SparseMatMul": sparseMatMulRule,
		"ArgMax":       nil,
		"ArgMin":       nil,
	}
}

// sparseMatMulRule: the product is float32 whatever the types of its inputs.
func sparseMatMulRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	a, b := o.Input(0), o.Input(1)
	ta, tb := o.AttrBool("transpose_a"), o.AttrBool("transpose_b")
	d := product(matProduct).gradients(s, castTo(s, a, tf.Float32), castTo(s, b, tf.Float32), dy[0], ta, tb, need)
	for i, x := range []tf.Output{a, b} {
		if need[i] {
			d[i] = castTo(s, d[i], x.DType())
		}
	}
	return d
}
