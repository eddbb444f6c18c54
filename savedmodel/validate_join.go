package savedmodel

import (
	"slices"

	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
)

// joined are the numbers of several inputs, one after the other.
func (s *sizeScope) joined(n *nodepb.NodeDef) sized {
	inputs, nums, fixed := dataInputs(n), []float64{}, true
	if n.GetOp() == "ConcatV2" && len(inputs) > 0 {
		inputs = inputs[:len(inputs)-1]
	}
	if len(inputs) > mostRank {
		return sized{}
	}
	for _, in := range inputs {
		v := s.value(in)
		if nums, fixed = append(nums, v.nums...), fixed && v.fixed; v.nums == nil || len(nums) > mostRank {
			return sized{}
		}
	}
	return sizedList(n, nums, fixed)
}

// stacked is several values as large as x, one after the other.
func (s *sizeScope) stacked(n *nodepb.NodeDef, x sized) sized {
	inputs := dataInputs(n)
	if n.GetOp() == "Pack" {
		from := []sized{}
		for _, in := range inputs {
			from = append(from, s.value(in))
		}
		if !x.ranked {
			return sized{}
		}
		return of(n, append([]float64{float64(len(inputs))}, x.shape...), from...)
	}
	if len(inputs) < 2 || !x.ranked {
		return sized{}
	}
	axis, last := s.value(inputs[len(inputs)-1]), float64(len(x.shape))
	if len(axis.nums) != 1 || !(axis.nums[0] >= -last && axis.nums[0] < last) {
		return sized{}
	}
	at := (int(axis.nums[0]) + len(x.shape)) % len(x.shape)
	shape, from := slices.Clone(x.shape), []sized{axis}
	shape[at] = 0
	for _, in := range inputs[:len(inputs)-1] {
		v := s.value(in)
		if from = append(from, v); len(v.shape) == len(shape) && v.shape[at] > 0 {
			shape[at] += v.shape[at]
		}
	}
	return of(n, shape, from...)
}

// product is that of two matrices, or of two stacks of them.
func (s *sizeScope) product(n *nodepb.NodeDef, x, y sized) sized {
	if len(x.shape) < 2 || len(y.shape) < 2 {
		return sized{}
	}
	side := func(v sized, at int, attrs ...string) float64 {
		for _, a := range attrs {
			if n.GetAttr()[a].GetB() {
				at = 3 - at
			}
		}
		return v.shape[len(v.shape)-at]
	}
	shape := slices.Clone(x.shape)
	if len(y.shape) > len(shape) {
		shape = slices.Clone(y.shape)
	}
	shape[len(shape)-2] = side(x, 2, "transpose_a", "adj_x")
	shape[len(shape)-1] = side(y, 1, "transpose_b", "adj_y")
	return of(n, shape, x, y)
}
