package grad_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// listCases are functions that go through TensorLists.
func listCases() []opCase {
	type S = *tf.Scope
	type X = []tf.Output
	type O = tf.Output
	const d = tf.Float64
	i := func(s S, v int32) O { return tf.ConstScalar(s, v) }
	v := func(s S, v ...int32) O { return tf.Const(s, v) }
	rows := func(s S, x O) O { return op.TensorListFromTensor(s, x, v(s, 2)) }
	stack := func(s S, list O) O { return op.TensorListStack(s, list, v(s, 2), d, nil) }
	lengths := func(s S) O { return tf.Const(s, []int64{1, 0, 3}) }
	three := [][]int64{{3, 2}}
	return []opCase{
		{name: "FromTensor", in: three, f: func(s S, x X) O { return stack(s, rows(s, x[0])) }},
		{name: "FromTensor/scalars", in: [][]int64{{3}}, f: func(s S, x X) O {
			return op.TensorListStack(s, op.TensorListFromTensor(s, x[0], v(s)), v(s), d, nil)
		}},
		{name: "FromTensor/unknown shape", in: three, f: func(s S, x X) O {
			return op.TensorListStack(s, op.TensorListFromTensor(s, x[0], i(s, -1)), i(s, -1), d, nil)
		}},
		{name: "FromTensor/one of length 1", in: [][]int64{{1, 1}}, f: func(s S, x X) O {
			return op.TensorListGetItem(s, op.TensorListFromTensor(s, x[0], v(s, 1)), i(s, 0), v(s, 1), d)
		}},
		{name: "PushBack", in: [][]int64{{2}, {2}}, f: func(s S, x X) O {
			list := op.EmptyTensorList(s, v(s, 2), i(s, -1), d)
			for _, k := range []int{0, 1, 0} {
				list = op.TensorListPushBack(s, list, x[k])
			}
			return stack(s, list)
		}},
		{name: "PushBack/shapes differ", in: [][]int64{{2}, {3, 1}}, f: func(s S, x X) O {
			list := op.EmptyTensorList(s, i(s, -1), i(s, -1), d)
			list = op.TensorListPushBack(s, op.TensorListPushBack(s, list, x[0]), x[1])
			a := op.TensorListGetItem(s, list, i(s, 0), v(s, 2), d)
			return op.Mul(s, a, op.TensorListGetItem(s, list, i(s, 1), v(s, 3, 1), d))
		}},
		{name: "PopBack", in: three, f: func(s S, x X) O {
			list, last := op.TensorListPopBack(s, rows(s, x[0]), v(s, 2), d)
			return op.Mul(s, stack(s, list), last)
		}},
		{name: "PopBack/element only", in: three, f: func(s S, x X) O {
			_, last := op.TensorListPopBack(s, rows(s, x[0]), v(s, 2), d)
			return last
		}},
		{name: "PopBack/list only", in: three, f: func(s S, x X) O {
			list, _ := op.TensorListPopBack(s, rows(s, x[0]), v(s, 2), d)
			return stack(s, list)
		}},
		{name: "GetItem", in: three, f: func(s S, x X) O {
			list := rows(s, x[0])
			a, b := op.TensorListGetItem(s, list, i(s, 2), v(s, 2), d), op.TensorListGetItem(s, list, i(s, 0), v(s, 2), d)
			return op.Mul(s, op.Mul(s, a, b), op.TensorListGetItem(s, list, i(s, 2), v(s, 2), d))
		}},
		{name: "SetItem", in: [][]int64{{3, 2}, {2}}, f: func(s S, x X) O {
			list := rows(s, x[0])
			first := op.TensorListGetItem(s, list, i(s, 1), v(s, 2), d) // before it is overwritten
			return op.Mul(s, stack(s, op.TensorListSetItem(s, list, i(s, 1), x[1], nil)), first)
		}},
		{name: "SetItem/reserved", in: [][]int64{{2}, {2}}, f: func(s S, x X) O {
			list := op.TensorListReserve(s, v(s, 2), i(s, 4), d)
			list = op.TensorListSetItem(s, list, i(s, 3), x[0], nil)
			return stack(s, op.TensorListSetItem(s, list, i(s, 1), x[1], nil)) // the others are zeros
		}},
		{name: "SetItem/resize", in: [][]int64{{3, 2}, {2}}, f: func(s S, x X) O {
			list := op.TensorListSetItem(s, rows(s, x[0]), i(s, 4), x[1], &op.TensorListSetItemAttrs{ResizeIfIndexOutOfBounds: true})
			return stack(s, list)
		}},
		{name: "Resize/shorter", in: three, f: func(s S, x X) O { return stack(s, op.TensorListResize(s, rows(s, x[0]), i(s, 2))) }},
		{name: "Resize/longer", in: three, f: func(s S, x X) O { return stack(s, op.TensorListResize(s, rows(s, x[0]), i(s, 5))) }},
		{name: "Gather", in: three, f: func(s S, x X) O { return op.TensorListGather(s, rows(s, x[0]), v(s, 2, 0), v(s, 2), d) }},
		{name: "Gather/twice the same", in: three, f: func(s S, x X) O {
			return op.TensorListGather(s, rows(s, x[0]), v(s, 2, 0, 2), v(s, 2), d)
		}},
		{name: "Scatter", in: three, f: func(s S, x X) O { return stack(s, op.TensorListScatter(s, x[0], v(s, 3, 0, 1), v(s, 2))) }},
		{name: "ScatterV2", in: three, f: func(s S, x X) O {
			return stack(s, op.TensorListScatterV2(s, x[0], v(s, 3, 0, 1), v(s, 2), i(s, 6)))
		}},
		{name: "ScatterV2/twice the same", in: three, f: func(s S, x X) O {
			return stack(s, op.TensorListScatterV2(s, x[0], v(s, 3, 0, 3), v(s, 2), i(s, 4)))
		}},
		{name: "ScatterIntoExistingList", in: [][]int64{{3, 2}, {2, 2}}, f: func(s S, x X) O {
			return stack(s, op.TensorListScatterIntoExistingList(s, rows(s, x[0]), x[1], v(s, 2, 0)))
		}},
		{name: "ScatterIntoExistingList/longer, twice the same", in: [][]int64{{3, 2}, {3, 2}}, f: func(s S, x X) O {
			return stack(s, op.TensorListScatterIntoExistingList(s, rows(s, x[0]), x[1], v(s, 3, 0, 3)))
		}},
		{name: "Split", in: [][]int64{{4, 2}}, f: func(s S, x X) O {
			list := op.TensorListSplit(s, x[0], v(s, -1, 2), lengths(s))
			return op.TensorListGetItem(s, list, i(s, 2), v(s, 3, 2), d)
		}},
		{name: "Split, Concat", in: [][]int64{{4, 2}}, f: func(s S, x X) O {
			y, _ := op.TensorListConcat(s, op.TensorListSplit(s, x[0], i(s, -1), lengths(s)), d, nil)
			return y
		}},
		{name: "ConcatV2", in: [][]int64{{1, 2}, {3, 2}}, f: func(s S, x X) O {
			list := op.TensorListReserve(s, v(s, -1, 2), i(s, 3), d)
			list = op.TensorListSetItem(s, op.TensorListSetItem(s, list, i(s, 0), x[1], nil), i(s, 2), x[0], nil)
			y, _ := op.TensorListConcatV2(s, list, v(s, -1, 2), tf.Const(s, []int64{3, 2, 1}), d) // the second is zeros
			return y
		}},
		{name: "AddN", in: [][]int64{{3, 2}, {3, 2}}, f: func(s S, x X) O {
			return stack(s, op.AddN(s, []O{rows(s, x[0]), rows(s, x[1]), op.ZerosLike(s, rows(s, x[0]))}))
		}},
	}
}

