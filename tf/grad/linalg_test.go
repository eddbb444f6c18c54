package grad_test

import (
	"math"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

func init() {
	for _, name := range []string{"MatrixDeterminant", "MatrixSquareRoot"} {
		better(name+"/complex", "the adjoint of a complex matrix", "dx0", "ddx0", "ddy0")
	}
	better("LogMatrixDeterminant/complex", "the sign turns, the logarithm is real", "dx0", "ddx0", "ddy0", "ddy1")
	for _, at := range []string{"plain", "pivoting"} {
		better("TridiagonalSolve/"+at+"/complex", "the adjoint of a complex matrix", "dx0", "dx1", "ddx0", "ddx1", "ddy0")
	}
	for _, shape := range []string{"tall", "square"} {
		better("MatrixSolveLs/"+shape, "the regularizer", "dx2", "ddx2")
		better("MatrixSolveLs/"+shape+"_plain", "the regularizer", "dx2", "ddx2")
		better("MatrixSolveLs/"+shape+"/complex", "the adjoint of a complex matrix", "dx0", "dx2", "ddx0", "ddx1", "ddx2", "ddy0")
	}
	for _, kind := range []string{"", "/complex"} {
		better("MatrixSolveLs/wide"+kind, "the regularizer", "dx2")
		for _, at := range []string{"V2", "V3/left_right", "V3/right_left", "V3/left_left", "V3/right_right"} {
			better("MatrixDiag"+at+kind, "the padding", "dx4")
			better("MatrixDiagPart"+at+kind, "the padding", "dx2")
		}
		better("MatrixDiagPartV2/short"+kind, "V2 aligns diagonals at the left", "dx0", "dx2", "ddy0")
		better("MatrixDiagPartV3/short"+kind, "the padding", "dx2")
		kinks["Cholesky"+kind] = "the gradient is made Hermitian, as in Python"
	}
	better("MatrixSolveLs/wide_plain", "the regularizer", "dx2")
	better("MatrixDiagV2/above/complex", "the padding", "dx4")
	better("MatrixDiagV3/above/complex", "the padding", "dx4")
	better("MatrixSetDiagV2/complex", "V2 aligns diagonals at the left", "dx1", "ddy0")
	for _, at := range []string{"tall", "wide", "square", "square_full"} {
		better("invariants/svd_"+at, "the gradient of real singular values is real", "ddx0")
	}
	for _, shape := range []string{"tall", "wide", "square"} {
		kinks["MatrixSolveLs/"+shape+"_plain"] = "the regularizer is never negative"
	}
	kinks["Cholesky/float32"] = kinks["Cholesky"]
}

func better(name, why string, roles ...string) {
	for _, r := range roles {
		betterThanPython[name+"/"+r] = why
	}
}

// TestLinalgInvariants compares what does not depend on the phases of complex
// vectors with Python.
func TestLinalgInvariants(t *testing.T) {
	for _, c := range goldenCases(t, "linalg") {
		if !strings.HasPrefix(c.Name, "invariants/") {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			inBothModes(t, func(t *testing.T, l lab) {
				xs, dys, rs := c.inputs(t, l)
				f := func(s *tf.Scope, xs []tf.Output) []tf.Output { return c.invariants(s, xs[0]) }
				outs, dxs := l.first(f, xs, dys, c.Wrt)
				outs = append(append(outs, dxs...), l.second(f, xs, dys, rs, c.Wrt)...)
				roles := []string{"y0", "y1", "dx0", "ddx0", "ddy0", "ddy1"}
				for k, got := range l.fetch(outs...) {
					if betterThanPython[c.Name+"/"+roles[k]] == "" {
						near(t, roles[k], got, c.want(t, roles[k]), c.Tolerance)
					}
				}
			})
		})
	}
}

// invariants are what the golden values are of: scripts/golden/grads_linalg.py
// tells which.
func (c *goldenCase) invariants(s *tf.Scope, x tf.Output) []tf.Output {
	switch string(c.Attrs["of"]) {
	case `"Svd"`:
		values, u, v := op.Svd(s, x, &op.SvdAttrs{FullMatrices: string(c.Attrs["full_matrices"]) == "true"})
		return []tf.Output{re(s, values), firstPair(s, u, v)}
	case `"Eig"`:
		e, v := op.Eig(s, x, tf.Complex128, nil)
		ve := op.Mul(s, v, op.ExpandDims(s, e, axis(s, -2)))
		vev := op.BatchMatMulV2(s, ve, v, &op.BatchMatMulV2Attrs{AdjY: true})
		return []tf.Output{op.Sum(s, op.Exp(s, e), axis(s, -1), nil), vev}
	default:
		values, v := op.SelfAdjointEigV2(s, x, nil)
		return []tf.Output{re(s, values), firstPair(s, v, v)}
	}
}

