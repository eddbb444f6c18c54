package savedmodel

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/gotf/gotf/tf"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	tensorpb "github.com/wamuir/graft/tensorflow/core/framework/tensor_go_proto"
)

// shapedBy is, for operations that make a value of the shape that an input says,
// the index of that input.
var shapedBy = map[string]int{
	"Fill": 0, "BroadcastTo": 1, "Empty": 0, "ScatterNd": 2, "SparseToDense": 1, "Conv2DBackpropInput": 0, "Conv3DBackpropInputV2": 0,
	"RandomUniform": 0, "RandomUniformInt": 0, "RandomStandardNormal": 0, "TruncatedNormal": 0, "ParameterizedTruncatedNormal": 0,
	"StatelessRandomUniform": 0, "StatelessRandomNormal": 0, "StatelessTruncatedNormal": 0, "StatelessRandomUniformInt": 0,
	"StatelessRandomUniformFullInt": 0, "StatelessRandomUniformV2": 0, "StatelessRandomNormalV2": 0, "StatelessTruncatedNormalV2": 0,
	"StatelessRandomUniformIntV2": 0, "StatelessRandomUniformFullIntV2": 0, "StatefulUniform": 2, "StatefulStandardNormalV2": 2,
	"StatefulTruncatedNormal": 2, "StatefulUniformInt": 2,
}

// folds reports whether the converter computes such a value of constants.
func folds(op string) bool { return op == "Fill" || op == "BroadcastTo" }

// made is what is known of a value that can be larger than what it is made of;
// not ranked if n makes no such value.
func (s *sizeScope) made(n *nodepb.NodeDef) sized {
	x := s.input(n, 0)
	op := n.GetOp()
	if i, ok := shapedBy[op]; ok {
		dims := s.input(n, i)
		if v := of(n, slices.Clone(dims.nums), dims); dims.nums != nil {
			v.fixed = v.fixed && folds(op) && s.input(n, 1-i).fixed
			if op == "Fill" && len(s.input(n, 1).nums) == 1 && v.elements() <= mostRank {
				v.nums = slices.Repeat(s.input(n, 1).nums, int(v.elements()))
			}
			return v
		}
		return sized{}
	}
	switch op {
	case "ZerosLike", "OnesLike":
		if x.ranked {
			return of(n, slices.Clone(x.shape), x)
		}
	case "Tile", "Pad", "PadV2", "MirrorPad":
		return s.grown(n, x)
	case "Range":
		return s.counted(n)
	case "LinSpace":
		if num := s.input(n, 2); len(num.nums) == 1 {
			return of(n, []float64{num.nums[0]}, num, x, s.input(n, 1))
		}
	case "OneHot":
		return s.oneHot(n, x)
	case "TensorListReserve", "TensorArrayV3":
		return s.reserved(n)
	case "ResizeBilinear", "ResizeNearestNeighbor", "ResizeBicubic", "ResizeArea":
		if size := s.input(n, 1); len(size.nums) == 2 {
			return of(n, []float64{-1, size.nums[0], size.nums[1], -1})
		}
	case "Diag", "MatrixDiag", "MatrixDiagV2", "MatrixDiagV3":
		return s.diagonal(n, x)
	case "Pack", "ConcatV2":
		if v := s.joined(n); v.ranked {
			return v
		}
		return s.stacked(n, x)
	case "MatMul", "BatchMatMul", "BatchMatMulV2":
		return s.product(n, x, s.input(n, 1))
	case "Add", "AddV2", "Sub", "Mul", "Maximum", "Minimum", "FloorDiv", "RealDiv", "Pow":
		return s.binary(n, x, s.input(n, 1))
	}
	return sized{}
}

// grown is x repeated, or with more around it.
func (s *sizeScope) grown(n *nodepb.NodeDef, x sized) sized {
	by := s.input(n, 1)
	step := 1 // numbers for each dimension
	if n.GetOp() != "Tile" {
		step = 2
	}
	if by.nums == nil || len(by.nums)%step != 0 {
		return sized{}
	}
	shape := make([]float64, len(by.nums)/step)
	for i := range shape {
		shape[i] = 1
		if len(x.shape) == len(shape) && x.shape[i] >= 0 {
			shape[i] = x.shape[i]
		}
		if step == 1 {
			shape[i] *= by.nums[i]
		} else {
			shape[i] += by.nums[2*i] + by.nums[2*i+1]
		}
	}
	v := of(n, shape, x, by)
	v.fixed = v.fixed && !slices.Contains(x.shape, -1)
	return v
}

// counted is a Range.
func (s *sizeScope) counted(n *nodepb.NodeDef) sized {
	start, limit, delta := s.input(n, 0), s.input(n, 1), s.input(n, 2)
	if len(start.nums) != 1 || len(limit.nums) != 1 || len(delta.nums) != 1 || delta.nums[0] == 0 {
		return sized{}
	}
	steps := math.Ceil((limit.nums[0] - start.nums[0]) / delta.nums[0])
	v := of(n, []float64{math.Max(steps, 0)}, start, limit, delta)
	if steps >= 0 && steps <= mostRank {
		v.nums = []float64{}
		for i := range int(steps) {
			v.nums = append(v.nums, start.nums[0]+float64(i)*delta.nums[0])
		}
	}
	return v
}

