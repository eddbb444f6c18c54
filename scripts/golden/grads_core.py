"""Cases of grads.py: the operations that most models are made of."""

import numpy as np
import tensorflow as tf


def cases(g):
    """Yields name, op, inputs {argument: array or list of arrays}, attributes."""
    n = lambda *s: g.normal(*s, dtype="float64")
    pos = lambda *s: 0.2 + g.rng.random(s)
    f32 = lambda *s: g.normal(*s)
    i32 = lambda *v: np.array(v, "int32")

    yield from _elementwise(n, pos)
    for ta in (False, True):
        for tb in (False, True):
            a, b = n(*((4, 3) if ta else (3, 4))), n(*((2, 4) if tb else (4, 2)))
            name = f"MatMul/{'t' if ta else 'n'}{'t' if tb else 'n'}"
            yield name, "MatMul", {"a": a, "b": b}, {"transpose_a": ta, "transpose_b": tb}
            x, y = n(*((2, 4, 3) if ta else (2, 3, 4))), n(*((2, 2, 4) if tb else (2, 4, 2)))
            name = f"BatchMatMulV2/{'t' if ta else 'n'}{'t' if tb else 'n'}"
            yield name, "BatchMatMulV2", {"x": x, "y": y}, {"adj_x": ta, "adj_y": tb}
    yield "BatchMatMulV2/broadcast", "BatchMatMulV2", {"x": n(5, 1, 3, 4), "y": n(2, 4, 2)}, {}
    yield "BatchMatMulV2/broadcast_matrix", "BatchMatMulV2", {"x": n(2, 3, 4), "y": n(4, 2)}, {}
    yield "AddN", "AddN", {"inputs": [n(2, 3), n(2, 3), n(2, 3)]}, {}
    yield "BiasAdd", "BiasAdd", {"value": n(2, 3, 4, 5), "bias": n(5)}, {}
    yield "BiasAdd/matrix", "BiasAdd", {"value": n(3, 5), "bias": n(5)}, {}
    yield "BiasAdd/channels_first", "BiasAdd", {"value": n(2, 3, 4, 5), "bias": n(3)}, {"data_format": "NCHW"}
    yield "BiasAddGrad", "BiasAddGrad", {"out_backprop": n(2, 3, 4, 5)}, {}
    yield "BiasAddGrad/channels_first", "BiasAddGrad", {"out_backprop": n(2, 3, 4, 5)}, {"data_format": "NCHW"}
    yield from _reductions(n, i32)
    yield from _shapes(n, i32)
    yield from _softmax(g, n)
    yield from _images(n, f32, i32)


