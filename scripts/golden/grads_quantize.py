"""Cases of grads.py: simulated quantization."""

import numpy as np
import tensorflow as tf


def cases(g):
    f64 = lambda *s: g.normal(*s, dtype="float64")
    f32 = lambda *s: 2 * g.normal(*s)
    low, high = np.array(-1.0), np.array(1.2)
    inputs = {"input_min": low, "input_max": high}
    for name, attrs in [("given", {"range_given": True}), ("found", {}), ("narrow", {"range_given": True, "narrow_range": True})]:
        yield f"QuantizeAndDequantizeV2/{name}", "QuantizeAndDequantizeV2", {"input": f64(3, 4), **inputs}, attrs
        yield (f"QuantizeAndDequantizeV3/{name}", "QuantizeAndDequantizeV3",
               {"input": f64(3, 4), **inputs, "num_bits": np.array(5, "int32")}, attrs)
        yield f"QuantizeAndDequantizeV4/{name}", "QuantizeAndDequantizeV4", {"input": f64(3, 4), **inputs}, attrs
    yield ("QuantizeAndDequantizeV4/axis", "QuantizeAndDequantizeV4", {
        "input": f64(2, 3, 4), "input_min": np.array([-1.0, -0.5, -2.0]), "input_max": np.array([1.0, 0.7, 0.1])},
        {"axis": 1})
    for name, attrs in [("default", {}), ("narrow", {"num_bits": 4, "narrow_range": True})]:
        yield (f"FakeQuantWithMinMaxArgs/{name}", "FakeQuantWithMinMaxArgs", {"inputs": f32(3, 4)},
               {**attrs, "min": -1.5, "max": 1.0})
        yield (f"FakeQuantWithMinMaxVars/{name}", "FakeQuantWithMinMaxVars",
               {"inputs": f32(3, 4), "min": low.astype("float32"), "max": high.astype("float32")}, attrs)
        yield (f"FakeQuantWithMinMaxVarsPerChannel/{name}", "FakeQuantWithMinMaxVarsPerChannel", {
            "inputs": f32(2, 5, 3), "min": np.array([-1, -0.5, 0], "float32"), "max": np.array([0.7, 2, 0], "float32")}, attrs)


def call(op, inputs, attrs):
    """QuantizeAndDequantizeV4 cannot be differentiated twice: the gradient of its
    gradient, which has three results, takes one."""
    raw = getattr(tf.raw_ops, op)
    if op != "QuantizeAndDequantizeV4":
        return raw(**inputs, **attrs)

    @tf.custom_gradient
    def once(dy, *xs):
        def twice(*_):
            raise NotImplementedError("the gradient of QuantizeAndDequantizeV4Grad takes one gradient of three")

        with tf.GradientTape() as tape:
            tape.watch(xs)
            y = raw(**dict(zip(inputs, xs)), **attrs)
        return tape.gradient(y, xs, dy), twice

    @tf.custom_gradient
    def quantize(*xs):
        return raw(**dict(zip(inputs, xs)), **attrs), lambda dy: once(dy, *xs)

    return quantize(*inputs.values())
