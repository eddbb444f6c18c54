package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// blockRules are the gradients of operations that only move elements, or pass
// them on.
func blockRules() map[string]rule {
	return map[string]rule{
		"BatchToSpace": first(func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
			return op.SpaceToBatch(s, dy, o.Input(1), o.AttrInt("block_size"))
		}),
		"SpaceToBatch": first(func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
			return op.BatchToSpace(s, dy, o.Input(1), o.AttrInt("block_size"))
		}),
		"DepthToSpace": first(func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
			return op.SpaceToDepth(s, dy, o.AttrInt("block_size"), &op.SpaceToDepthAttrs{DataFormat: o.AttrString("data_format")})
		}),
		"SpaceToDepth": first(func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
			return op.DepthToSpace(s, dy, o.AttrInt("block_size"), &op.DepthToSpaceAttrs{DataFormat: o.AttrString("data_format")})
		}),
		"Reverse": first(func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
			return op.Reverse(s, dy, o.Input(1))
		}),
		"ReverseSequence": first(func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
			as := &op.ReverseSequenceAttrs{BatchDim: o.AttrInt("batch_dim")}
			return op.ReverseSequence(s, dy, o.Input(1), o.AttrInt("seq_dim"), as)
		}),
		"Roll": first(func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
			return op.Roll(s, dy, op.Neg(s, o.Input(1)), o.Input(2))
		}),

		// stitch.go
		"DynamicPartition":      dynamicPartitionRule,
		"DynamicStitch":         dynamicStitchRule,
		"ParallelDynamicStitch": dynamicStitchRule,

		"_EagerConst": first(pass),
		"Copy":        first(pass),
		"CopyHost":    first(pass),
		"DeepCopy":    first(pass),

		// variant.go
		"OptionalFromValue":                    optionalRule,
		"OptionalGetValue":                     optionalValueRule,
		"CompositeTensorVariantFromComponents": compositeRule,
		"CompositeTensorVariantToComponents":   compositePartsRule,
	}
}
