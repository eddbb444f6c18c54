"""Cases of grads.py: operations that move blocks of elements."""

import numpy as np

i32 = lambda *v: np.array(v, "int32")


def cases(g):
    n = lambda *s: g.normal(*s, dtype="float64")
    yield from _space(n)
    yield from _order(n)
    yield from _stitch(n)
    yield from _edges(n)
    yield from _slices(n)
    yield from _complex(lambda *s: n(*s) + 1j * n(*s))


def _space(n):
    pads = np.array([[1, 0], [2, 2]], "int32")
    yield "SpaceToBatch", "SpaceToBatch", {"input": n(2, 3, 4, 2), "paddings": pads}, {"block_size": 2}
    yield "SpaceToBatch/none", "SpaceToBatch", {"input": n(1, 2, 2, 1), "paddings": 0 * pads}, {"block_size": 2}
    yield "BatchToSpace", "BatchToSpace", {"input": n(8, 2, 4, 2), "crops": pads}, {"block_size": 2}
    yield "SpaceToBatchND", "SpaceToBatchND", {"input": n(2, 3, 4, 2), "block_shape": i32(2, 3),
                                               "paddings": np.array([[1, 0], [2, 0]], "int32")}, {}
    yield "SpaceToBatchND/vector", "SpaceToBatchND", {"input": n(2, 3), "block_shape": i32(3),
                                                      "paddings": np.array([[0, 0]], "int32")}, {}
    yield "BatchToSpaceND", "BatchToSpaceND", {"input": n(6, 2, 2, 2), "block_shape": i32(2, 3),
                                               "crops": np.array([[1, 0], [0, 2]], "int32")}, {}
    for block in (2, 3):
        yield f"SpaceToDepth/{block}", "SpaceToDepth", {"input": n(2, 6, 6, 2)}, {"block_size": block}
        yield f"DepthToSpace/{block}", "DepthToSpace", {"input": n(1, 2, 1, 2 * block**2)}, {"block_size": block}


def _order(n):
    yield "ReverseSequence", "ReverseSequence", {"input": n(3, 4, 2), "seq_lengths": i32(0, 3, 4)}, {
        "seq_dim": 1, "batch_dim": 0}
    yield "ReverseSequence/time_first", "ReverseSequence", {
        "input": n(4, 2, 3), "seq_lengths": np.array([1, 2, 4], "int64")}, {"seq_dim": 0, "batch_dim": 2}
    yield "Reverse", "Reverse", {"tensor": n(2, 3, 4), "dims": np.array([True, False, True])}, {}
    yield "ReverseV2", "ReverseV2", {"tensor": n(2, 3, 4), "axis": i32(-1, 0)}, {}
    yield "ReverseV2/none", "ReverseV2", {"tensor": n(2, 3), "axis": i32()}, {}
    yield "Roll", "Roll", {"input": n(4, 3), "shift": np.array(1, "int32"), "axis": np.array(0, "int32")}, {}
    yield "Roll/axes", "Roll", {"input": n(2, 3, 5), "shift": i32(-7, 2), "axis": i32(2, -2)}, {}
    yield "Roll/one_axis_twice", "Roll", {"input": n(5), "shift": i32(1, 3), "axis": i32(0, 0)}, {}
    yield "Transpose/one", "Transpose", {"x": n(1), "perm": i32(0)}, {}
    yield "Transpose/scalar", "Transpose", {"x": n(), "perm": i32()}, {}
    yield "Transpose/long", "Transpose", {"x": n(2, 1, 3, 1, 2), "perm": np.array([4, 1, 0, 3, 2])}, {}


def _stitch(n):
    yield "DynamicPartition", "DynamicPartition", {"data": n(5, 2), "partitions": i32(2, 0, 2, 3, 0)}, {
        "num_partitions": 4}
    yield "DynamicPartition/matrix", "DynamicPartition", {"data": n(2, 3), "partitions": i32([0, 1, 1], [1, 0, 1])}, {
        "num_partitions": 2}
    yield "DynamicPartition/one", "DynamicPartition", {"data": n(1), "partitions": i32(0)}, {"num_partitions": 1}
    for op in ("DynamicStitch", "ParallelDynamicStitch"):
        yield op, op, {"indices": [i32(4, 0), i32([1, 3], [2, 5])], "data": [n(2, 3), n(2, 2, 3)]}, {}
        yield f"{op}/scalar", op, {"indices": [np.array(2, "int32"), i32(1, 0)], "data": [n(), n(2)]}, {}
    yield "DynamicStitch/twice", "DynamicStitch", {"indices": [i32(1, 0), i32(2, 1, 2)], "data": [n(2, 2), n(3, 2)]}, {}