def _elementwise(n, pos):
    for op in ("Identity", "Neg", "Relu", "Relu6", "Elu", "Selu", "Softplus", "Softsign", "LeakyRelu", "Exp", "Tanh",
               "Sigmoid", "Square", "Abs", "Erf", "Expm1", "Sin", "Cos"):
        yield op, op, {{"Identity": "input", "Relu": "features", "Relu6": "features", "Elu": "features",
                        "Selu": "features", "Softplus": "features", "Softsign": "features",
                        "LeakyRelu": "features"}.get(op, "x"): 3 * n(3, 4)}, {}
    yield "LeakyRelu/alpha", "LeakyRelu", {"features": n(3, 4)}, {"alpha": 0.5}
    for op in ("Log", "Log1p", "Sqrt", "Rsqrt", "Reciprocal"):
        yield op, op, {"x": pos(3, 4)}, {}
    for op in ("Add", "AddV2", "Sub", "Mul", "RealDiv", "Maximum", "Minimum", "SquaredDifference"):
        yield op, op, {"x": n(3, 4), "y": n(3, 4)}, {}
        yield f"{op}/broadcast", op, {"x": n(2, 1, 4), "y": n(3, 1)}, {}
        yield f"{op}/scalar", op, {"x": n(3, 4), "y": n()}, {}
    tie = np.array([[1.0, -2.0], [0.5, 0.0]])
    yield "Maximum/tie", "Maximum", {"x": tie, "y": tie.copy()}, {}
    yield "Minimum/tie", "Minimum", {"x": tie, "y": tie.copy()}, {}
    yield "Div", "Div", {"x": n(3, 4), "y": n(4)}, {}
    yield "DivNoNan", "DivNoNan", {"x": n(2, 3), "y": np.array([1.5, 0.0, -2.0])}, {}
    yield "Pow", "Pow", {"x": pos(3, 4), "y": n(3, 4)}, {}
    yield "Pow/broadcast", "Pow", {"x": pos(3, 4), "y": n(4)}, {}
    yield "Pow/negative_base", "Pow", {"x": np.array([-2.0, 0.0, 3.0]), "y": np.array(2.0)}, {}
    for op in ("ReluGrad", "Relu6Grad", "EluGrad", "SeluGrad", "SoftplusGrad", "LeakyReluGrad"):
        second = {"EluGrad": "outputs", "SeluGrad": "outputs"}.get(op, "features")
        yield op, op, {"gradients": n(3, 4), second: 3 * n(3, 4)}, {}
    for op in ("TanhGrad", "SigmoidGrad", "RsqrtGrad", "SqrtGrad"):
        yield op, op, {"y": pos(3, 4), "dy": n(3, 4)}, {}
    condition = np.array([[True, False, True, True], [False] * 4, [True] * 4])
    yield "Select", "Select", {"condition": condition, "x": n(3, 4), "y": n(3, 4)}, {}
    yield "SelectV2", "SelectV2", {"condition": condition, "t": n(3, 4), "e": n(3, 4)}, {}
    yield "SelectV2/broadcast", "SelectV2", {"condition": condition[:, :1], "t": n(1, 4), "e": n()}, {}
    yield "ClipByValue", "ClipByValue", {"t": n(3, 4), "clip_value_min": n() - 1, "clip_value_max": np.array(0.5)}, {}
    yield "Cast", "Cast", {"x": n(3, 4).astype("float32")}, {"DstT": tf.float64}
    yield "Cast/narrow", "Cast", {"x": n(3, 4)}, {"DstT": tf.float32}


def _reductions(n, i32):
    for op in ("Sum", "Mean", "Max", "Min", "Prod"):
        yield op, op, {"input": n(2, 3, 4), "axis": i32(1)}, {}
        yield f"{op}/keep_dims", op, {"input": n(2, 3, 4), "axis": i32(0, 2)}, {"keep_dims": True}
        yield f"{op}/all", op, {"input": n(2, 3), "axis": i32(0, 1)}, {}
        yield f"{op}/negative_axis", op, {"input": n(2, 3), "axis": np.array(-1, "int32")}, {}
    tie = np.array([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])
    yield "Max/tie", "Max", {"input": tie, "axis": i32(1)}, {}
    yield "Cumsum", "Cumsum", {"x": n(3, 4), "axis": np.array(1, "int32")}, {"exclusive": True}


