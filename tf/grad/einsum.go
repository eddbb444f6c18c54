package grad

import (
	"strings"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// einsumRule: the gradient by one operand is the Einsum of dy and the other
// operand, repeated along the axes that only this operand had.
func einsumRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	ins, out, problem := subscripts(o)
	if problem != "" {
		return fail(s, o, tf.Unimplemented, "equation %q: %s", o.AttrString("equation"), problem)
	}
	dx := make([]tf.Output, len(ins))
	for i, x := range o.Inputs() {
		if !need[i] {
			continue
		}
		args, subs := []tf.Output{dy[0]}, []string{out}
		if len(ins) == 2 {
			args, subs = append(args, o.Input(1-i)), append(subs, ins[1-i])
		}
		known := strings.Join(subs, "")
		var kept strings.Builder
		var lost []int64
		for axis, label := range ins[i] {
			if strings.ContainsRune(known, label) {
				kept.WriteRune(label)
			} else {
				lost = append(lost, int64(axis))
			}
		}
		g := op.Einsum(s, args, strings.Join(subs, ",")+"->"+kept.String())
		if lost != nil {
			for _, axis := range lost {
				g = op.ExpandDims(s, g, int32Scalar(s, int(axis)))
			}
			g = op.BroadcastTo(s, g, shapeOf(s, x))
		}
		dx[i] = g
	}
	return dx
}

// subscripts takes o's equation apart, with a letter for each axis that an
// ellipsis stands for. An axis that was broadcast has a letter of its own.
func subscripts(o tf.Op) (ins []string, out, problem string) {
	left, out, ok := strings.Cut(strings.ReplaceAll(o.AttrString("equation"), " ", ""), "->")
	ins = strings.Split(left, ",")
	if !ok || len(ins) != o.NumInputs() {
		return nil, "", "the result's axes are not given"
	}
	if strings.Contains(left, "...") {
		if problem := expandEllipses(o, ins, &out); problem != "" {
			return nil, "", problem
		}
	}
	for _, sub := range append(ins, out) {
		for _, label := range sub {
			if strings.Count(sub, string(label)) > 1 {
				return nil, "", "the gradient of a repeated axis is not supported"
			}
		}
	}
	return ins, out, ""
}

// expandEllipses writes letters for ellipses, aligned at the right, in ins and
// out.
func expandEllipses(o tf.Op, ins []string, out *string) string {
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
				return "the ranks must be known"
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
				return "the sizes that an ellipsis stands for must be known"
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
	return ""
}
