package op_test

import (
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

func TestStrings(t *testing.T) {
	run(t, []call{
		{"StringJoin", func(s *tf.Scope) outputs {
			return outputs{op.StringJoin(s, outputs{words(s, "a", "b"), words(s, "x", "y")}, &op.StringJoinAttrs{Separator: "-"})}
		}, `string[2] ["a-x" "b-y"]`},
		{"StringFormat", func(s *tf.Scope) outputs {
			return outputs{op.StringFormat(s, outputs{ints(s, 1)}, &op.StringFormatAttrs{Template: op.Ptr("<%s>")}), op.StringFormat(s, nil, &op.StringFormatAttrs{Template: op.Ptr("")})}
		}, `string[] ["<[1]>"]; string[] [""]`},
		{"StringToNumber", func(s *tf.Scope) outputs { return outputs{op.StringToNumber(s, words(s, "2.5"), nil)} }, "float32[1] [2.5]"},
		{"DecodeRaw", func(s *tf.Scope) outputs { return outputs{op.DecodeRaw(s, words(s, "\x01\x02"), tf.Uint8, nil)} }, "uint8[1 2] [1 2]"},
		{"DecodeCSV", func(s *tf.Scope) outputs {
			return op.DecodeCSV(s, words(s, "1;b"), outputs{tf.Const(s, []int32{0}), words(s, "")}, &op.DecodeCSVAttrs{FieldDelim: ";"})
		}, `int32[1] [1]; string[1] ["b"]`},
	})
}

func TestResources(t *testing.T) {
	run(t, []call{
		{"lookup", func(s *tf.Scope) outputs {
			h := op.MutableHashTableV2(s, tf.String, tf.Int64, nil)
			op.LookupTableInsertV2(s, h, words(s, "a", "b"), tf.Const(s, []int64{1, 2}))
			return outputs{op.LookupTableFindV2(s, h, words(s, "b", "z"), tf.ConstScalar(s, int64(-1)))}
		}, "int64[2] [2 -1]"},
		{"variable", func(s *tf.Scope) outputs {
			h := op.VarHandleOp(s, tf.Float32, tf.Shape{2}, &op.VarHandleOpAttrs{SharedName: "v"})
			op.AssignVariableOp(s, h, floats(s, 1, 2), nil)
			op.AssignAddVariableOp(s, h, floats(s, 10, 10))
			return outputs{op.ReadVariableOp(s, h, tf.Float32)}
		}, "float32[2] [11 12]"},
		{"queue", func(s *tf.Scope) outputs {
			q := op.FIFOQueueV2(s, []tf.DType{tf.Float32, tf.String}, nil)
			op.QueueEnqueueV2(s, q, outputs{floats(s, 1), words(s, "a")}, nil)
			return op.QueueDequeueV2(s, q, []tf.DType{tf.Float32, tf.String}, nil)
		}, `float32[1] [1]; string[1] ["a"]`},
		{"stateless random", func(s *tf.Scope) outputs {
			seed := tf.Const(s, []int64{1, 2})
			a := op.StatelessRandomUniform(s, ints(s, 3), seed, nil)
			b := op.StatelessRandomUniform(s, ints(s, 3), seed, nil)
			return outputs{op.All(s, op.Equal(s, a, b, nil), axis(s, 0), nil)}
		}, "bool[] [true]"},
	})
}
