"""Cases of grads.py: operations on sparse and ragged tensors."""

import numpy as np

i64 = lambda *v: np.array(v, "int64")
i32 = lambda *v: np.array(v, "int32")
MATRIX = i64([0, 1], [1, 0], [1, 3], [2, 2])  # entries of a 3 x 4 matrix
OTHER = i64([0, 1], [0, 2], [1, 3], [2, 0])
CUBE = i64([0, 0, 1], [0, 2, 0], [1, 0, 1], [1, 1, 0], [1, 2, 0])  # of 2 x 3 x 2


def cases(g):
    n = lambda *s: g.normal(*s, dtype="float64")
    z = lambda *s: n(*s) + 1j * n(*s)
    yield from _order(n)
    yield from _pairs(n)
    yield from _dense(n)
    yield from _matmul(n, z)
    yield from _to_dense(n)
    yield from _ragged(n)


def _order(n):
    x = {"input_indices": MATRIX[[2, 0, 3, 1]], "input_values": n(4), "input_shape": i64(3, 4)}
    yield "SparseReorder", "SparseReorder", x, {}
    for name, axes, keep in [("", [1], False), ("/first", [0], False), ("/keep_dims", [-1], True), ("/all", [1, 0], False),
                             ("/none", [], True)]:
        yield f"SparseReduceSum{name}", "SparseReduceSum", {
            "input_indices": MATRIX, "input_values": n(4), "input_shape": i64(3, 4), "reduction_axes": np.array(axes, "int32"),
        }, {"keep_dims": keep}
    yield "SparseReduceSum/cube", "SparseReduceSum", {"input_indices": CUBE, "input_values": n(5), "input_shape": i64(2, 3, 2),
                                                      "reduction_axes": i32(0, -1)}, {}
    yield "SparseSoftmax", "SparseSoftmax", {"sp_indices": MATRIX, "sp_values": n(4), "sp_shape": i64(3, 4)}, {}
    yield "SparseSoftmax/cube", "SparseSoftmax", {"sp_indices": CUBE, "sp_values": n(5), "sp_shape": i64(2, 3, 2)}, {}
    for name, rows in ("", i64([1, 0], [1, 2], [3, 1])), ("/full", i64([0, 0], [1, 2])), ("/empty", np.zeros((0, 2), "int64")):
        yield f"SparseFillEmptyRows{name}", "SparseFillEmptyRows", {
            "indices": rows, "values": n(len(rows)), "dense_shape": i64(2 if name == "/full" else 5, 3), "default_value": n()}, {}
    for name, start, size in [("", (0, 1), (2, 3)), ("/all", (0, 0), (9, 9)), ("/nothing", (0, 2), (1, 2))]:
        yield f"SparseSlice{name}", "SparseSlice", {"indices": MATRIX, "values": n(4), "shape": i64(3, 4), "start": i64(*start),
                                                    "size": i64(*size)}, {}


def _pairs(n):
    def pair(a, b):
        return {"a_indices": MATRIX, "a_values": a, "a_shape": i64(3, 4), "b_indices": OTHER, "b_values": b, "b_shape": i64(3, 4)}

    yield "SparseAdd", "SparseAdd", {**pair(n(4), n(4)), "thresh": np.array(0.0)}, {}
    small = np.array([1.0, 0.01, 2.0, 0.02])
    yield "SparseAdd/threshold", "SparseAdd", {**pair(small, small[::-1].copy()), "thresh": np.array(0.1)}, {}


def _dense(n):
    sparse = {"sp_indices": MATRIX, "sp_shape": i64(3, 4)}
    for op in ("SparseDenseCwiseMul", "SparseDenseCwiseDiv"):
        for name, shape in ("", (3, 4)), ("/row", (4,)), ("/column", (3, 1)), ("/one", (1,)), ("/ones", (1, 1)):
            yield f"{op}{name}", op, {"sp_indices": MATRIX, "sp_values": n(4), "sp_shape": i64(3, 4), "dense": 1.5 + n(*shape) / 4}, {}
    for kind in ("int32", "int64"):
        yield f"SparseTensorDenseAdd/{kind}", "SparseTensorDenseAdd", {
            "a_indices": MATRIX.astype(kind), "a_values": n(4), "a_shape": np.array([3, 4], kind), "b": n(3, 4)}, {}


def _matmul(n, z):
    for kind, make in ("", n), ("/complex", z):
        for a in (False, True):
            for b in (False, True):
                shape = (2, 3 if a else 4) if b else (3 if a else 4, 2)
                yield f"SparseTensorDenseMatMul/{'t' if a else 'n'}{'t' if b else 'n'}{kind}", "SparseTensorDenseMatMul", {
                    "a_indices": MATRIX, "a_values": make(4), "a_shape": i64(3, 4), "b": make(*shape)}, {
                    "adjoint_a": a, "adjoint_b": b}
    yield "SparseTensorDenseMatMul/vector", "SparseTensorDenseMatMul", {
        "a_indices": MATRIX, "a_values": n(4), "a_shape": i64(3, 4), "b": n(4, 1)}, {}


def _to_dense(n):
    put = lambda at, shape, values: {"sparse_indices": at, "output_shape": shape, "sparse_values": values, "default_value": n()}
    yield "SparseToDense", "SparseToDense", put(MATRIX, i64(3, 4), n(4)), {}
    yield "SparseToDense/int32", "SparseToDense", put(MATRIX.astype("int32"), i32(3, 4), n(4)), {}
    yield "SparseToDense/column", "SparseToDense", put(i64([1], [4]), i64(5), n(2)), {}
    yield "SparseToDense/unordered", "SparseToDense", put(MATRIX[::-1].copy(), i64(3, 4), n(4)), {"validate_indices": False}


def _ragged(n):
    splits = i64(0, 2, 2, 5)
    yield "RaggedTensorToSparse", "RaggedTensorToSparse", {"rt_nested_splits": [splits], "rt_dense_values": n(5)}, {}
    yield "RaggedFillEmptyRows", "RaggedFillEmptyRows", {"value_rowids": i64(1, 1, 3), "values": n(3), "nrows": np.array(5),
                                                         "default_value": n()}, {}
    for name, indices in ("", i64(2, 0, 2)), ("/matrix", i64([0, 1], [2, 2])):
        yield f"RaggedGather{name}", "RaggedGather", {"params_nested_splits": [splits], "params_dense_values": n(5, 2),
                                                      "indices": indices}, {"OUTPUT_RAGGED_RANK": indices.ndim}