func re(s *tf.Scope, z tf.Output) tf.Output { return op.Real(s, z, &op.RealAttrs{Tout: tf.Float64}) }

func im(s *tf.Scope, z tf.Output) tf.Output { return op.Imag(s, z, &op.ImagAttrs{Tout: tf.Float64}) }

// firstPair is u[..., :1] * v[..., :1]ᴴ.
func firstPair(s *tf.Scope, u, v tf.Output) tf.Output {
	column := func(x tf.Output) tf.Output {
		c := func(v int32) tf.Output { return tf.Const(s, []int32{0, v}) }
		return op.StridedSlice(s, x, c(0), c(1), tf.Const(s, []int32{1, 1}), &op.StridedSliceAttrs{EllipsisMask: 1})
	}
	return op.BatchMatMulV2(s, column(u), column(v), &op.BatchMatMulV2Attrs{AdjY: true})
}

// ofComplex makes a function of complex numbers one of their real and imaginary
// parts, by turns.
func ofComplex(f func(s *tf.Scope, z []tf.Output) []tf.Output) func(s *tf.Scope, x []tf.Output) tf.Output {
	return func(s *tf.Scope, x []tf.Output) tf.Output {
		var z, flat []tf.Output
		for i := 0; i < len(x); i += 2 {
			z = append(z, op.Complex(s, x[i], x[i+1], &op.ComplexAttrs{Tout: tf.Complex128}))
		}
		for _, y := range f(s, z) {
			flat = append(flat, op.Reshape(s, re(s, y), tf.Const(s, []int32{-1})), op.Reshape(s, im(s, y), tf.Const(s, []int32{-1})))
		}
		return op.ConcatV2(s, flat, axis(s, 0))
	}
}

// hermitian is x + xᴴ.
func hermitian(s *tf.Scope, x tf.Output) tf.Output {
	return op.AddV2(s, x, op.ConjugateTranspose(s, x, tf.Const(s, []int32{1, 0})))
}

// shifted adds a number to the diagonal.
func shifted(s *tf.Scope, x tf.Output, by float64) tf.Output {
	return op.MatrixSetDiag(s, x, op.AddV2(s, op.MatrixDiagPart(s, x), op.Cast(s, tf.ConstScalar(s, by), x.DType(), nil)))
}

// linalgCases are what golden values leave out: results other than the first,
// what Python has no gradient or a wrong one of, and second order of those.
func linalgCases() []opCase {
	type S = *tf.Scope
	type X = []tf.Output
	type O = tf.Output
	square := [][]int64{{3, 3}}
	no := false
	cases := []opCase{
		{name: "BandedTriangularSolve/one band", in: [][]int64{{2, 1, 3}, {3, 2}}, low: 1, high: 3, f: func(s S, x X) O {
			return op.BandedTriangularSolve(s, x[0], x[1], nil)
		}},
		{name: "Cholesky", in: square, f: func(s S, x X) O { return op.Cholesky(s, shifted(s, hermitian(s, x[0]), 6)) }},
		{name: "MatrixSetDiagV2", in: [][]int64{{3, 4}, {3, 3}}, f: func(s S, x X) O {
			return op.MatrixSetDiagV2(s, x[0], x[1], tf.Const(s, []int32{0, 2}))
		}},
		{name: "MatrixDiagPartV2", in: [][]int64{{3, 3}, {}}, f: func(s S, x X) O {
			return op.MatrixDiagPartV2(s, x[0], tf.Const(s, []int32{-1, 1}), x[1])
		}},
		{name: "MatrixDiagV3", in: [][]int64{{2, 3, 3}, {}}, f: func(s S, x X) O {
			return op.MatrixDiagV3(s, x[0], tf.Const(s, []int32{-1, 1}), axis(s, 3), axis(s, 4), x[1], nil)
		}},
		{name: "LogMatrixDeterminant", in: square, f: func(s S, x X) O {
			_, log := op.LogMatrixDeterminant(s, shifted(s, x[0], 3))
			return log
		}},
	}
	for shape, in := range map[string][][]int64{"tall": {{2, 4, 2}, {2, 4, 2}}, "wide": {{2, 2, 4}, {2, 2, 3}}} {
		cases = append(cases, opCase{name: "MatrixSolveLs/slow " + shape, in: in, f: func(s S, x X) O {
			return op.MatrixSolveLs(s, x[0], x[1], tf.ConstScalar(s, 0.0), &op.MatrixSolveLsAttrs{Fast: &no})
		}}, opCase{name: "MatrixSolveLs/" + shape, in: append(in, []int64{}), low: 0.2, high: 2, f: func(s S, x X) O {
			return op.MatrixSolveLs(s, x[0], x[1], x[2], nil)
		}}, opCase{name: "MatrixSolveLs/complex " + shape, in: [][]int64{in[0], in[0], in[1], in[1]}, f: ofComplex(func(s S, z X) X {
			return X{op.MatrixSolveLs(s, z[0], z[1], tf.ConstScalar(s, 0.5), nil)}
		})})
	}
	for name, in := range map[string][][]int64{"tall": {{4, 2}}, "wide": {{2, 4}}, "square": {{3, 3}}} {
		cases = append(cases, opCase{name: "Svd/full " + name, in: in, f: func(s S, x X) O {
			_, u, v := op.Svd(s, x[0], &op.SvdAttrs{FullMatrices: true})
			return op.Cumsum(s, firstPair(s, u, v), axis(s, 1), nil) // the sum of squares is no constant
		}}, opCase{name: "Svd/complement " + name, in: in, f: func(s S, x X) O { // of two singular vectors
			_, u, v := op.Svd(s, x[0], &op.SvdAttrs{FullMatrices: true})
			return op.ConcatV2(s, X{complement(s, u), complement(s, v)}, axis(s, 0))
		}}, opCase{name: "Svd/complex " + name, in: append(in, in...), f: ofComplex(func(s S, z X) X {
			values, u, v := op.Svd(s, z[0], nil)
			return X{values, firstPair(s, u, v)}
		})}, opCase{name: "Qr/full " + name, in: in, f: func(s S, x X) O {
			q, r := op.Qr(s, x[0], &op.QrAttrs{FullMatrices: true})
			return op.ConcatV2(s, X{complement(s, q), op.Reshape(s, r, tf.Const(s, []int32{-1}))}, axis(s, 0))
		}}, opCase{name: "Qr/complex " + name, in: append(in, in...), f: ofComplex(func(s S, z X) X {
			q, r := op.Qr(s, z[0], nil)
			return X{q, r}
		})})
	}
	return append(cases, complexLinalgCases()...)
}

