"""Cases of grads.py: convolution in two and three dimensions, and patches."""

import numpy as np


def cases(g):
    f64 = lambda *s: g.normal(*s, dtype="float64")
    f32 = lambda *s: g.normal(*s)
    yield from _conv(f64, f32)
    yield from _conv3(f64, f32)
    yield from _patches(f64)


def _conv(f64, f32):
    """Dilation is here where Python is right: in oneDNN's float32 kernels without explicit padding."""
    one = [1, 1, 1, 1]
    explicit = {"padding": "EXPLICIT", "explicit_paddings": [0, 0, 1, 2, 0, 1, 0, 0]}
    for name, n, x, w, attrs in [
        ("one_pixel", f64, (2, 4, 3, 3), (1, 1, 3, 2), {}),
        ("one_result", f64, (1, 3, 2, 2), (3, 2, 2, 2), {}),
        ("empty", f64, (0, 4, 4, 2), (2, 2, 2, 3), {}),
        ("strides_same", f64, (1, 7, 6, 2), (3, 2, 2, 2), {"strides": [1, 2, 3, 1], "padding": "SAME"}),
        ("grouped", f32, (1, 5, 4, 4), (2, 2, 2, 6), {}),
        ("grouped_same", f32, (1, 5, 4, 6), (3, 2, 2, 3), {"strides": [1, 2, 1, 1], "padding": "SAME"}),
        ("grouped_dilated", f32, (1, 6, 5, 4), (2, 2, 2, 2), {"dilations": [1, 2, 1, 1], "padding": "SAME"}),
        ("dilated_strides", f32, (1, 9, 8, 2), (3, 2, 2, 2), {"dilations": [1, 2, 3, 1], "strides": [1, 2, 2, 1]}),
    ]:
        yield f"Conv2D/{name}", "Conv2D", {"input": n(*x), "filter": n(*w)}, {"strides": one, "padding": "VALID", **attrs}
    first = {"data_format": "NCHW", "strides": one}
    for name, x, w, attrs in [
        ("valid", (2, 3, 5, 4), (2, 3, 3, 2), {"padding": "VALID"}),
        ("same", (1, 2, 5, 4), (3, 2, 2, 2), {"padding": "SAME", "strides": [1, 1, 2, 1]}),
        ("dilated", (1, 2, 7, 6), (3, 2, 2, 2), {"padding": "VALID", "dilations": [1, 1, 2, 3]}),
        ("dilated_same", (1, 2, 7, 6), (3, 2, 2, 2), {"padding": "SAME", "dilations": [1, 1, 3, 2], "strides": [1, 1, 1, 2]}),
        ("grouped", (1, 4, 5, 4), (2, 2, 2, 6), {"padding": "SAME"}),
    ]:
        yield f"Conv2D/channels_first/{name}", "Conv2D", {"input": f32(*x), "filter": f32(*w)}, {**first, **attrs}
    for name, n, attrs in [
        ("valid", f64, {"padding": "VALID"}),
        ("same", f64, {"padding": "SAME", "strides": [1, 2, 2, 1]}),
        ("explicit", f64, explicit),
    ]:
        yield (f"DepthwiseConv2dNative/{name}", "DepthwiseConv2dNative", {"input": n(2, 5, 4, 2), "filter": n(3, 2, 2, 2)},
               {"strides": one, **attrs})
    yield ("DepthwiseConv2dNative/channels_first", "DepthwiseConv2dNative",
           {"input": f32(1, 2, 5, 4), "filter": f32(3, 2, 2, 2)}, {**first, "padding": "SAME"})
    back = {"strides": [1, 2, 2, 1], "padding": "SAME"}
    for kind, out in (("Conv2D", 3), ("DepthwiseConv2dNative", 6)):
        yield (f"{kind}BackpropInput", f"{kind}BackpropInput", {
            "input_sizes": np.array([1, 5, 6, 2], "int32"), "filter": f64(3, 2, 2, 3), "out_backprop": f64(1, 3, 3, out)}, back)
        yield (f"{kind}BackpropFilter", f"{kind}BackpropFilter", {
            "input": f64(1, 5, 6, 2), "filter_sizes": np.array([3, 2, 2, 3], "int32"), "out_backprop": f64(1, 3, 3, out)}, back)