def _edges(n):
    """Sizes of 1 and 0, and ranks of 0."""
    yield "BroadcastTo/same", "BroadcastTo", {"input": n(2, 3), "shape": i32(2, 3)}, {}
    yield "BroadcastTo/scalar", "BroadcastTo", {"input": n(), "shape": i32(2, 2)}, {}
    yield "BroadcastTo/ones", "BroadcastTo", {"input": n(1, 1), "shape": np.array([3, 1, 4])}, {}
    yield "BroadcastTo/empty", "BroadcastTo", {"input": n(1, 2), "shape": i32(0, 2)}, {}
    yield "Tile/zero", "Tile", {"input": n(2, 3), "multiples": i32(0, 2)}, {}
    yield "Tile/one", "Tile", {"input": n(1, 3), "multiples": np.array([4, 1])}, {}
    yield "Tile/scalar", "Tile", {"input": n(), "multiples": i32()}, {}
    yield "Pack/scalars", "Pack", {"values": [n(), n(), n()]}, {"axis": 0}
    yield "Pack/last", "Pack", {"values": [n(2, 1), n(2, 1)]}, {"axis": -1}
    yield "Pack/one", "Pack", {"values": [n(1, 2)]}, {"axis": 1}
    yield "Unpack/one", "Unpack", {"value": n(2, 1)}, {"num": 1, "axis": -1}
    yield "Unpack/vector", "Unpack", {"value": n(3)}, {"num": 3, "axis": 0}
    yield "ConcatV2/empty_part", "ConcatV2", {"values": [n(0, 2), n(3, 2), n(0, 2)], "axis": np.array(0)}, {}
    yield "Concat", "Concat", {"concat_dim": np.array(1, "int32"), "values": [n(2, 1), n(2, 3)]}, {}
    yield "Split/one", "Split", {"axis": np.array(-1, "int32"), "value": n(2, 3)}, {"num_split": 1}
    yield "SplitV", "SplitV", {"value": n(2, 6), "size_splits": i32(2, 0, 4), "axis": np.array(1, "int32")}, {"num_split": 3}
    yield "SplitV/rest", "SplitV", {"value": n(5, 2), "size_splits": np.array([1, -1]), "axis": np.array(-2, "int32")}, {
        "num_split": 2}
    yield "Squeeze/negative_axis", "Squeeze", {"input": n(1, 2, 1)}, {"axis": [-1]}
    yield "Squeeze/to_scalar", "Squeeze", {"input": n(1, 1)}, {}
    yield "ExpandDims/last", "ExpandDims", {"input": n(2), "axis": np.array(-1)}, {}
    yield "ExpandDims/scalar", "ExpandDims", {"input": n(), "axis": np.array(0, "int32")}, {}
    yield "Reshape/scalar", "Reshape", {"tensor": n(1, 1), "shape": i32()}, {}
    yield "Fill", "Fill", {"dims": i32(2, 3), "value": n()}, {}
    yield "Fill/scalar", "Fill", {"dims": i32(), "value": n()}, {}
    yield "Fill/empty", "Fill", {"dims": i32(0, 3), "value": n()}, {}