// complement is the projection on all columns but two of a unitary matrix,
// summed up along the rows, lest the sum of its squares be a constant.
func complement(s *tf.Scope, u tf.Output) tf.Output {
	c := func(v int32) tf.Output { return tf.Const(s, []int32{0, v}) }
	u = op.StridedSlice(s, u, c(2), c(0), tf.Const(s, []int32{1, 1}), &op.StridedSliceAttrs{EndMask: 2})
	uu := op.BatchMatMulV2(s, u, u, &op.BatchMatMulV2Attrs{AdjY: true})
	return op.Reshape(s, op.Cumsum(s, uu, axis(s, 1), nil), tf.Const(s, []int32{-1}))
}

func complexLinalgCases() []opCase {
	type S = *tf.Scope
	type X = []tf.Output
	three := [][]int64{{3, 3}, {3, 3}}
	return []opCase{
		{name: "Cholesky/complex", in: three, f: ofComplex(func(s S, z X) X {
			return X{op.Cholesky(s, shifted(s, hermitian(s, z[0]), 8))}
		})},
		{name: "Lu", in: [][]int64{{2, 3, 3}}, f: func(s S, x X) tf.Output { lu, _ := op.Lu(s, x[0], nil); return lu }},
		{name: "Lu/complex", in: three, f: ofComplex(func(s S, z X) X { lu, _ := op.Lu(s, z[0], nil); return X{lu} })},
		{name: "SelfAdjointEigV2/complex", in: three, f: ofComplex(func(s S, z X) X {
			e, v := op.SelfAdjointEigV2(s, z[0], nil)
			return X{e, firstPair(s, v, v)}
		})},
		{name: "Eig/complex", in: three, f: ofComplex(func(s S, z X) X {
			e, v := op.Eig(s, z[0], tf.Complex128, nil)
			return X{e, firstPair(s, v, v)}
		})},
		{name: "MatrixDeterminant/complex", in: three, f: ofComplex(func(s S, z X) X { return X{op.MatrixDeterminant(s, z[0])} })},
		{name: "LogMatrixDeterminant/complex", in: three, f: ofComplex(func(s S, z X) X {
			sign, log := op.LogMatrixDeterminant(s, shifted(s, z[0], 3))
			return X{sign, log}
		})},
		{name: "MatrixSquareRoot/complex", in: three, f: ofComplex(func(s S, z X) X { return X{op.MatrixSquareRoot(s, shifted(s, z[0], 4))} })},
		{name: "MatrixLogarithm", in: three, f: ofComplex(func(s S, z X) X { return X{op.MatrixLogarithm(s, shifted(s, z[0], 4))} })},
		{name: "TridiagonalSolve/complex", in: [][]int64{{3, 4}, {3, 4}, {4, 2}, {4, 2}}, f: ofComplex(func(s S, z X) X {
			main := tf.Const(s, []complex128{0, 4, 0}, 3, 1)
			return X{op.TridiagonalSolve(s, op.AddV2(s, z[0], main), z[1], nil)}
		})},
	}
}

