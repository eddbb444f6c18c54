"""Cases of grads.py: complex numbers."""

import numpy as np
import tensorflow as tf


def cases(g):
    """Yields name, op, inputs {argument: array or list of arrays}, attributes."""
    n = lambda *s: g.normal(*s, dtype="float64")
    z = lambda *s: n(*s) + 1j * n(*s)
    away = lambda *s: z(*s) + 3 * np.sign(n(*s))  # not near 0, on both sides
    i32 = lambda *v: np.array(v, "int32")

    yield from _parts(n, z, away)
    yield from _elementwise(z, away)
    yield from _products(n, z)
    yield from _reductions(z, i32)
    yield from _shapes(z, i32)


def _parts(n, z, away):
    yield "Complex", "Complex", {"real": n(2, 3), "imag": n(3)}, {"Tout": tf.complex128}
    yield "Complex/scalar", "Complex", {"real": n(), "imag": n(2, 1)}, {"Tout": tf.complex128}
    for op, argument in (("Real", "input"), ("Imag", "input"), ("Angle", "input"), ("ComplexAbs", "x")):
        yield op, op, {argument: away(2, 3)}, {"Tout": tf.float64}
        yield f"{op}/complex64", op, {argument: away(2, 3).astype("complex64")}, {"Tout": tf.float32}
    yield "ComplexAbs/zero", "ComplexAbs", {"x": np.array([0j, 1 + 1j])}, {"Tout": tf.float64}
    yield "Conj", "Conj", {"input": z(2, 3)}, {}
    yield "ConjugateTranspose", "ConjugateTranspose", {"x": z(2, 3, 2), "perm": np.array([2, 0, 1], "int32")}, {}
    yield "ConjugateTranspose/real", "ConjugateTranspose", {"x": n(2, 3), "perm": np.array([1, 0], "int32")}, {}
    yield "Cast/to_real", "Cast", {"x": z(2, 3)}, {"DstT": tf.float64}
    yield "Cast/to_complex", "Cast", {"x": n(2, 3)}, {"DstT": tf.complex128}
    yield "Cast/widen", "Cast", {"x": z(2, 3).astype("complex64")}, {"DstT": tf.complex128}


def _elementwise(z, away):
    for op in ("Neg", "Square", "Exp", "Expm1", "Log", "Log1p", "Sqrt", "Rsqrt", "Reciprocal", "Inv", "Sin", "Cos",
               "Tan", "Sinh", "Cosh", "Tanh", "Asin", "Acos", "Atan", "Asinh", "Acosh", "Atanh", "Sigmoid", "Sign"):
        yield f"{op}/complex", op, {"x": away(2, 3) if op in ("Sqrt", "Rsqrt", "Sign", "Acosh", "Log") else z(2, 3)}, {}
    for op in ("TanhGrad", "SigmoidGrad", "SqrtGrad", "RsqrtGrad", "ReciprocalGrad", "InvGrad"):
        yield f"{op}/complex", op, {"y": z(2, 3) + 2, "dy": z(2, 3)}, {}
    for op in ("Add", "AddV2", "Sub", "Mul", "Div", "RealDiv", "DivNoNan", "MulNoNan", "SquaredDifference", "Pow",
               "Xdivy", "Xlogy", "Xlog1py"):
        yield f"{op}/complex", op, {"x": away(2, 3), "y": away(2, 3)}, {}
        yield f"{op}/complex_broadcast", op, {"x": away(2, 1, 3), "y": away(2, 1)}, {}
    yield "Pow/complex64", "Pow", {"x": away(3).astype("complex64"), "y": z(3).astype("complex64")}, {}
    yield "AddN/complex", "AddN", {"inputs": [z(2, 3), z(2, 3)]}, {}
    condition = np.array([True, False])
    yield "Select/complex", "Select", {"condition": condition, "x": z(2, 3), "y": z(2, 3)}, {}
    yield "SelectV2/complex", "SelectV2", {"condition": condition[:, None], "t": z(1, 3), "e": z()}, {}


