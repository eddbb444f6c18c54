"""Cases of grads.py: reductions over segments, and samples that depend on parameters."""

import numpy as np
import tensorflow as tf


def cases(g):
    """Yields name, op, inputs {argument: array or list of arrays}, attributes."""
    n = lambda *s: g.normal(*s, dtype="float64")
    i32 = lambda *v: np.array(v, "int32")

    yield from _sorted(n, i32)
    yield from _unsorted(n, i32)
    yield from _sparse(n, i32)
    yield from _random(n, i32)


def _sorted(n, i32):
    zeros = np.array([[1.5, 0.0], [2.0, 0.0], [0.0, 3.0], [-1.0, 2.0], [0.5, 4.0]])
    tie = np.array([1.0, 3.0, 3.0, 2.0, 2.0])
    for op in ("SegmentSum", "SegmentMean", "SegmentMax", "SegmentMin", "SegmentProd"):
        yield op, op, {"data": n(5, 2), "segment_ids": i32(0, 0, 1, 1, 1)}, {}
        yield f"{op}/gap", op, {"data": n(4, 2, 2), "segment_ids": np.array([0, 2, 2, 4])}, {}
        yield f"{op}/vector", op, {"data": n(4), "segment_ids": i32(0, 1, 1, 2)}, {}
        if op not in ("SegmentMax", "SegmentMin"):
            yield f"{op}/complex", op, {"data": n(4) + 1j * n(4), "segment_ids": i32(0, 1, 1, 1)}, {}
    yield "SegmentMax/tie", "SegmentMax", {"data": tie, "segment_ids": i32(0, 0, 0, 1, 1)}, {}
    yield "SegmentMin/tie", "SegmentMin", {"data": tie, "segment_ids": i32(0, 0, 0, 1, 1)}, {}
    yield "SegmentProd/zeros", "SegmentProd", {"data": zeros, "segment_ids": i32(0, 0, 0, 1, 1)}, {}


def _unsorted(n, i32):
    count = np.array(5, "int32")
    zeros = np.array([[1.5, 0.0], [2.0, 0.0], [0.0, 3.0], [-1.0, 2.0]])
    for op in ("Sum", "Max", "Min", "Prod"):
        op = "UnsortedSegment" + op
        yield op, op, {"data": n(4, 2), "segment_ids": i32(3, 0, 3, 1), "num_segments": count}, {}
        yield f"{op}/matrix_ids", op, {"data": n(2, 2, 3), "segment_ids": np.array([[4, 1], [0, 4]]), "num_segments": count}, {}
        yield f"{op}/scalar_id", op, {"data": n(3), "segment_ids": np.array(2, "int32"), "num_segments": count}, {}
        yield f"{op}/dropped", op, {"data": n(4), "segment_ids": i32(1, -1, 1, 0), "num_segments": np.array(2)}, {}
    tie = np.array([0.0, 3.0, 3.0, 0.0])
    for op in ("UnsortedSegmentMax", "UnsortedSegmentMin"):
        yield f"{op}/tie", op, {"data": tie, "segment_ids": i32(1, 0, 0, 1), "num_segments": count}, {}
    yield "UnsortedSegmentProd/zeros", "UnsortedSegmentProd", {"data": zeros, "segment_ids": i32(1, 1, 1, 0), "num_segments": count}, {}
    yield "UnsortedSegmentProd/complex", "UnsortedSegmentProd", {
        "data": n(4) + 1j * n(4), "segment_ids": i32(1, 2, 1, 1), "num_segments": count}, {}


def _sparse(n, i32):
    for kind in ("Sum", "Mean", "SqrtN"):
        op = "SparseSegment" + kind
        yield op, op, {"data": n(4, 2), "indices": i32(3, 0, 3, 1), "segment_ids": i32(0, 0, 1, 1)}, {}
        yield f"{op}/gap", op, {"data": n(3, 2, 2), "indices": np.array([2, 0, 0]), "segment_ids": np.array([0, 0, 2])}, {}
        op += "WithNumSegments"
        yield op, op, {"data": n(4, 2), "indices": i32(3, 0, 3, 1), "segment_ids": i32(0, 0, 1, 3),
                       "num_segments": np.array(5, "int32")}, {}


def _random(n, i32):
    alpha = np.array([[0.5], [2.0]])
    seed = i32(3, 7)
    yield "StatelessRandomGammaV2", "StatelessRandomGammaV2", {"shape": i32(4, 2, 1), "seed": seed, "alpha": alpha}, {}
    yield "StatelessRandomGammaV2/same", "StatelessRandomGammaV2", {"shape": i32(2, 1), "seed": seed, "alpha": alpha}, {}
    op = "StatelessParameterizedTruncatedNormal"
    mean, deviation = np.array([0.5, -1.0, 2.0]), np.array([[1.0], [2.0]])
    yield op, op, {"shape": i32(4, 2, 3), "seed": seed, "means": mean, "stddevs": deviation,
                   "minvals": np.array(-1.5), "maxvals": np.array([2.5, 1.5, 3.0])}, {}
    yield f"{op}/tail", op, {"shape": i32(5), "seed": seed, "means": np.array(0.0), "stddevs": np.array(1.0),
                             "minvals": np.array(5.0), "maxvals": np.array(9.0)}, {}