def _conv3(f64, f32):
    one = [1, 1, 1, 1, 1]
    for name, n, x, w, attrs in [
        ("valid", f64, (2, 3, 4, 3, 2), (2, 3, 2, 2, 3), {}),
        ("same", f64, (1, 3, 4, 3, 2), (2, 3, 2, 2, 3), {"padding": "SAME"}),
        ("strides", f64, (1, 5, 4, 5, 2), (2, 2, 3, 2, 2), {"strides": [1, 2, 1, 3, 1]}),
        ("strides_same", f64, (1, 5, 4, 5, 2), (2, 2, 3, 2, 2), {"strides": [1, 2, 3, 2, 1], "padding": "SAME"}),
        ("one_pixel", f64, (1, 2, 3, 2, 2), (1, 1, 1, 2, 2), {}),
        ("empty", f64, (0, 3, 4, 3, 2), (2, 3, 2, 2, 3), {}),
        ("dilated", f32, (1, 4, 6, 5, 2), (2, 3, 2, 2, 2), {"dilations": [1, 3, 2, 2, 1]}),
        ("dilated_same", f32, (1, 5, 6, 4, 2), (2, 3, 2, 2, 2),
         {"dilations": [1, 1, 2, 3, 1], "strides": [1, 1, 2, 2, 1], "padding": "SAME"}),
        ("channels_first", f32, (1, 2, 4, 3, 4), (2, 2, 2, 2, 3), {"data_format": "NCDHW", "strides": [1, 1, 2, 1, 1]}),
    ]:
        yield f"Conv3D/{name}", "Conv3D", {"input": n(*x), "filter": n(*w)}, {"strides": one, "padding": "VALID", **attrs}
    back = {"strides": [1, 2, 1, 2, 1], "padding": "SAME"}
    yield "Conv3DBackpropInputV2", "Conv3DBackpropInputV2", {
        "input_sizes": np.array([1, 3, 4, 3, 2], "int32"), "filter": f64(2, 3, 2, 2, 3), "out_backprop": f64(1, 2, 4, 2, 3)}, back
    yield "Conv3DBackpropFilterV2", "Conv3DBackpropFilterV2", {
        "input": f64(1, 3, 4, 3, 2), "filter_sizes": np.array([2, 3, 2, 2, 3], "int32"), "out_backprop": f64(1, 2, 4, 2, 3)}, back


def _patches(f64):
    valid = {"ksizes": [1, 2, 3, 1], "strides": [1, 1, 1, 1], "rates": [1, 1, 1, 1], "padding": "VALID"}
    for name, x, attrs in [
        ("valid", (2, 4, 5, 2), {}),
        ("same", (1, 4, 5, 2), {"padding": "SAME", "strides": [1, 2, 3, 1]}),
        ("rates", (1, 6, 7, 2), {"rates": [1, 2, 2, 1], "strides": [1, 1, 2, 1]}),
        ("rates_same", (2, 4, 5, 1), {"rates": [1, 2, 3, 1], "padding": "SAME"}),
        ("apart", (1, 7, 7, 2), {"strides": [1, 4, 4, 1]}),
    ]:
        yield f"ExtractImagePatches/{name}", "ExtractImagePatches", {"images": f64(*x)}, {**valid, **attrs}
    yield ("ExtractImagePatches/complex", "ExtractImagePatches", {"images": f64(1, 3, 4, 1) + 1j * f64(1, 3, 4, 1)},
           {**valid, "padding": "SAME"})
    yield "ExtractImagePatches/empty", "ExtractImagePatches", {"images": f64(1, 3, 4, 1)}, {**valid, "ksizes": [1, 4, 1, 1]}
    valid = {"ksizes": [1, 2, 2, 3, 1], "strides": [1, 1, 1, 1, 1], "padding": "VALID"}
    for name, x, attrs in [
        ("valid", (2, 3, 3, 4, 2), {}),
        ("same", (1, 3, 4, 4, 2), {"padding": "SAME", "strides": [1, 2, 1, 2, 1]}),
    ]:
        yield f"ExtractVolumePatches/{name}", "ExtractVolumePatches", {"input": f64(*x)}, {**valid, **attrs}
