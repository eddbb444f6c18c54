package grad

import (
	"slices"
	"strings"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// ellipsis stands in subscripts for the axes that "..." does.
const ellipsis = '…'

// einsumRule: the gradient by one operand is the Einsum of dy and the other
// operand (its conjugate), spread over the axes that only this operand had, and
// put on the diagonal if it had an axis twice.
func einsumRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	ins, out, problem := subscripts(o)
	if problem != "" {
		return fail(s, o, tf.InvalidArgument, "equation %q: %s", o.AttrString("equation"), problem)
	}
	dx := make([]tf.Output, len(ins))
	for i, x := range o.Inputs() {
		if !need[i] {
			continue
		}
		args, subs := []tf.Output{dy[0]}, []string{out}
		if len(ins) == 2 {
			args, subs = append(args, conj(s, o.Input(1-i))), append(subs, ins[1-i])
		}
		all := distinctLabels(ins[i])
		kept := commonLabels(all, strings.Join(subs, ""))
		g := einsumOver(s, args, subs, kept)
		if kept != all {
			g = einsum(s, []tf.Output{g, op.OnesLike(s, x)}, []string{kept, ins[i]}, all)
		}
		if all != ins[i] {
			g = einsum(s, []tf.Output{g}, []string{all}, ins[i])
		}
		if len(ins) == 2 && strings.ContainsRune(ins[i], ellipsis) && strings.ContainsRune(ins[1-i], ellipsis) {
			g = sumEllipsis(s, g, x, o.Input(1-i), ins[i], ins[1-i])
		}
		dx[i] = g
	}
	return dx
}

func einsum(s *tf.Scope, args []tf.Output, ins []string, out string) tf.Output {
	equation := strings.Join(ins, ",") + "->" + out
	if equation == out+"->"+out {
		return args[0]
	}
	return op.Einsum(s, args, strings.ReplaceAll(equation, string(ellipsis), "..."))
}

// einsumOver is einsum, with the axes of an ellipsis summed where out has none.
func einsumOver(s *tf.Scope, args []tf.Output, ins []string, out string) tf.Output {
	if strings.ContainsRune(out, ellipsis) || !strings.ContainsRune(strings.Join(ins, ""), ellipsis) {
		return einsum(s, args, ins, out)
	}
	g := einsum(s, args, ins, string(ellipsis)+out)
	rest := op.Sub(s, op.Rank(s, g), int32Scalar(s, len(out)))
	return op.Sum(s, g, op.Range(s, int32Scalar(s, 0), rest, int32Scalar(s, 1)), nil)
}

// distinctLabels leaves out letters that sub had before.
func distinctLabels(sub string) string {
	var once strings.Builder
	for i, label := range sub {
		if !strings.ContainsRune(sub[:i], label) {
			once.WriteRune(label)
		}
	}
	return once.String()
}

// commonLabels are the letters of sub that others have too.
func commonLabels(sub, others string) string {
	return strings.Map(func(label rune) rune {
		if strings.ContainsRune(others, label) {
			return label
		}
		return -1
	}, sub)
}

// sumEllipsis sums g to x's shape. It has the axes of x, but for the ellipsis those
// that x and y were broadcast to.
func sumEllipsis(s *tf.Scope, g, x, y tf.Output, subX, subY string) tf.Output {
	part := func(x tf.Output, sub string) (tf.Output, int64) {
		before, after, _ := strings.Cut(sub, string(ellipsis))
		from, to := int64(len(before)), -int64(len(after))
		attrs := &op.StridedSliceAttrs{}
		if to == 0 {
			attrs.EndMask = 1
		}
		return op.StridedSlice(s, shapeOf(s, x), ints(s, from), ints(s, to), ints(s, 1), attrs), from
	}
	px, first := part(x, subX)
	py, _ := part(y, subY)
	axes, _ := op.BroadcastGradientArgs(s, px, py)
	axes = op.AddV2(s, axes, int32Scalar(s, int(first)))
	return op.Reshape(s, op.Sum(s, g, axes, nil), shapeOf(s, x))
}

// subscripts takes o's equation apart. Where shapes are known it has a letter for
// each axis that an ellipsis stands for; an axis that was broadcast has a letter
// of its own.
func subscripts(o tf.Op) (ins []string, out, problem string) {
	left, out, ok := strings.Cut(strings.ReplaceAll(o.AttrString("equation"), " ", ""), "->")
	ins = strings.Split(left, ",")
	if !ok || len(ins) != o.NumInputs() {
		return nil, "", "the result's axes are not given"
	}
	if strings.Contains(left, "...") {
		expanded, to := slices.Clone(ins), out
		if expandEllipses(o, expanded, &to) {
			return expanded, to, ""
		}
		for i := range ins {
			ins[i] = strings.Replace(ins[i], "...", string(ellipsis), 1)
		}
		out = strings.Replace(out, "...", string(ellipsis), 1)
	}
	return ins, out, ""
}

// expandEllipses writes letters for ellipses, aligned at the right, in ins and
// out. It is false where too little is known of the shapes.
func expandEllipses(o tf.Op, ins []string, out *string) bool {
	used := strings.Join(ins, "") + *out
	fresh := func() string {
		for c := 'a'; ; c++ {
			if c == 'z'+1 {
				c = 'A'
			}
			if !strings.ContainsRune(used, c) {
				used += string(c)
				return string(c)
			}
		}
	}
	dims := make([]tf.Shape, len(ins)) // what each ellipsis stands for
	rank := 0
	for i, sub := range ins {
		if before, after, ok := strings.Cut(sub, "..."); ok {
			shape := o.Input(i).Shape()
			if len(shape) < len(before)+len(after) {
				return false
			}
			dims[i] = shape[len(before) : len(shape)-len(after)]
			rank = max(rank, len(dims[i]))
		}
	}
	names, common := make([]string, len(ins)), ""
	for k := rank; k > 0; k-- { // the axis k from the right
		label := fresh()
		common += label
		sizes := map[int]int64{}
		for i, d := range dims {
			if k <= len(d) {
				sizes[i] = d[len(d)-k]
			}
		}
		for i := range ins {
			size, has := sizes[i]
			other, both := sizes[1-i]
			switch {
			case !has:
			case both && (size < 0 || other < 0):
				return false
			case both && size == 1 && other != 1:
				names[i] += fresh()
			default:
				names[i] += label
			}
		}
	}
	for i := range ins {
		ins[i] = strings.Replace(ins[i], "...", names[i], 1)
	}
	*out = strings.Replace(*out, "...", common, 1)
	return true
}
