package grad

import (
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// linalgRules are the gradients of linear algebra, all on batches of matrices,
// real or complex. The formulas are those of Giles, "An extended collection of
// matrix derivative results", and of the papers named beside them.
func linalgRules() map[string]rule {
	return map[string]rule{
		// inverse.go, solve.go
		"MatrixInverse":         first(inverseGrad),
		"MatrixDeterminant":     first(determinantGrad),
		"LogMatrixDeterminant":  logDeterminantRule,
		"MatrixSolve":           solveRule,
		"MatrixTriangularSolve": triangularSolveRule,
		"BandedTriangularSolve": bandedSolveRule,
		"MatrixSolveLs":         leastSquaresRule,

		// cholesky.go, lu.go, qr.go, eig.go, svd.go
		"Cholesky":         first(choleskyGrad),
		"Lu":               luRule,
		"Qr":               qrRule,
		"SelfAdjointEigV2": selfAdjointEigRule,
		"Eig":              eigRule,
		"Svd":              svdRule,

		// matrixfunction.go
		"MatrixSquareRoot": first(matrixFunctionGrad(op.MatrixSquareRoot)),
		"MatrixLogarithm":  first(matrixFunctionGrad(op.MatrixLogarithm)),

		// tridiagonal.go
		"TridiagonalMatMul": tridiagonalMatMulRule,
		"TridiagonalSolve":  tridiagonalSolveRule,

		// diag.go
		"Diag":             first(func(s *tf.Scope, _ tf.Op, dy tf.Output) tf.Output { return op.DiagPart(s, dy) }),
		"DiagPart":         first(func(s *tf.Scope, _ tf.Op, dy tf.Output) tf.Output { return op.Diag(s, dy) }),
		"MatrixDiag":       first(func(s *tf.Scope, _ tf.Op, dy tf.Output) tf.Output { return op.MatrixDiagPart(s, dy) }),
		"MatrixDiagV2":     matrixDiagRule,
		"MatrixDiagV3":     matrixDiagRule,
		"MatrixDiagPart":   first(diagPartGrad),
		"MatrixDiagPartV2": diagPartRule,
		"MatrixDiagPartV3": diagPartRule,
		"MatrixSetDiag":    setDiagRule,
		"MatrixSetDiagV2":  setBandRule,
		"MatrixSetDiagV3":  setBandRule,
		"MatrixBandPart":   first(bandPartGrad),
	}
}
