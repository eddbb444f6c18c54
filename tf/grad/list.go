package grad

import (
	"slices"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// listRules are the gradients of TensorLists. The gradient of a list is a list
// of as many elements; one that was never set counts as zeros.
func listRules() map[string]rule {
	return map[string]rule{
		"TensorListFromTensor": first(listFromTensorGrad),
		"TensorListStack":      first(listStackGrad),
		"TensorListSplit":      first(listSplitGrad),
		"TensorListConcat":     first(listConcatGrad),
		"TensorListConcatV2":   first(listConcatGrad),
		"TensorListPushBack":   listPushRule,
		"TensorListPopBack":    listPopRule,
		"TensorListGetItem":    first(listGetGrad),
		"TensorListSetItem":    listSetRule,
		"TensorListResize":     first(func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output { return sizedLike(s, dy, o.Input(0)) }),

		// list_index.go
		"TensorListGather":                  first(listGatherGrad),
		"TensorListScatter":                 first(listScatterGrad),
		"TensorListScatterV2":               first(listScatterGrad),
		"TensorListScatterIntoExistingList": listScatterIntoRule,

		"TensorListReserve":      nil,
		"EmptyTensorList":        nil,
		"TensorListLength":       nil,
		"TensorListElementShape": nil,
	}
}

// elementShape is what list says of the shape of its elements.
func elementShape(s *tf.Scope, list tf.Output) tf.Output {
	return op.TensorListElementShape(s, list, tf.Int32)
}

// rowShape is the shape of the rows of x.
func rowShape(s *tf.Scope, x tf.Output) tf.Output {
	if sh := x.Shape(); len(sh) > 0 && !slices.Contains(sh[1:], -1) {
		return ints(s, sh[1:]...)
	}
	return op.Slice(s, op.Shape(s, x, nil), ints(s, 1), ints(s, -1))
}

// zeroList is a list like another, of elements that are not set.
func zeroList(s *tf.Scope, like tf.Output, d tf.DType) tf.Output {
	return op.TensorListReserve(s, elementShape(s, like), op.TensorListLength(s, like), d)
}

// sizedLike cuts a list to the length of another, or adds elements to it.
func sizedLike(s *tf.Scope, list, other tf.Output) tf.Output {
	return op.TensorListResize(s, list, op.TensorListLength(s, other))
}

func listFromTensorGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	x := o.Input(0)
	n := int64(-1)
	if sh := x.Shape(); len(sh) > 0 {
		n = sh[0]
	}
	return op.TensorListStack(s, dy, rowShape(s, x), x.DType(), &op.TensorListStackAttrs{NumElements: &n})
}

func listStackGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return op.TensorListFromTensor(s, dy, rowShape(s, dy))
}

// listSplitGrad puts the parts together again; those not set are as long as
// they were.
func listSplitGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	x, lengths := o.Input(0), o.Input(2)
	shape := op.ConcatV2(s, []tf.Output{ints(s, -1), rowShape(s, x)}, int32Scalar(s, 0))
	g, _ := op.TensorListConcatV2(s, dy, shape, lengths, x.DType())
	return g
}

// listConcatGrad serves both forms.
func listConcatGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return op.TensorListSplit(s, dy, elementShape(s, o.Input(0)), op.StopGradient(s, o.Output(1)))
}

// listPushRule: the last element of the gradient is that of what was added.
func listPushRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	x := o.Input(1)
	list, g := op.TensorListPopBack(s, dy[0], shapeOf(s, x), x.DType())
	return []tf.Output{list, g}
}

func listPopRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	if !carries(o.AttrType("element_dtype")) {
		return nil
	}
	both := filled(s, o, dy)
	return []tf.Output{op.TensorListPushBack(s, both[0], both[1])}
}

func listGetGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return op.TensorListSetItem(s, zeroList(s, o.Input(0), dy.DType()), o.Input(1), dy, nil)
}

// listSetRule: what was overwritten has no part in the result.
func listSetRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	list, index, x := o.Input(0), o.Input(1), o.Input(2)
	dx := make([]tf.Output, 3)
	if need[0] {
		dx[0] = op.TensorListSetItem(s, dy[0], index, op.ZerosLike(s, x), nil)
		if o.AttrBool("resize_if_index_out_of_bounds") {
			dx[0] = sizedLike(s, dx[0], list)
		}
	}
	if need[2] {
		dx[2] = op.TensorListGetItem(s, dy[0], index, shapeOf(s, x), x.DType())
	}
	return dx
}