func (s *sizeScope) oneHot(n *nodepb.NodeDef, indices sized) sized {
	depth := s.input(n, 1)
	if len(depth.nums) != 1 {
		return sized{}
	}
	return of(n, append(slices.Clone(indices.shape), depth.nums[0]), indices, depth)
}

// reserved is a list of a number of tensors, which the converter makes one.
func (s *sizeScope) reserved(n *nodepb.NodeDef) sized {
	at, shape := 0, []float64{}
	if n.GetOp() == "TensorListReserve" {
		at = 1
		shape = append(shape, s.input(n, 0).nums...)
	}
	num := s.input(n, at)
	if len(num.nums) != 1 {
		return sized{}
	}
	v := of(n, append([]float64{num.nums[0]}, shape...))
	v.fixed, v.width = false, math.Max(v.width, 8)
	return v
}

// diagonal is square in what it is made of.
func (s *sizeScope) diagonal(n *nodepb.NodeDef, x sized) sized {
	if len(x.shape) == 0 {
		return sized{}
	}
	last := x.shape[len(x.shape)-1]
	shape := append(slices.Clone(x.shape), last)
	if n.GetOp() == "Diag" {
		shape = append(slices.Clone(x.shape), x.shape...)
	}
	from := []sized{x}
	if rows, cols := s.input(n, 2), s.input(n, 3); len(rows.nums) == 1 && len(cols.nums) == 1 {
		for i, given := range []float64{rows.nums[0], cols.nums[0]} {
			if given >= 0 {
				shape[len(shape)-2+i] = given
			}
		}
		from = append(from, rows, cols)
	}
	return of(n, shape, from...)
}

// binary is the value of two, each of which is repeated along the dimensions
// where its size is 1.
func (s *sizeScope) binary(n *nodepb.NodeDef, x, y sized) sized {
	if !x.ranked || !y.ranked {
		return sized{}
	}
	shape := make([]float64, max(len(x.shape), len(y.shape)))
	at := func(v sized, i int) float64 {
		if i -= len(shape) - len(v.shape); i >= 0 {
			return v.shape[i]
		}
		return 1
	}
	for i := range shape {
		if shape[i] = at(x, i); shape[i] == 1 {
			shape[i] = at(y, i)
		}
	}
	v := of(n, shape, x, y)
	v.width = math.Max(x.width, y.width)
	if len(x.nums) == 0 || len(y.nums) == 0 || v.elements() > mostRank {
		return v
	}
	if len(x.nums) != len(y.nums) && len(x.nums) != 1 && len(y.nums) != 1 {
		return v
	}
	for i := range max(len(x.nums), len(y.nums)) {
		v.nums = append(v.nums, compute(n.GetOp(), x.nums[min(i, len(x.nums)-1)], y.nums[min(i, len(y.nums)-1)]))
	}
	return v
}

func compute(op string, x, y float64) float64 {
	switch op {
	case "Add", "AddV2":
		return x + y
	case "Sub":
		return x - y
	case "Mul":
		return x * y
	case "Maximum":
		return math.Max(x, y)
	case "Minimum":
		return math.Min(x, y)
	case "FloorDiv":
		return math.Floor(x / y)
	case "Pow":
		return math.Pow(x, y)
	}
	return x / y
}

// constantNumbers are the n elements of a constant of numbers, nil if it is of
// others.
func constantNumbers(t *tensorpb.TensorProto, n int) []float64 {
	var out []float64
	raw := t.GetTensorContent()
	switch d := tf.DType(t.GetDtype()); {
	case d == tf.Int32 && len(raw) > 0:
		out = rawNumbers[int32](raw, n)
	case d == tf.Int64 && len(raw) > 0:
		out = rawNumbers[int64](raw, n)
	case d == tf.Float32 && len(raw) > 0:
		out = rawNumbers[float32](raw, n)
	case d == tf.Float64 && len(raw) > 0:
		out = rawNumbers[float64](raw, n)
	case d == tf.Int32:
		out = numbers(t.GetIntVal(), n)
	case d == tf.Int64:
		out = numbers(t.GetInt64Val(), n)
	case d == tf.Float32:
		out = numbers(t.GetFloatVal(), n)
	case d == tf.Float64:
		out = numbers(t.GetDoubleVal(), n)
	default:
		return nil
	}
	last := 0.0 // stands for those that are not there
	if len(out) > 0 {
		last = out[len(out)-1]
	}
	for len(out) < n {
		out = append(out, last)
	}
	return out
}

func rawNumbers[T int32 | int64 | float32 | float64](raw []byte, n int) []float64 {
	var one T
	values := make([]T, min(len(raw)/binary.Size(one), n))
	if _, err := binary.Decode(raw, binary.LittleEndian, values); err != nil {
		return nil
	}
	return numbers(values, n)
}

func numbers[T int32 | int64 | float32 | float64](values []T, n int) []float64 {
	values = values[:min(len(values), n)]
	out := make([]float64, 0, n)
	for _, v := range values {
		out = append(out, float64(v))
	}
	return out
}
