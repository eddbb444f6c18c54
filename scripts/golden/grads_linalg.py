"""Cases of grads.py: linear algebra."""

from types import SimpleNamespace

import numpy as np
import tensorflow as tf

from golden import grads_driver


def cases(g):
    """Yields name, op, inputs {argument: array or list of arrays}, attributes."""
    n = lambda *s: g.normal(*s, dtype="float64")
    z = lambda *s: n(*s) + 1j * n(*s)
    for kind, make in (("", n), ("/complex", z)):
        yield from _inverses(kind, make)
        yield from _solvers(kind, make)
        yield from _decompositions(kind, make)
        yield from _diagonals(kind, make)
    yield from _real(n)


def _regular(make, *shape):
    """Matrices that are far from singular, of determinants of both signs."""
    a = make(*shape) + 3 * np.eye(shape[-1])
    a[..., 0, :] *= -1
    return a


def _positive(make, *shape):
    a = make(*shape)
    return a @ np.conj(np.swapaxes(a, -1, -2)) + 2 * np.eye(shape[-1])


def _inverses(kind, make):
    for adjoint in (False, True):
        yield f"MatrixInverse/{adjoint}{kind}", "MatrixInverse", {"input": _regular(make, 2, 3, 3)}, {"adjoint": adjoint}
    yield f"MatrixDeterminant{kind}", "MatrixDeterminant", {"input": _regular(make, 2, 3, 3)}, {}
    yield f"LogMatrixDeterminant{kind}", "LogMatrixDeterminant", {"input": _regular(make, 2, 3, 3)}, {}
    yield f"MatrixSquareRoot{kind}", "MatrixSquareRoot", {"input": _positive(make, 3, 3) + 0.3 * make(3, 3)}, {}


def _solvers(kind, make):
    for adjoint in (False, True):
        at = f"{'adjoint' if adjoint else 'plain'}{kind}"
        yield (f"MatrixSolve/{at}", "MatrixSolve", {"matrix": _regular(make, 2, 3, 3), "rhs": make(2, 3, 2)},
               {"adjoint": adjoint})
        for lower in (False, True):
            at = f"{'lower' if lower else 'upper'}{'_adjoint' if adjoint else ''}{kind}"
            attrs = {"lower": lower, "adjoint": adjoint}
            a, bands = _regular(make, 2, 3, 3), make(2, 2, 4)
            bands[:, 0 if lower else -1] += 3
            yield f"MatrixTriangularSolve/{at}", "MatrixTriangularSolve", {"matrix": a, "rhs": make(2, 3, 2)}, attrs
            yield f"BandedTriangularSolve/{at}", "BandedTriangularSolve", {"matrix": bands, "rhs": make(2, 4, 2)}, attrs
    yield (f"MatrixTriangularSolve/broadcast{kind}", "MatrixTriangularSolve",
           {"matrix": _regular(make, 2, 1, 3, 3), "rhs": make(3, 3, 2)}, {})
    yield (f"MatrixTriangularSolve/one_matrix{kind}", "MatrixTriangularSolve",
           {"matrix": _regular(make, 3, 3), "rhs": make(2, 3, 2)}, {"adjoint": True})
    yield (f"BandedTriangularSolve/broadcast{kind}", "BandedTriangularSolve",
           {"matrix": make(2, 4) + 3, "rhs": make(2, 4, 1)}, {})
    for at, m, k in (("tall", 4, 2), ("wide", 2, 4), ("square", 3, 3)):
        yield (f"MatrixSolveLs/{at}{kind}", "MatrixSolveLs",
               {"matrix": make(2, m, k) + 2 * np.eye(m, k), "rhs": make(2, m, 2), "l2_regularizer": np.array(0.3)}, {})
        if not kind:
            yield (f"MatrixSolveLs/{at}_plain", "MatrixSolveLs",
                   {"matrix": make(m, k) + 2 * np.eye(m, k), "rhs": make(m, 1), "l2_regularizer": np.array(0.0)}, {})
    line = lambda: make(2, 1, 4)
    yield (f"TridiagonalMatMul{kind}", "TridiagonalMatMul",
           {"superdiag": line(), "maindiag": line(), "subdiag": line(), "rhs": make(2, 4, 3)}, {})
    for pivoting in (False, True):
        diagonals = make(2, 3, 4)
        diagonals[:, 1] += 4
        yield (f"TridiagonalSolve/{'pivoting' if pivoting else 'plain'}{kind}", "TridiagonalSolve",
               {"diagonals": diagonals, "rhs": make(2, 4, 2)}, {"partial_pivoting": pivoting})