func TestLists(t *testing.T) { checkCases(t, listCases()) }

// TestListsGolden compares the functions that Python has too.
func TestListsGolden(t *testing.T) {
	functions := map[string]opCase{}
	for _, c := range slices.Concat(listCases(), blockPassCases()) {
		functions[c.name] = c
	}
	for _, c := range goldenCases(t, "list") {
		if f, ok := functions[c.Name]; ok {
			t.Run(c.Name, func(t *testing.T) {
				inBothModes(t, func(t *testing.T, l lab) { c.compareFunction(t, l, f.f) })
			})
		} else if !strings.HasPrefix(c.Name, "TensorArray/") {
			t.Errorf("no function %q", c.Name)
		}
	}
}

// compareFunction compares f's values and gradients with Python's.
func (c *goldenCase) compareFunction(t *testing.T, l lab, f func(s *tf.Scope, x []tf.Output) tf.Output) {
	xs, dys, rs := c.inputs(t, l)
	one := func(s *tf.Scope, x []tf.Output) []tf.Output { return []tf.Output{f(s, x)} }
	outs, dxs := l.first(one, xs, dys, c.Wrt)
	roles := []string{"y0"}
	for k, i := range c.Wrt {
		outs, roles = append(outs, dxs[k]), append(roles, fmt.Sprintf("dx%d", i))
	}
	if c.Second == true {
		outs = append(outs, l.second(one, xs, dys, rs, c.Wrt)...)
		for _, i := range c.Wrt {
			roles = append(roles, fmt.Sprintf("ddx%d", i))
		}
		roles = append(roles, "ddy0")
	}
	for k, got := range l.fetch(outs...) {
		near(t, roles[k], got, c.want(t, roles[k]), c.Tolerance)
	}
}