def _shapes(n, i32):
    yield "BroadcastTo", "BroadcastTo", {"input": n(3, 1), "shape": i32(2, 3, 4)}, {}
    yield "Reshape", "Reshape", {"tensor": n(2, 6), "shape": i32(3, -1)}, {}
    yield "ExpandDims", "ExpandDims", {"input": n(2, 3), "axis": np.array(1, "int32")}, {}
    yield "Squeeze", "Squeeze", {"input": n(2, 1, 3, 1)}, {}
    yield "Squeeze/axis", "Squeeze", {"input": n(2, 1, 3, 1)}, {"axis": [1]}
    yield "Transpose", "Transpose", {"x": n(2, 3, 4), "perm": i32(2, 0, 1)}, {}
    yield "GatherV2", "GatherV2", {"params": n(5, 3), "indices": i32(4, 0, 4), "axis": np.array(0, "int32")}, {}
    yield "GatherV2/axis", "GatherV2", {"params": n(2, 5, 3), "indices": np.array([[1, 1], [0, 4]], "int32"),
                                        "axis": np.array(1, "int32")}, {}
    yield "GatherV2/batch", "GatherV2", {"params": n(2, 5, 3), "indices": np.array([[1, 1], [0, 4]], "int32"),
                                         "axis": np.array(1, "int32")}, {"batch_dims": 1}
    yield "ConcatV2", "ConcatV2", {"values": [n(2, 1), n(2, 3), n(2, 2)], "axis": np.array(1, "int32")}, {}
    yield "ConcatV2/negative_axis", "ConcatV2", {"values": [n(2, 2, 1), n(2, 1, 1)], "axis": np.array(-2, "int32")}, {}
    yield "Pad", "Pad", {"input": n(2, 3), "paddings": np.array([[1, 0], [2, 1]], "int32")}, {}
    yield "PadV2", "PadV2", {"input": n(2, 3), "paddings": np.array([[1, 0], [2, 1]], "int32"), "constant_values": n()}, {}
    yield "Slice", "Slice", {"input": n(4, 5), "begin": i32(1, 2), "size": i32(2, -1)}, {}
    yield "StridedSlice", "StridedSlice", {"input": n(5, 6), "begin": i32(1, 0), "end": i32(5, 6), "strides": i32(2, 3)}, {}
    yield "StridedSlice/masks", "StridedSlice", {"input": n(4, 5, 6), "begin": i32(1, 0, 2), "end": i32(2, 0, 0),
                                                 "strides": i32(1, 1, -1)}, {
        "begin_mask": 2, "end_mask": 6, "shrink_axis_mask": 1}
    yield "StridedSlice/new_axis", "StridedSlice", {"input": n(4, 5), "begin": i32(0, 1), "end": i32(0, 3),
                                                    "strides": i32(1, 1)}, {"new_axis_mask": 1}
    yield "Pack", "Pack", {"values": [n(2, 3), n(2, 3)]}, {"axis": 1}
    yield "Unpack", "Unpack", {"value": n(2, 3, 4)}, {"num": 3, "axis": 1}
    yield "Split", "Split", {"axis": np.array(1, "int32"), "value": n(2, 6)}, {"num_split": 3}
    yield "Tile", "Tile", {"input": n(2, 3), "multiples": i32(2, 3)}, {}


def _softmax(g, n):
    labels = lambda *s: g.rng.integers(0, 5, s)
    yield "Softmax", "Softmax", {"logits": n(3, 5)}, {}
    yield "LogSoftmax", "LogSoftmax", {"logits": n(3, 5)}, {}
    yield "Softmax/3d", "Softmax", {"logits": n(2, 3, 5)}, {}
    rows = np.exp(n(3, 5))
    rows /= rows.sum(1, keepdims=True)
    yield ("SoftmaxCrossEntropyWithLogits", "SoftmaxCrossEntropyWithLogits", {"features": n(3, 5), "labels": rows}, {})
    yield ("SparseSoftmaxCrossEntropyWithLogits", "SparseSoftmaxCrossEntropyWithLogits",
           {"features": n(3, 5), "labels": labels(3).astype("int64")}, {})


