package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// xlaRules are the gradients of XLA's own operations that run outside of it too.
func xlaRules() map[string]rule {
	return map[string]rule{
		"XlaEinsum":   einsumRule,
		"XlaSharding": first(shardingGrad),
	}
}

// shardingGrad: a gradient is laid out as its value is.
func shardingGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return op.XlaSharding(s, dy, &op.XlaShardingAttrs{Sharding: o.AttrString("sharding"), UnspecifiedDims: o.AttrInts("unspecified_dims")})
}