def _decompositions(kind, make):
    yield f"Cholesky{kind}", "Cholesky", {"input": _positive(make, 2, 3, 3)}, {}
    yield f"Qr/tall{kind}", "Qr", {"input": make(2, 4, 3)}, {}
    yield f"Qr/square{kind}", "Qr", {"input": make(3, 3)}, {}
    yield f"Qr/wide{kind}", "Qr", {"input": make(2, 2, 4)}, {}
    yield f"Qr/square_full{kind}", "Qr", {"input": make(3, 3)}, {"full_matrices": True}
    yield f"Qr/wide_full{kind}", "Qr", {"input": make(2, 4)}, {"full_matrices": True}
    yield f"Eig/values{kind}", "Eig", {"input": make(2, 3, 3)}, {"Tout": tf.complex128, "compute_v": False}


def _real(n):
    """Decompositions whose values the raw operations give as complex numbers, if the matrix is complex; see extra."""
    yield "SelfAdjointEigV2", "SelfAdjointEigV2", {"input": _positive(n, 2, 3, 3)}, {}
    yield "SelfAdjointEigV2/lower", "SelfAdjointEigV2", {"input": n(4, 4)}, {}
    yield "SelfAdjointEigV2/values", "SelfAdjointEigV2", {"input": n(2, 3, 3)}, {"compute_v": False}
    for at, shape in (("tall", (2, 4, 2)), ("wide", (2, 2, 4)), ("square", (3, 3))):
        yield f"Svd/{at}", "Svd", {"input": n(*shape)}, {}
        yield f"Svd/{at}_values", "Svd", {"input": n(*shape)}, {"compute_uv": False}
    for at, shape in (("tall", (2, 3, 2)), ("wide", (2, 3)), ("square", (2, 2))):
        yield f"Svd/{at}_full", "Svd", {"input": n(*shape)}, {"full_matrices": True}
    yield "Cholesky/float32", "Cholesky", {"input": _positive(n, 3, 3).astype("float32")}, {}
    yield "MatrixSolve/float32", "MatrixSolve", {"matrix": _regular(n, 3, 3).astype("float32"),
                                                 "rhs": n(3, 2).astype("float32")}, {}


