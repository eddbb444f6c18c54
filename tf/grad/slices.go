package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// Gradient is the gradient of one x: dense, or only the rows that are not zero,
// as lookups in large tables give them (tf.IndexedSlices in Python).
type Gradient struct {
	Values  tf.Output // dense: of x's shape; else [n, ...]: rows
	Indices tf.Output // [n]: the place of each row, the same one perhaps repeatedly; none if dense
	Shape   tf.Output // x's; none if dense
}

// IsNil reports whether there is no gradient.
func (g Gradient) IsNil() bool { return g.Values.IsNil() }

// IsSparse reports whether g is rows.
func (g Gradient) IsSparse() bool { return !g.Indices.IsNil() }

// Dense is g in x's shape; rows with the same place are added up.
func (g Gradient) Dense(s *tf.Scope) tf.Output {
	if !g.IsSparse() {
		return g.Values
	}
	return scatterRows(s, g.Values, g.Indices, g.Shape)
}

// Unique adds up rows with the same place, so that each index stands once.
func (g Gradient) Unique(s *tf.Scope) Gradient {
	if !g.IsSparse() {
		return g
	}
	places, segments := op.Unique(s, g.Indices, nil)
	n := op.Size(s, places, nil)
	return Gradient{op.UnsortedSegmentSum(s, g.Values, segments, n), places, g.Shape}
}

// SparseGradients is [Gradients], where the gradients of tables that only Gather,
// GatherV2 along axis 0 and ResourceGather look up stay rows.
func SparseGradients(s *tf.Scope, ys, xs, dys []tf.Output) []Gradient {
	return gradients(s, ys, xs, dys)
}

// Sparse is [Tape.Gradient], where the gradients of tables stay rows, as
// [SparseGradients] says.
func (t *Tape) Sparse(y tf.Output, xs ...tf.Output) []Gradient {
	return t.pullback(t.s, []tf.Output{y}, xs, nil)
}

// flat gives rows whose indices have several dimensions the form of a Gradient.
func (g Gradient) flat(s *tf.Scope) Gradient {
	if !g.IsSparse() || len(g.Indices.Shape()) == 1 {
		return g
	}
	rest := op.StridedSlice(s, g.Shape, ints(s, 1), ints(s, 0), ints(s, 1), &op.StridedSliceAttrs{EndMask: 1})
	minus := op.Cast(s, ints(s, -1), rest.DType(), nil)
	rows := op.ConcatV2(s, []tf.Output{minus, rest}, int32Scalar(s, 0))
	return Gradient{op.Reshape(s, g.Values, rows), op.Reshape(s, g.Indices, ints(s, -1)), g.Shape}
}

// joinRows are several sparse gradients of one x as one.
func joinRows(s *tf.Scope, gs []Gradient) Gradient {
	var values, indices []tf.Output
	wide := false
	for _, g := range gs {
		wide = wide || g.Indices.DType() == tf.Int64
	}
	for _, g := range gs {
		g = g.flat(s)
		if wide && g.Indices.DType() != tf.Int64 {
			g.Indices = op.Cast(s, g.Indices, tf.Int64, nil)
		}
		values, indices = append(values, g.Values), append(indices, g.Indices)
	}
	if len(gs) == 1 {
		return Gradient{values[0], indices[0], gs[0].Shape}
	}
	zero := int32Scalar(s, 0)
	return Gradient{op.ConcatV2(s, values, zero), op.ConcatV2(s, indices, zero), gs[0].Shape}
}

// rowsOfTable is the gradient of a lookup by its input 0, as rows; it is not ok for
// other operations.
func rowsOfTable(s *tf.Scope, o tf.Op, dy []tf.Output) (g Gradient, ok bool) {
	switch o.Type() {
	case "GatherV2":
		if v, known := constInts(o.Input(2)); !known || v[0] != 0 || o.AttrInt("batch_dims") != 0 {
			return g, false
		}
		fallthrough
	case "Gather":
		return Gradient{dy[0], o.Input(1), shapeOf(s, o.Input(0))}, true
	case "ResourceGather":
		if o.AttrInt("batch_dims") != 0 {
			return g, false
		}
		return Gradient{dy[0], o.Input(1), op.VariableShape(s, o.Input(0), nil)}, true
	}
	return g, false
}

// handsOn are the operations through which rows go as they are.
var handsOn = map[string]bool{"Identity": true, "ReadVariableOp": true, "Snapshot": true}