def _products(n, z):
    for ta in (False, True):
        for tb in (False, True):
            kind = f"{'t' if ta else 'n'}{'t' if tb else 'n'}"
            a, b = z(*((3, 2) if ta else (2, 3))), z(*((2, 3) if tb else (3, 2)))
            yield f"MatMul/complex_{kind}", "MatMul", {"a": a, "b": b}, {"transpose_a": ta, "transpose_b": tb}
            x, y = z(*((2, 3, 2) if ta else (2, 2, 3))), z(*((2, 2, 3) if tb else (2, 3, 2)))
            yield f"BatchMatMul/complex_{kind}", "BatchMatMul", {"x": x, "y": y}, {"adj_x": ta, "adj_y": tb}
            yield f"BatchMatMulV2/complex_{kind}", "BatchMatMulV2", {"x": x, "y": y[:1]}, {"adj_x": ta, "adj_y": tb}
    for equation, shapes in {"ab,bc->ac": [(2, 3), (3, 2)], "abc->ca": [(2, 2, 3)], "a,b->ab": [(2,), (3,)],
                             "...ab,bc->...ac": [(2, 2, 3), (3, 2)]}.items():
        yield f"Einsum/complex {equation}", "Einsum", {"inputs": [z(*s) for s in shapes]}, {"equation": equation}
    yield "BiasAdd/complex", "BiasAdd", {"value": z(2, 2, 3), "bias": z(3)}, {}
    yield "BiasAddGrad/complex", "BiasAddGrad", {"out_backprop": z(2, 2, 3)}, {}


def _reductions(z, i32):
    for op in ("Sum", "Mean", "Prod", "EuclideanNorm"):
        yield f"{op}/complex", op, {"input": z(2, 3, 2), "axis": i32(1)}, {}
        yield f"{op}/complex_keep_dims", op, {"input": z(2, 3, 2), "axis": i32(0, 2)}, {"keep_dims": True}
    yield "Prod/complex_zero", "Prod", {"input": np.array([[1 + 1j, 0, 2j], [0, 0, 1j]]), "axis": i32(1)}, {}
    for op in ("Cumsum", "Cumprod"):
        yield f"{op}/complex", op, {"x": z(3, 2), "axis": np.array(0, "int32")}, {}
        yield f"{op}/complex_reverse", op, {"x": z(2, 3), "axis": np.array(-1, "int32")}, {"exclusive": True, "reverse": True}


def _shapes(z, i32):
    yield "Fill/complex", "Fill", {"dims": i32(2, 3), "value": z()}, {}
    yield "Tile/complex", "Tile", {"input": z(2, 2), "multiples": i32(2, 1)}, {}
    yield "BroadcastTo/complex", "BroadcastTo", {"input": z(2, 1), "shape": i32(2, 2, 3)}, {}
    yield "Transpose/complex", "Transpose", {"x": z(2, 3), "perm": i32(1, 0)}, {}
    yield "GatherV2/complex", "GatherV2", {"params": z(3, 2), "indices": i32(2, 0, 2), "axis": np.array(0, "int32")}, {}
    yield "GatherNd/complex", "GatherNd", {"params": z(3, 2), "indices": i32([2, 1], [2, 1], [0, 0])}, {}
    yield "ScatterNd/complex", "ScatterNd", {"indices": i32([2], [0], [2]), "updates": z(3, 2), "shape": i32(4, 2)}, {}
    yield "ConcatV2/complex", "ConcatV2", {"values": [z(2, 1), z(2, 2)], "axis": np.array(1, "int32")}, {}
    yield "Slice/complex", "Slice", {"input": z(3, 3), "begin": i32(1, 0), "size": i32(2, 2)}, {}
    yield "StridedSlice/complex", "StridedSlice", {"input": z(4), "begin": i32(3), "end": i32(0), "strides": i32(-2)}, {}
    yield "PadV2/complex", "PadV2", {"input": z(2), "paddings": i32([1, 2]), "constant_values": z()}, {}
    yield "MirrorPad/complex", "MirrorPad", {"input": z(3), "paddings": i32([1, 2])}, {"mode": "REFLECT"}
    yield "Pack/complex", "Pack", {"values": [z(2), z(2)]}, {"axis": 1}
    yield "Split/complex", "Split", {"axis": np.array(0, "int32"), "value": z(4)}, {"num_split": 2}
    yield "ReverseV2/complex", "ReverseV2", {"tensor": z(2, 3), "axis": i32(1)}, {}
    yield "UnsortedSegmentSum/complex", "UnsortedSegmentSum", {"data": z(4, 2), "segment_ids": i32(1, 0, -1, 1),
                                                               "num_segments": np.array(3, "int32")}, {}