def _diagonals(kind, make):
    i32 = lambda *v: np.array(v, "int32")
    yield f"Diag{kind}", "Diag", {"diagonal": make(2, 3)}, {}
    yield f"DiagPart{kind}", "DiagPart", {"input": make(2, 3, 2, 3)}, {}
    yield f"MatrixDiag{kind}", "MatrixDiag", {"diagonal": make(2, 3)}, {}
    for at, shape in (("square", (3, 3)), ("tall", (2, 4, 3)), ("wide", (2, 3, 5))):
        yield f"MatrixDiagPart/{at}{kind}", "MatrixDiagPart", {"input": make(*shape)}, {}
        yield (f"MatrixSetDiag/{at}{kind}", "MatrixSetDiag",
               {"input": make(*shape), "diagonal": make(*shape[:-2], min(shape[-2:]))}, {})
    for lower, upper in ((-1, -1), (0, 2), (-1, 2), (-2, 0)):
        yield (f"MatrixBandPart/{lower}_{upper}{kind}", "MatrixBandPart",
               {"input": make(2, 3, 4), "num_lower": np.array(lower, "int64"), "num_upper": np.array(upper, "int64")}, {})
    padding = make(1)[0].reshape(())
    for version, aligns in (("V2", [None]), ("V3", ["LEFT_RIGHT", "RIGHT_LEFT", "LEFT_LEFT", "RIGHT_RIGHT"])):
        for align in aligns:
            attrs = {"align": align} if align else {}
            at = f"{version}{'/' + align.lower() if align else ''}{kind}"
            yield (f"MatrixDiagPart{at}", f"MatrixDiagPart{version}",
                   {"input": make(2, 3, 5), "k": i32(-2, 1), "padding_value": padding}, attrs)
            if kind:  # their shape functions refuse inputs of unknown shape, which tests make of real ones
                yield (f"MatrixDiag{at}", f"MatrixDiag{version}",
                       {"diagonal": make(2, 3, 4), "k": i32(-1, 1), "num_rows": np.array(4, "int32"),
                        "num_cols": np.array(5, "int32"), "padding_value": padding}, attrs)
                yield (f"MatrixSetDiag{at}", f"MatrixSetDiag{version}",
                       {"input": make(2, 4, 3), "diagonal": make(2, 4, 3), "k": i32(-1, 2)}, attrs)
        yield (f"MatrixDiagPart{version}/short{kind}", f"MatrixDiagPart{version}",
               {"input": make(3, 3), "k": i32(-1, 1), "padding_value": padding}, {})
        one = np.array(1, "int32")
        if kind:
            yield (f"MatrixDiag{version}/above{kind}", f"MatrixDiag{version}",
                   {"diagonal": make(2, 3), "k": one, "num_rows": np.array(-1, "int32"),
                    "num_cols": np.array(-1, "int32"), "padding_value": padding}, {})
        yield (f"MatrixDiagPart{version}/above{kind}", f"MatrixDiagPart{version}",
               {"input": make(3, 4), "k": one, "padding_value": padding}, {})
        yield (f"MatrixSetDiag{version}/below{kind}", f"MatrixSetDiag{version}",
               {"input": make(3, 4), "diagonal": make(2), "k": -one}, {})


def call(op, arguments, attrs):
    outs = getattr(tf.raw_ops, op)(**arguments, **attrs)
    if attrs.get("compute_v", attrs.get("compute_uv", True)):
        return outs
    return [outs[0]] + [tf.zeros((), tf.int32)] * (len(outs) - 1)  # the others are not made


def extra(g):
    """Cases without an op: what does not depend on the phases of complex vectors.

    y0 is the singular or eigenvalues, y1 the product u*vᴴ of the first pair of vectors; of
    Eig, whose values come in any order, the sum of exp(e), and v*diag(e)*vᴴ.
    """
    grads_driver.run(g, SimpleNamespace(cases=_phases, call=_invariants))


def _phases(g):
    z = lambda *s: g.normal(*s, dtype="float64") + 1j * g.normal(*s, dtype="float64")
    yield "invariants/eigh", "", {"input": _positive(z, 2, 3, 3)}, {"of": "SelfAdjointEigV2"}
    yield "invariants/eig", "", {"input": z(2, 3, 3)}, {"of": "Eig"}
    yield "invariants/eig_real", "", {"input": g.normal(2, 3, 3, dtype="float64")}, {"of": "Eig"}
    for at, shape in (("tall", (2, 4, 2)), ("wide", (2, 2, 4)), ("square", (3, 3))):
        for full in (False, True):
            if not full or abs(shape[-2] - shape[-1]) <= 1:
                yield f"invariants/svd_{at}{'_full' if full else ''}", "", {"input": z(*shape)}, {"of": "Svd", "full_matrices": full}


def _invariants(_, arguments, attrs):
    a = arguments["input"]
    if attrs["of"] == "Eig":
        e, v = tf.linalg.eig(a)
        return tf.reduce_sum(tf.exp(e), -1), tf.matmul(v * e[..., None, :], v, adjoint_b=True)
    if attrs["of"] == "Svd":
        values, u, v = tf.linalg.svd(a, full_matrices=attrs["full_matrices"])
    else:
        values, u = tf.linalg.eigh(a)
        v = u
    return tf.math.real(values), tf.matmul(u[..., :1], v[..., :1], adjoint_b=True)