def _slices(n):
    pads = np.array([[1, 2], [0, 1]], "int32")
    yield "Slice/empty", "Slice", {"input": n(2, 3), "begin": i32(1, 0), "size": i32(0, 2)}, {}
    yield "Slice/all", "Slice", {"input": n(1, 3), "begin": np.array([0, 0]), "size": np.array([-1, -1])}, {}
    yield "Slice/vector", "Slice", {"input": n(4), "begin": i32(3), "size": i32(1)}, {}
    yield "Pad/none", "Pad", {"input": n(1, 2), "paddings": 0 * pads}, {}
    yield "Pad/vector", "Pad", {"input": n(1), "paddings": np.array([[2, 3]])}, {}
    yield "MirrorPad/reflect", "MirrorPad", {"input": n(3, 2), "paddings": pads}, {"mode": "REFLECT"}
    yield "MirrorPad/symmetric", "MirrorPad", {"input": n(2, 1), "paddings": pads.astype("int64")}, {"mode": "SYMMETRIC"}
    yield "MirrorPadGrad", "MirrorPadGrad", {"input": n(6, 3), "paddings": pads}, {"mode": "REFLECT"}
    yield "StridedSlice/backwards", "StridedSlice", {"input": n(5, 2), "begin": i32(4, 1), "end": i32(-6, 2), "strides": i32(-2, 1)}, {}
    yield "StridedSlice/empty", "StridedSlice", {"input": n(3, 2), "begin": i32(2, 0), "end": i32(1, 2), "strides": i32(1, 1)}, {}
    yield "StridedSlice/element", "StridedSlice", {"input": n(3), "begin": np.array([-1]), "end": np.array([0]),
                                                   "strides": np.array([1])}, {"shrink_axis_mask": 1}
    yield "StridedSlice/ellipsis", "StridedSlice", {"input": n(2, 3, 1, 4), "begin": i32(0, 0, 1), "end": i32(1, 0, 3),
                                                    "strides": i32(1, 1, 1)}, {"ellipsis_mask": 2}
    yield "StridedSlice/fewer", "StridedSlice", {"input": n(3, 2), "begin": i32(1), "end": i32(3), "strides": i32(1)}, {}
    yield "StridedSliceGrad", "StridedSliceGrad", {"shape": i32(4, 3), "begin": i32(0, 2), "end": i32(4, 0), "strides": i32(3, -1),
                                                   "dy": n(2, 2)}, {}
    yield "GatherV2/scalar", "GatherV2", {"params": n(3, 2), "indices": np.array(1, "int32"), "axis": np.array(0, "int32")}, {}
    yield "GatherV2/last_axis", "GatherV2", {"params": n(3, 2), "indices": np.array([1, 1, 0]), "axis": np.array(-1)}, {}
    yield "GatherV2/none", "GatherV2", {"params": n(3, 2), "indices": i32(), "axis": np.array(0, "int32")}, {}
    yield "GatherV2/none_of_axis", "GatherV2", {"params": n(3, 2), "indices": i32(), "axis": np.array(1, "int32")}, {}
    yield "GatherV2/one", "GatherV2", {"params": n(1, 1), "indices": i32(0), "axis": np.array(0, "int32")}, {}
    yield "GatherV2/batch_2", "GatherV2", {"params": n(2, 1, 3), "indices": i32([[1, 2]], [[0, 0]]), "axis": np.array(2, "int32")}, {
        "batch_dims": 2}
    yield "GatherV2/batch_negative", "GatherV2", {"params": n(2, 3), "indices": i32([1, 2], [0, 0]), "axis": np.array(-1, "int32")}, {
        "batch_dims": -1}
    yield "Gather", "Gather", {"params": n(3, 2), "indices": i32([2, 0], [2, 2])}, {}


def _complex(z):
    zero = np.array(0, "int32")
    for op, inputs, attrs in [
        ("Transpose", {"x": z(2, 3), "perm": i32(1, 0)}, {}),
        ("ConcatV2", {"values": [z(1, 2), z(2, 2)], "axis": zero}, {}),
        ("Pack", {"values": [z(2), z(2)]}, {"axis": 1}),
        ("Unpack", {"value": z(2, 2)}, {"num": 2, "axis": 0}),
        ("Tile", {"input": z(2), "multiples": i32(2)}, {}),
        ("BroadcastTo", {"input": z(2, 1), "shape": i32(3, 2, 2)}, {}),
        ("Pad", {"input": z(2), "paddings": i32([1, 1])}, {}),
        ("Slice", {"input": z(3), "begin": i32(1), "size": i32(2)}, {}),
        ("StridedSlice", {"input": z(3), "begin": i32(2), "end": i32(0), "strides": i32(-1)}, {}),
        ("GatherV2", {"params": z(3), "indices": i32(2, 0, 2), "axis": zero}, {}),
        ("GatherNd", {"params": z(2, 2), "indices": i32([1], [1])}, {}),
        ("ReverseV2", {"tensor": z(3), "axis": i32(0)}, {}),
        ("Roll", {"input": z(3), "shift": i32(1), "axis": i32(0)}, {}),
        ("DynamicPartition", {"data": z(3), "partitions": i32(1, 0, 1)}, {"num_partitions": 2}),
        ("DynamicStitch", {"indices": [i32(2, 0), i32(1)], "data": [z(2), z(1)]}, {}),
        ("Fill", {"dims": i32(2), "value": z()}, {}),
    ]:
        yield f"{op}/complex", op, inputs, attrs