// TestLinalg checks gradients, and the gradients of those, by differences.
func TestLinalg(t *testing.T) { checkTwice(t, linalgCases()) }

// TestComplexShapes hides the shapes of complex inputs.
func TestComplexShapes(t *testing.T) {
	hide := func(x tf.Output) (tf.Shape, bool) { return nil, x.DType().IsComplex() }
	for _, family := range []string{"linalg", "fourier"} {
		for _, c := range goldenCases(t, family) {
			if c.Op != "" && c.Complex != nil {
				t.Run(c.Name, func(t *testing.T) { c.compare(t, hidden(t, hide)) })
			}
		}
	}
}

// TestEmptyMatrices takes the gradients of matrices without elements, and of
// none at all.
func TestEmptyMatrices(t *testing.T) {
	for _, c := range emptyCases() {
		t.Run(c.name, func(t *testing.T) {
			inBothModes(t, func(t *testing.T, l lab) {
				for _, shape := range c.in {
					x := tf.Const(l.Scope, []float64{}, shape...)
					d := derivative(c.f)(l.Scope, []tf.Output{x})
					if got := l.fetch(d)[0]; len(got) != 0 {
						t.Errorf("%v: the gradient is %v, want no elements", shape, got)
					}
				}
			})
		})
	}
}

func emptyCases() []opCase {
	type S = *tf.Scope
	type X = []tf.Output
	type O = tf.Output
	square := [][]int64{{0, 0}, {0, 3, 3}, {2, 0, 0}}
	return []opCase{
		{name: "Cholesky", in: square, f: func(s S, x X) O { return op.Cholesky(s, x[0]) }},
		{name: "MatrixInverse", in: square, f: func(s S, x X) O { return op.MatrixInverse(s, x[0], nil) }},
		{name: "MatrixSolve", in: square, f: func(s S, x X) O { return op.MatrixSolve(s, x[0], x[0], nil) }},
		{name: "MatrixTriangularSolve", in: square, f: func(s S, x X) O { return op.MatrixTriangularSolve(s, x[0], x[0], nil) }},
		{name: "MatrixSquareRoot", in: square, f: func(s S, x X) O { return op.MatrixSquareRoot(s, x[0]) }},
		{name: "SelfAdjointEigV2", in: square, f: func(s S, x X) O {
			e, v := op.SelfAdjointEigV2(s, x[0], nil)
			return op.Mul(s, v, op.ExpandDims(s, e, axis(s, -1)))
		}},
		{name: "Svd", in: append(square, []int64{0, 2, 3}), f: func(s S, x X) O {
			_, u, v := op.Svd(s, x[0], nil)
			return op.BatchMatMulV2(s, u, v, &op.BatchMatMulV2Attrs{AdjY: true})
		}},
		{name: "Qr", in: append(square, []int64{0, 2, 3}, []int64{0, 3, 2}), f: func(s S, x X) O {
			q, r := op.Qr(s, x[0], nil)
			return op.BatchMatMulV2(s, q, r, nil)
		}},
		{name: "MatrixDiagPartV3", in: [][]int64{{0, 3, 3}}, f: func(s S, x X) O {
			return op.MatrixDiagPartV3(s, x[0], tf.Const(s, []int32{-1, 1}), tf.ConstScalar(s, 0.0), nil)
		}},
	}
}

// TestMatrixFunctionScale takes dy far larger and smaller than the matrix.
func TestMatrixFunctionScale(t *testing.T) {
	inBothModes(t, func(t *testing.T, l lab) {
		a := tf.Const(l.Scope, []float64{4, 1, 0.5, 3, 4e9, 1e9, 5e8, 3e9}, 2, 2, 2)
		w := tf.Const(l.Scope, []float64{1, -2, 3, 0.5, 1, -2, 3, 0.5}, 2, 2, 2)
		gradient := func(scale float64) tf.Output {
			f := func(s *tf.Scope, x []tf.Output) []tf.Output { return []tf.Output{op.MatrixSquareRoot(s, x[0])} }
			_, d := l.first(f, []tf.Output{a}, []tf.Output{op.Mul(l.Scope, w, tf.ConstScalar(l.Scope, scale))}, []int{0})
			return op.RealDiv(l.Scope, d[0], tf.ConstScalar(l.Scope, scale))
		}
		got := l.fetch(gradient(1), gradient(1e12), gradient(1e-12))
		for i := range 4 { // the derivative falls with the root of the matrix
			near(t, "batch", got[0][4+i:5+i], []float64{got[0][i] * math.Sqrt(1e-9)}, 1e-12)
		}
		near(t, "large", got[1], got[0], 1e-12)
		near(t, "small", got[2], got[0], 1e-12)
	})
}
