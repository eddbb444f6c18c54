"""Cases of grads.py: pooling, morphology and older normalization."""

import numpy as np
import tensorflow as tf

OUTPUTS = {op: [0] for op in ("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3")}
OUTPUTS |= {op: [0, 1, 2] for op in ("FusedBatchNormGrad", "FusedBatchNormGradV2")}


def cases(g):
    f64 = lambda *s: g.normal(*s, dtype="float64")
    f32 = lambda *s: g.normal(*s)
    apart = lambda d, *s: (g.rng.permutation(int(np.prod(s))).reshape(s) / 8).astype(d)  # no ties
    yield from _pool3(f32, apart)
    yield from _pool2(f64, f32, apart)
    yield from _dilation(f64, apart)
    yield from _norms(g, f64, f32)


def _pool3(f32, apart):
    valid = {"ksize": [1, 2, 2, 2, 1], "strides": [1, 2, 2, 2, 1], "padding": "VALID"}
    for name, x, attrs in [
        ("valid", (2, 4, 3, 4, 2), {}),
        ("same", (1, 3, 4, 3, 2), {"padding": "SAME", "ksize": [1, 2, 3, 1, 1]}),
        ("overlap", (1, 3, 4, 3, 2), {"strides": [1, 1, 1, 2, 1]}),
    ]:
        yield f"MaxPool3D/{name}", "MaxPool3D", {"input": apart("float32", *x)}, {**valid, **attrs}
        yield f"AvgPool3D/{name}", "AvgPool3D", {"input": f32(*x)}, {**valid, **attrs}
    yield "AvgPool3D/channels_first", "AvgPool3D", {"input": f32(1, 2, 4, 3, 4)}, {
        "data_format": "NCDHW", "ksize": [1, 1, 2, 2, 2], "strides": [1, 1, 1, 2, 1], "padding": "VALID"}
    x = apart("float32", 1, 4, 4, 2, 2)
    y = tf.raw_ops.MaxPool3D(input=x, **valid).numpy()
    yield ("MaxPool3DGrad", "MaxPool3DGrad", {"orig_input": x, "orig_output": y, "grad": f32(*y.shape)}, valid)
    yield ("MaxPool3DGradGrad", "MaxPool3DGradGrad", {"orig_input": x, "orig_output": y, "grad": f32(*x.shape)}, valid)
    yield ("AvgPool3DGrad", "AvgPool3DGrad", {
        "orig_input_shape": np.array(x.shape, "int32"), "grad": f32(*y.shape)}, valid)


def _pool2(f64, f32, apart):
    valid = {"ksize": [1, 2, 2, 1], "strides": [1, 2, 2, 1], "padding": "VALID"}
    for name, attrs in [
        ("valid", {}),
        ("same", {"padding": "SAME", "ksize": [1, 3, 2, 1]}),
        ("overlap", {"strides": [1, 1, 1, 1]}),
        ("with_batch", {"include_batch_in_index": True, "strides": [1, 1, 2, 1]}),
    ]:
        yield f"MaxPoolWithArgmax/{name}", "MaxPoolWithArgmax", {"input": apart("float64", 2, 5, 4, 3)}, {**valid, **attrs}
    first = {**valid, "ksize": [1, 1, 2, 2], "strides": [1, 1, 2, 1], "data_format": "NCHW"}
    yield "AvgPool/channels_first", "AvgPool", {"value": f32(1, 2, 5, 4)}, first
    ratio = {"pooling_ratio": [1.0, 1.5, 1.4, 1.0], "deterministic": True, "seed": 3, "seed2": 5}
    for name, attrs in [("even", {}), ("overlapping", {"overlapping": True}), ("random", {"pseudo_random": True})]:
        yield f"FractionalAvgPool/{name}", "FractionalAvgPool", {"value": f64(2, 7, 8, 2)}, {**ratio, **attrs}
        yield f"FractionalMaxPool/{name}", "FractionalMaxPool", {"value": apart("float64", 2, 7, 8, 2)}, {**ratio, **attrs}


def _dilation(f64, apart):
    valid = {"strides": [1, 1, 1, 1], "rates": [1, 1, 1, 1], "padding": "VALID"}
    for name, x, attrs in [
        ("valid", (2, 4, 5, 2), {}),
        ("same", (1, 5, 4, 2), {"padding": "SAME", "strides": [1, 2, 1, 1]}),
        ("rates", (1, 6, 5, 2), {"rates": [1, 2, 1, 1], "strides": [1, 1, 2, 1]}),
        ("rates_same", (1, 6, 5, 2), {"rates": [1, 2, 3, 1], "padding": "SAME"}),
        ("empty", (0, 4, 5, 2), {}),
    ]:
        yield (f"Dilation2D/{name}", "Dilation2D",
               {"input": apart("float64", *x), "filter": f64(2, 3, 2) / 32}, {**valid, **attrs})


def _norms(g, f64, f32):
    none = np.zeros(0, "float32")
    pos = lambda *s: (0.5 + g.rng.random(s)).astype("float32")
    for op in ("FusedBatchNorm", "FusedBatchNormV2"):
        for name, shape, attrs in [("", (2, 3, 2, 3), {}), ("/channels_first", (2, 3, 3, 2), {"data_format": "NCHW"})]:
            inputs = {"x": f32(*shape), "scale": f32(3), "offset": f32(3)}
            yield f"{op}/training{name}", op, {**inputs, "mean": none, "variance": none}, {"epsilon": 1e-3, **attrs}
            yield (f"{op}/inference{name}", op, {**inputs, "mean": f32(3), "variance": pos(3)},
                   {"epsilon": 1e-3, "is_training": False, **attrs})
    for name, shape, attrs in [("channels_first", (2, 3, 3, 2), {"data_format": "NCHW"}),
                               ("volume", (2, 2, 3, 2, 3), {"data_format": "NDHWC"})]:
        inputs = {"x": f32(*shape), "scale": f32(3), "offset": f32(3)}
        yield f"FusedBatchNormV3/{name}/training", "FusedBatchNormV3", {**inputs, "mean": none, "variance": none}, attrs
        yield (f"FusedBatchNormV3/{name}/inference", "FusedBatchNormV3", {**inputs, "mean": f32(3), "variance": pos(3)},
               {"is_training": False, **attrs})
    for name, attrs in [("default", {}), ("near", {"depth_radius": 1, "bias": 2.0, "alpha": 0.5, "beta": 0.75}),
                        ("one", {"depth_radius": 0}), ("wide", {"depth_radius": 9})]:
        yield f"LRN/{name}", "LRN", {"input": f32(2, 2, 1, 7)}, attrs
