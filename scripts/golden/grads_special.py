"""Cases of grads.py: special functions, and what chooses or pools elements by their order."""

import numpy as np
import tensorflow as tf


def cases(g):
    """Yields name, op, inputs {argument: array or list of arrays}, attributes."""
    n = lambda *s: g.normal(*s, dtype="float64")
    pos = lambda *s: 0.2 + 3 * g.rng.random(s)
    unit = lambda *s: 0.05 + 0.9 * g.rng.random(s)
    i32 = lambda *v: np.array(v, "int32")

    yield from _functions(n, pos, unit)
    yield from _reductions(n, i32)
    yield from _sorting(g, n)
    yield from _passing(g, n)
    yield from _einsum(n)


def _functions(n, pos, unit):
    for op in ("Lgamma", "Digamma", "Dawsn", "Expint", "FresnelCos", "FresnelSin", "Spence", "BesselI0", "BesselI0e",
               "BesselI1", "BesselI1e", "BesselJ0", "BesselJ1", "BesselK0", "BesselK0e", "BesselK1", "BesselK1e",
               "BesselY0", "BesselY1"):
        yield op, op, {"x": pos(2, 3)}, {}
    for op in ("Dawsn", "FresnelCos", "FresnelSin", "BesselI0", "BesselI0e", "BesselI1", "BesselI1e", "BesselJ0", "BesselJ1"):
        yield f"{op}/negative", op, {"x": -pos(3)}, {}
    for op in ("BesselI0", "BesselI1", "BesselI1e", "BesselJ0", "BesselJ1"):
        yield f"{op}/zero", op, {"x": np.array([0.0, 1.5])}, {}
    yield "Spence/one", "Spence", {"x": np.array([1.0, 0.5, 1.5])}, {}
    yield "Erfinv", "Erfinv", {"x": 2 * unit(2, 3) - 1}, {}
    yield "Ndtri", "Ndtri", {"x": unit(2, 3)}, {}
    yield "Polygamma", "Polygamma", {"a": np.array([[1.0], [2.0]]), "x": pos(3)}, {}
    yield "NextAfter", "NextAfter", {"x1": n(2, 3), "x2": n(3)}, {}
    for op in ("Igamma", "Igammac"):
        yield op, op, {"a": pos(2, 3), "x": pos(2, 3)}, {}
        yield f"{op}/broadcast", op, {"a": pos(2, 1), "x": pos(3)}, {}
    yield "Betainc", "Betainc", {"a": pos(2, 3), "b": pos(2, 3), "x": unit(2, 3)}, {}
    yield "Betainc/scalar", "Betainc", {"a": pos(2), "b": pos(2), "x": unit()}, {}
    yield "Zeta", "Zeta", {"x": 1.2 + pos(2, 3), "q": pos(2, 3)}, {}
    yield "Zeta/broadcast", "Zeta", {"x": 1.2 + pos(2, 1), "q": pos(3)}, {}
    for op in ("Xdivy", "Xlogy", "Xlog1py"):
        yield op, op, {"x": n(2, 3), "y": pos(2, 3)}, {}
        yield f"{op}/broadcast", op, {"x": n(2, 1), "y": pos(3)}, {}
        yield f"{op}/zero", op, {"x": np.array([0.0, 0.0, 2.0]), "y": np.array([0.0, 1.5, 2.5])}, {}


def _reductions(n, i32):
    yield "EuclideanNorm", "EuclideanNorm", {"input": n(2, 3, 2), "axis": i32(1)}, {}
    yield "EuclideanNorm/keep_dims", "EuclideanNorm", {"input": n(2, 3, 2), "axis": i32(0, 2)}, {"keep_dims": True}
    yield "EuclideanNorm/negative_axis", "EuclideanNorm", {"input": n(2, 3), "axis": np.array(-1, "int32")}, {}
    for exclusive in (False, True):
        for reverse in (False, True):
            name = f"{'exclusive' if exclusive else 'inclusive'}{'_reverse' if reverse else ''}"
            attrs = {"exclusive": exclusive, "reverse": reverse}
            axis = np.array(-2 if reverse else 0, "int32")
            yield f"CumulativeLogsumexp/{name}", "CumulativeLogsumexp", {"x": n(4, 2), "axis": axis}, attrs
            yield f"Cumprod/{name}", "Cumprod", {"x": n(4, 2), "axis": axis}, attrs
            yield f"Cumsum/{name}", "Cumsum", {"x": n(4, 2), "axis": axis}, attrs
    yield "CumulativeLogsumexp/far", "CumulativeLogsumexp", {"x": np.array([-1000.0, 0.0, 2.0, 1.0]),
                                                             "axis": np.array(0, "int32")}, {}
    zeros = np.array([[1.5, 0.0, -2.0, 3.0], [2.0, 0.0, 0.5, 0.0]])
    yield "Cumprod/zeros", "Cumprod", {"x": zeros, "axis": np.array(1, "int32")}, {}
    yield "Cumprod/zeros_exclusive", "Cumprod", {"x": zeros, "axis": np.array(1, "int32")}, {"exclusive": True}
    yield "Prod/zeros", "Prod", {"input": zeros, "axis": i32(1)}, {}


