package grad

import (
	"slices"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// reshapeGrad serves all that only changes the shape.
func reshapeGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output { return reshapeLike(s, dy, o.Input(0)) }

func transposeGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	perm := o.Input(1)
	if v, ok := constAxes(perm, max(len(o.Input(0).Shape()), 1)); ok {
		inverse := make([]int64, len(v))
		for i, a := range v {
			inverse[a] = int64(i)
		}
		return op.Transpose(s, dy, ints(s, inverse...))
	}
	return op.Transpose(s, dy, op.InvertPermutation(s, perm))
}

// castGrad: back to the input's type; integers have no gradient.
func castGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	if d := o.Input(0).DType(); d.IsFloating() || d.IsComplex() {
		return op.Cast(s, dy, d, nil)
	}
	return tf.Output{}
}

func broadcastToGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return sumTo(s, dy, o.Input(0), o.Output(0))
}

// fillRule: the value was repeated everywhere.
func fillRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	return []tf.Output{{}, sumAll(s, dy[0])}
}

func sumAll(s *tf.Scope, x tf.Output) tf.Output {
	if sh := x.Shape(); sh != nil {
		axes := make([]int64, len(sh))
		for i := range axes {
			axes[i] = int64(i)
		}
		return op.Sum(s, x, ints(s, axes...), nil)
	}
	return op.Sum(s, x, op.Range(s, int32Scalar(s, 0), op.Rank(s, x), int32Scalar(s, 1)), nil)
}

// tileGrad sums over the repetitions: [m0, d0, m1, d1, ...] over even axes.
func tileGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	x := o.Input(0)
	if sh := x.Shape(); sh.Known() {
		if times, ok := constInts(o.Input(1)); ok {
			var split, axes []int64
			for i, d := range sh {
				split = append(split, times[i], d)
				axes = append(axes, int64(2*i))
			}
			return op.Sum(s, op.Reshape(s, dy, ints(s, split...)), ints(s, axes...), nil)
		}
	}
	multiples := o.Input(1)
	shape := op.Shape(s, x, &op.ShapeAttrs{OutType: multiples.DType()})
	split := op.Reshape(s, op.Pack(s, []tf.Output{multiples, shape}, &op.PackAttrs{Axis: 1}), ints(s, -1))
	axes := op.Range(s, int32Scalar(s, 0), op.Size(s, split, nil), int32Scalar(s, 2))
	return reshapeLike(s, op.Sum(s, op.Reshape(s, dy, split), axes, nil), x)
}

// concatRule cuts the gradient into the parts; axis is the index of the axis
// among the inputs, first for Concat and last for ConcatV2.
func concatRule(axisFirst bool) rule {
	return func(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
		parts := o.Inputs()
		axis := parts[len(parts)-1]
		if axisFirst {
			axis, parts = parts[0], parts[1:]
		} else {
			parts = parts[:len(parts)-1]
		}
		d := cut(s, dy[0], axis, parts)
		if axisFirst {
			return append([]tf.Output{{}}, d...)
		}
		return d
	}
}

func cut(s *tf.Scope, g, axis tf.Output, parts []tf.Output) []tf.Output {
	if rank := len(parts[0].Shape()); rank > 0 {
		if v, ok := constAxes(axis, rank); ok {
			sizes := make([]int64, len(parts))
			for i, p := range parts {
				if sizes[i] = -1; len(p.Shape()) == rank {
					sizes[i] = p.Shape()[v[0]]
				}
			}
			if !slices.Contains(sizes, -1) {
				return op.SplitV(s, g, ints(s, sizes...), int32Scalar(s, int(v[0])), int64(len(parts)))
			}
		}
	}
	shapes := make([]tf.Output, len(parts))
	for i, p := range parts {
		shapes[i] = op.Shape(s, p, nil)
	}
	if axis.DType() != tf.Int32 {
		axis = op.Cast(s, axis, tf.Int32, nil)
	}
	d := make([]tf.Output, len(parts))
	for i, at := range op.ConcatOffset(s, op.FloorMod(s, axis, op.Rank(s, parts[0])), shapes) {
		d[i] = op.Slice(s, g, at, shapes[i])
	}
	return d
}

func packRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	return op.Unpack(s, dy[0], int64(o.NumInputs()), &op.UnpackAttrs{Axis: o.AttrInt("axis")})
}

func unpackRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	return []tf.Output{op.Pack(s, filled(s, o, dy), &op.PackAttrs{Axis: o.AttrInt("axis")})}
}

// splitRule: Split has the axis before the value.
func splitRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	return []tf.Output{{}, joined(s, o, dy, o.Input(0))}
}

func splitVRule(s *tf.Scope, o tf.Op, dy []tf.Output, _ []bool) []tf.Output {
	return []tf.Output{joined(s, o, dy, o.Input(2))}
}

// joined undoes a split.
func joined(s *tf.Scope, o tf.Op, dy []tf.Output, axis tf.Output) tf.Output {
	if len(dy) == 1 { // which ConcatV2 refuses
		return dy[0]
	}
	return op.ConcatV2(s, filled(s, o, dy), axis)
}

// filled is dy with zeros for the outputs that no gradient reached.
func filled(s *tf.Scope, o tf.Op, dy []tf.Output) []tf.Output {
	all := slices.Clone(dy)
	for i, g := range all {
		if g.IsNil() {
			all[i] = op.ZerosLike(s, o.Output(i))
		}
	}
	return all
}

// identityNRule gives each output's gradient to its input.
func identityNRule(_ *tf.Scope, _ tf.Op, dy []tf.Output, _ []bool) []tf.Output { return dy }

func reverseGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return op.ReverseV2(s, dy, o.Input(1))
}

// preventRule fails with the words the operation was made with.
func preventRule(s *tf.Scope, o tf.Op, _ []tf.Output, _ []bool) []tf.Output {
	return fail(s, o, tf.FailedPrecondition, "a gradient was asked for where it is prevented: %s", o.AttrString("message"))
}
