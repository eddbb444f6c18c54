"""Cases of grads.py: operations that put slices into a tensor, and take them out."""

import numpy as np

i32 = lambda *v: np.array(v, "int32")


def cases(g):
    n = lambda *s: g.normal(*s, dtype="float64")
    z = lambda *s: n(*s) + 1j * n(*s)
    elements, rows = i32([2, 1], [0, 0], [1, 2]), np.array([[2], [0]])
    for op in ("ScatterNdNonAliasingAdd", "TensorScatterAdd", "TensorScatterSub", "TensorScatterUpdate",
               "TensorScatterMin", "TensorScatterMax"):
        x = "input" if op == "ScatterNdNonAliasingAdd" else "tensor"
        put = lambda a, indices, b: {x: a, "indices": indices, "updates": b}
        yield op, op, put(n(3, 4), elements, n(3)), {}
        yield f"{op}/rows", op, put(n(3, 4), rows, n(2, 4)), {}
        yield f"{op}/matrix_of_indices", op, put(n(5, 2), i32([[4], [0]], [[3], [1]]), n(2, 2, 2)), {}
        yield f"{op}/one", op, put(n(1), i32([0]), n(1)), {}
        yield f"{op}/twice", op, put(n(3, 2), i32([2], [0], [2]), n(3, 2)), {}
        yield f"{op}/none", op, put(n(3, 2), np.zeros((0, 1), "int32"), n(0, 2)), {}
        if op[-3:] not in ("Min", "Max"):
            yield f"{op}/complex", op, put(z(3), i32([1]), z(1)), {}
    tie = np.array([1.0, 2.0, 3.0])
    for op in ("TensorScatterMin", "TensorScatterMax"):
        yield f"{op}/tie", op, {"tensor": tie, "indices": i32([1], [1], [0]), "updates": np.array([2.0, 2.0, 5.0])}, {}
    yield "GatherNd", "GatherNd", {"params": n(3, 4), "indices": elements}, {}
    yield "GatherNd/rows", "GatherNd", {"params": n(3, 4), "indices": np.array([[[2], [2]], [[0], [1]]])}, {}
    yield "GatherNd/none", "GatherNd", {"params": n(2, 2), "indices": np.zeros((0, 1), "int32")}, {}
    yield "ScatterNd", "ScatterNd", {"indices": elements, "updates": n(3), "shape": i32(4, 3)}, {}
    yield "ScatterNd/rows", "ScatterNd", {"indices": i32([4], [0], [4]), "updates": n(3, 2), "shape": i32(5, 2)}, {}
    yield from _strided(n)


def _strided(n):
    op = "TensorStridedSliceUpdate"

    def case(name, x, begin, end, strides, value, **masks):
        return f"{op}{name}", op, {"input": x, "begin": i32(*begin), "end": i32(*end), "strides": i32(*strides), "value": value}, masks

    yield case("", n(4, 3), (1, 0), (4, 3), (2, 1), n(2, 3))
    yield case("/backwards", n(4), (3,), (-5,), (-2,), n(2))
    yield case("/masks", n(4, 3, 2), (1, 0, 1), (2, 0, 0), (1, 1, 1), n(3, 1), shrink_axis_mask=1, begin_mask=2, end_mask=6)
    yield case("/ellipsis", n(2, 3, 2), (0, 1), (0, 2), (1, 1), n(2, 3, 1), ellipsis_mask=1)
    yield case("/new_axis", n(4, 3), (0, 1), (0, 3), (1, 1), n(1, 2, 3), new_axis_mask=1)
    yield case("/broadcast", n(4, 3), (1, 0), (4, 2), (1, 1), n(1, 2))
    yield case("/scalar", n(4, 3), (1, 0), (4, 2), (1, 1), n())
    yield case("/empty", n(3), (2,), (1,), (1,), n(0))