def _sorting(g, n):
    distinct = lambda *s: g.rng.permutation(int(np.prod(s))).reshape(s) + 0.3 * g.rng.random(s)
    # TopK, of the first version, has no kernel that TensorFlow accepts.
    yield "TopKV2", "TopKV2", {"input": distinct(5), "k": np.array(2, "int32")}, {}
    yield "TopKV2/3d", "TopKV2", {"input": distinct(2, 3, 4), "k": np.array(2, "int32")}, {"sorted": False}
    yield "TopKV2/all", "TopKV2", {"input": distinct(2, 3), "k": np.array(3, "int32")}, {}
    yield "TopKV2/none", "TopKV2", {"input": distinct(2, 3), "k": np.array(0, "int32")}, {}
    yield "NthElement", "NthElement", {"input": distinct(2, 3, 4), "n": np.array(1, "int32")}, {}
    yield "NthElement/reverse", "NthElement", {"input": distinct(5), "n": np.array(0, "int32")}, {"reverse": True}
    yield "NthElement/tie", "NthElement", {"input": np.array([[1.0, 2.0, 2.0], [3.0, 3.0, 3.0]]), "n": np.array(1, "int32")}, {}
    yield "IsotonicRegression", "IsotonicRegression", {"input": distinct(2, 6)}, {"output_dtype": tf.float64}
    yield "Cross", "Cross", {"a": n(2, 3), "b": n(2, 3)}, {}
    yield "Cross/vector", "Cross", {"a": n(3), "b": n(3)}, {}


def _passing(g, n):
    yield "BiasAddV1", "BiasAddV1", {"value": n(2, 3, 4), "bias": n(4)}, {}
    yield "CheckNumericsV2", "CheckNumericsV2", {"tensor": n(2, 3)}, {"message": "checked"}
    yield "L2Loss", "L2Loss", {"t": n(2, 3)}, {}
    f32 = lambda *s: g.normal(*s)
    for ta in (False, True):
        for tb in (False, True):
            a, b = f32(*((4, 3) if ta else (3, 4))), f32(*((2, 4) if tb else (4, 2)))
            yield (f"SparseMatMul/{'t' if ta else 'n'}{'t' if tb else 'n'}", "SparseMatMul", {"a": a, "b": b},
                   {"transpose_a": ta, "transpose_b": tb, "a_is_sparse": ta, "b_is_sparse": not ta})


def _einsum(n):
    for equation, *shapes in (
        ("ab->ba", (2, 3)), ("ab->b", (2, 3)), ("aa->a", (3, 3)), ("aa->", (3, 3)), ("aab->b", (2, 2, 3)), ("a->aa", (3,)),
        ("...a->a...", (2, 2, 3)), ("a...->...", (2, 3)),
        ("ab,bc->ac", (2, 3), (3, 2)), ("ab,cd->bd", (2, 3), (2, 2)), ("aab,bc->ac", (2, 2, 3), (3, 2)), ("a,->a", (3,), ()),
        ("...ab,...bc->...ac", (3, 1, 2, 2), (2, 2, 3)), ("...ab,bc->...ac", (2, 2, 3), (3, 2)),
        ("ab...,b...c->a...c", (2, 2, 3), (2, 1, 2)), ("a...,a...->...", (3, 2), (3, 1)),
        ("...ab,...b->...", (3, 1, 2, 2), (2, 2)), ("aa...,...b->...ab", (2, 2, 3), (2, 1, 2)),
    ):
        yield f"Einsum/{equation}", "Einsum", {"inputs": [n(*s) for s in shapes]}, {"equation": equation}


# The outputs whose gradient is asked for, where it is not all of them.
OUTPUTS = {op: [0] for op in ("TopKV2", "IsotonicRegression")}
