package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// align is how an operation lays diagonals out in rows; V2 has no choice.
func align(o tf.Op) string {
	if a := o.AttrString("align"); a != "" {
		return a
	}
	return "LEFT_LEFT"
}

// diagonals reads the band k of x, laid out as o does it, zero where there is none.
func diagonals(s *tf.Scope, o tf.Op, x, k tf.Output) tf.Output {
	return op.MatrixDiagPartV3(s, x, k, number(s, x, 0), &op.MatrixDiagPartV3Attrs{Align: align(o)})
}

// setDiagonals writes the band k of x. Where x's shape is not fully known, the
// shape function of MatrixSetDiagV3 takes a band for a single diagonal, and
// refuses d's shape unless that is hidden.
func setDiagonals(s *tf.Scope, o tf.Op, x, d, k tf.Output) tf.Output {
	if !x.Shape().Known() {
		d = op.PlaceholderWithDefault(s, d, nil)
	}
	return op.MatrixSetDiagV3(s, x, d, k, &op.MatrixSetDiagV3Attrs{Align: align(o)})
}

// total is the sum of all of x.
func total(s *tf.Scope, x tf.Output) tf.Output {
	return op.Sum(s, op.Reshape(s, x, ints(s, -1)), ints(s, 0), nil)
}

// matrixDiagRule: inputs are diagonal, k, rows, columns and the padding, which
// has what the diagonals do not have.
func matrixDiagRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	d := diagonals(s, o, dy[0], o.Input(1))
	dx := []tf.Output{d, {}, {}, {}, {}}
	if need[4] {
		dx[4] = total(s, setDiagonals(s, o, dy[0], op.ZerosLike(s, d), o.Input(1)))
	}
	return dx
}

func diagPartGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return op.MatrixSetDiag(s, op.ZerosLike(s, o.Input(0)), dy)
}

// diagPartRule: inputs are x, k and the padding of short diagonals.
func diagPartRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	k := o.Input(1)
	dx := []tf.Output{setDiagonals(s, o, op.ZerosLike(s, o.Input(0)), dy[0], k), {}, {}}
	if need[2] {
		dx[2] = total(s, op.Sub(s, dy[0], diagonals(s, o, dx[0], k)))
	}
	return dx
}

// setDiagRule: x keeps all but the diagonal.
func setDiagRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	dx := make([]tf.Output, 2)
	if need[0] {
		dx[0] = op.MatrixSetDiag(s, dy[0], op.ZerosLike(s, o.Input(1)))
	}
	if need[1] {
		dx[1] = op.MatrixDiagPart(s, dy[0])
	}
	return dx
}

func setBandRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	k := o.Input(2)
	dx := make([]tf.Output, 2)
	if need[0] {
		dx[0] = setDiagonals(s, o, dy[0], op.ZerosLike(s, o.Input(1)), k)
	}
	if need[1] {
		dx[1] = diagonals(s, o, dy[0], k)
	}
	return dx
}

func bandPartGrad(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
	return op.MatrixBandPart(s, dy, o.Input(1), o.Input(2))
}