def _images(n, f32, i32):
    conv = lambda x, k, **a: ({"input": x, "filter": k}, {"strides": [1, 1, 1, 1], "padding": "VALID", **a})
    for name, make, args in [
        ("valid", n, {}),
        ("same", n, {"padding": "SAME"}),
        ("strides", n, {"strides": [1, 2, 2, 1]}),
        ("strides_same", n, {"strides": [1, 2, 1, 1], "padding": "SAME"}),
        ("explicit", n, {"padding": "EXPLICIT", "explicit_paddings": [0, 0, 1, 2, 0, 1, 0, 0]}),
        ("explicit_strides", n, {"padding": "EXPLICIT", "explicit_paddings": [0, 0, 1, 2, 0, 1, 0, 0],
                                 "strides": [1, 2, 2, 1]}),
        ("dilations", f32, {"dilations": [1, 2, 2, 1]}),
        ("dilations_same", f32, {"dilations": [1, 2, 3, 1], "padding": "SAME"}),
        ("dilations_explicit", f32, {"dilations": [1, 2, 1, 1], "padding": "EXPLICIT",
                                     "explicit_paddings": [0, 0, 2, 1, 1, 0, 0, 0]}),
    ]:
        yield f"Conv2D/{name}", "Conv2D", *conv(make(2, 7, 6, 3), make(3, 2, 3, 4), **args)
    pool = {"ksize": [1, 2, 2, 1], "strides": [1, 2, 2, 1], "padding": "VALID"}
    for op, argument in (("MaxPool", "input"), ("AvgPool", "value")):
        yield op, op, {argument: n(2, 6, 5, 3)}, pool
        yield f"{op}/same", op, {argument: n(2, 6, 5, 3)}, {**pool, "ksize": [1, 3, 3, 1], "padding": "SAME"}
        yield f"{op}/overlap", op, {argument: n(2, 6, 5, 3)}, {**pool, "strides": [1, 1, 1, 1]}
    for name, training in (("training", True), ("inference", False)):
        none = np.zeros(0, "float32")
        mean, variance = (none, none) if training else (f32(3), 0.5 + np.abs(f32(3)))
        yield (f"FusedBatchNormV3/{name}", "FusedBatchNormV3",
               {"x": f32(2, 4, 5, 3), "scale": f32(3), "offset": f32(3), "mean": mean, "variance": variance},
               {"epsilon": 1e-3, "is_training": training, "data_format": "NHWC"})


# The outputs whose gradient is asked for, where it is not all of them.
OUTPUTS = {"FusedBatchNormV3": [0], "SparseSoftmaxCrossEntropyWithLogits": [0], "SoftmaxCrossEntropyWithLogits": [0]}


def call(op, arguments, attrs):
    if max(attrs.get("dilations", [1])) == 1:
        return getattr(tf.raw_ops, op)(**arguments, **attrs)
    # The op's own gradient refuses dilation on a CPU; tf.nn.convolution goes through
    # SpaceToBatchND, whose gradient is right.
    x, pads = arguments["input"], attrs["padding"]
    if pads == "EXPLICIT":
        x, pads = tf.pad(x, np.reshape(attrs["explicit_paddings"], (4, 2))), "VALID"
    return tf.nn.convolution(x, arguments["filter"], padding=pads, dilations=attrs["dilations"][1:3])


def extra(g):
    n = lambda *s: g.normal(*s, dtype="float64")
    labels = g.rng.integers(0, 3, 6).astype("int64")
    arrays = [n(6, 4), n(4, 5), n(5), n(5, 3), n(3)]
    xs = [tf.constant(g.put(f"mlp/x{i}", a)) for i, a in enumerate(arrays)]
    g.put("mlp/x5", labels)
    with tf.GradientTape() as outer:
        outer.watch(xs)
        with tf.GradientTape() as inner:
            inner.watch(xs)
            x, w1, b1, w2, b2 = xs
            logits = tf.tanh(x @ w1 + b1) @ w2 + b2
            y = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
        dxs = inner.gradient(y, xs)
        rs = [tf.constant(g.put(f"mlp/r{i}", n(*d.shape))) for i, d in enumerate(dxs)]
        product = tf.add_n([tf.reduce_sum(d * r) for d, r in zip(dxs, rs)])
    g.put("mlp/y0", y)
    for i, (d, dd) in enumerate(zip(dxs, outer.gradient(product, xs))):
        g.put(f"mlp/dx{i}", d)
        g.put(f"mlp/ddx{i}", dd)
    g.case("mlp", op="", attrs={}, inputs=["x", "w1", "b1", "w2", "b2", "labels"], outputs=1, wrt=[0, 1, 2, 3, 4],
           tolerance=1e-12, second=True)
