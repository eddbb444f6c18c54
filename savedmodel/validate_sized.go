package savedmodel

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gotf/gotf/tf"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
)

// sized is what is known of a value before anything runs. Sizes are float64: they
// cannot overflow.
type sized struct {
	ranked bool
	shape  []float64 // -1: any size
	width  float64   // of an element, in bytes
	nums   []float64 // the elements, of a small value of numbers
	fixed  bool      // it needs no input or variable
}

// elements is how many there are at least, unless there are none.
func (v sized) elements() float64 {
	n := 1.0
	for _, d := range v.shape {
		if d >= 0 {
			n *= d
		}
	}
	return n
}

func (v sized) String() string {
	parts := make([]string, len(v.shape))
	for i, d := range v.shape {
		parts[i] = "None"
		if d >= 0 {
			parts[i] = fmt.Sprintf("%.0f", d)
		}
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// of is a value with this shape, made of others.
func of(n *nodepb.NodeDef, shape []float64, from ...sized) sized {
	for i, d := range shape {
		if !(d >= 0) {
			shape[i] = -1
		}
	}
	v := sized{ranked: shape != nil && len(shape) <= mostRank, shape: shape, width: width(n), fixed: !slices.Contains(shape, -1)}
	for _, f := range from {
		v.fixed = v.fixed && f.fixed
	}
	return v
}

// width is the size of an element of what a node makes.
func width(n *nodepb.NodeDef) float64 {
	for _, name := range []string{"dtype", "element_dtype", "Tout", "output_dtype", "T", "Tidx", "Tparams"} {
		if t := n.GetAttr()[name].GetType(); t != 0 {
			return float64(max(tf.DType(t).Size(), 1))
		}
	}
	return 1
}

// sizeScope is a graph, or a function that is called with known values.
type sizeScope struct {
	nodes    map[string]*nodepb.NodeDef
	function string // "" is the graph itself
	known    map[string]sized
	deep     int
}

func newSizeScope(nodes map[string]*nodepb.NodeDef) *sizeScope {
	return &sizeScope{nodes: nodes, known: map[string]sized{}}
}

// mostChained is how many operations after each other are followed; fewer are
// new, as nodes are looked at after their inputs.
const mostChained = 1000

// value is what is known of an input of a node.
func (s *sizeScope) value(input string) sized {
	name := nodeOf(input)
	if v, ok := s.known[name]; ok {
		return v
	}
	n := s.nodes[name]
	if n == nil || s.deep >= mostChained {
		return sized{}
	}
	s.known[name] = sized{} // a loop leads here again
	s.deep++
	v := s.find(n)
	s.deep--
	s.known[name] = v
	return v
}

// input is what is known of input i of n.
func (s *sizeScope) input(n *nodepb.NodeDef, i int) sized {
	if i >= len(n.GetInput()) {
		return sized{}
	}
	return s.value(n.GetInput()[i])
}

// find is what is known of what n makes.
func (s *sizeScope) find(n *nodepb.NodeDef) sized {
	if v := s.made(n); v.ranked {
		return v
	}
	x := s.input(n, 0)
	switch n.GetOp() {
	case "Const":
		return constantSize(n)
	case "Identity", "StopGradient", "PreventGradient", "Snapshot", "Enter", "Exit", "Switch", "Merge", "NextIteration", "PlaceholderWithDefault", "EnsureShape":
		return x
	case "Cast":
		x.width = float64(max(tf.DType(n.GetAttr()["DstT"].GetType()).Size(), 1))
		return x
	case "Shape":
		if x.ranked && !slices.Contains(x.shape, -1) {
			return sizedList(n, x.shape, true)
		}
	case "Size":
		if x.ranked && !slices.Contains(x.shape, -1) {
			return sizedScalar(n, x.elements(), true)
		}
	case "Prod", "Sum":
		return s.reduced(n, x)
	case "StridedSlice":
		return s.sliced(n, x)
	case "Reshape", "ExpandDims", "Squeeze":
		return s.reshaped(n, x)
	}
	return sized{}
}

// constantSize is a constant that the file holds.
func constantSize(n *nodepb.NodeDef) sized {
	t := n.GetAttr()["value"].GetTensor()
	v := sized{ranked: true, shape: []float64{}, width: float64(max(tf.DType(t.GetDtype()).Size(), 1)), fixed: true}
	for _, d := range t.GetTensorShape().GetDim() {
		v.shape = append(v.shape, float64(d.GetSize()))
	}
	if v.elements() <= mostRank*2 {
		v.nums = constantNumbers(t, int(v.elements()))
	}
	return v
}

func sizedScalar(n *nodepb.NodeDef, x float64, fixed bool) sized {
	return sized{ranked: true, shape: []float64{}, width: width(n), nums: []float64{x}, fixed: fixed}
}

func sizedList(n *nodepb.NodeDef, nums []float64, fixed bool) sized {
	return sized{ranked: true, shape: []float64{float64(len(nums))}, width: width(n), nums: slices.Clone(nums), fixed: fixed}
}

// reduced is the product or sum of all numbers.
func (s *sizeScope) reduced(n *nodepb.NodeDef, x sized) sized {
	if x.nums == nil || len(x.shape) > 1 {
		return sized{}
	}
	total := 0.0
	if n.GetOp() == "Prod" {
		total = 1
	}
	for _, v := range x.nums {
		if n.GetOp() == "Prod" {
			total *= v
		} else {
			total += v
		}
	}
	return sizedScalar(n, total, x.fixed)
}

// reshaped is x with other dimensions.
func (s *sizeScope) reshaped(n *nodepb.NodeDef, x sized) sized {
	to := s.input(n, 1)
	switch {
	case !x.ranked:
		return sized{}
	case n.GetOp() == "Squeeze":
		x.shape = slices.DeleteFunc(slices.Clone(x.shape), func(d float64) bool { return d == 1 })
	case to.nums == nil:
		return sized{}
	case n.GetOp() == "Reshape":
		all := x.elements()
		x.shape = slices.Clone(to.nums)
		if i := slices.Index(x.shape, -1); i >= 0 {
			x.shape[i] = all / math.Max(x.elements(), 1)
		}
	default:
		at := len(x.shape)
		if len(to.nums) == 1 && to.nums[0] >= 0 && to.nums[0] < float64(at) {
			at = int(to.nums[0])
		}
		x.shape = slices.Insert(slices.Clone(x.shape), at, 1)
	}
	return x
}

// sliced is one of some numbers, or x with new dimensions of size 1.
func (s *sizeScope) sliced(n *nodepb.NodeDef, x sized) sized {
	mask := func(name string) int64 { return n.GetAttr()[name].GetI() }
	begin := s.input(n, 1)
	if len(begin.nums) == 1 && mask("shrink_axis_mask") == 1 && len(x.shape) == 1 && x.nums != nil {
		at := begin.nums[0]
		if at < 0 {
			at += float64(len(x.nums))
		}
		if at >= 0 && at < float64(len(x.nums)) {
			return sizedScalar(n, x.nums[int(at)], x.fixed)
		}
	}
	fresh, whole := mask("new_axis_mask"), mask("begin_mask")&mask("end_mask")
	if !x.ranked || fresh == 0 || len(begin.nums) > 62 || mask("shrink_axis_mask") != 0 || fresh|whole != 1<<len(begin.nums)-1 {
		return sized{}
	}
	x.shape = slices.Clone(x.shape)
	for i := range begin.nums {
		if fresh>>i&1 == 1 && i <= len(x.shape) {
			x.shape = slices.Insert(x.shape, i, 1)
		}
	}
	return x
}
