"""Writes small models to testdata/tflite/*.tflite, and to golden.json what
Python's interpreter computes with them.

    python scripts/golden/tflite_models.py

golden.json: {"versions": {...}, "cases": [{"model": FILE, "signature": KEY,
"inputs": {NAME: VALUE}, "outputs": {NAME: VALUE}}]} with VALUE =
{"dtype": "float32", "shape": [2, 3], "values": [row-major]}.
"""

import json
import pathlib
import platform
import tempfile
import zlib

import numpy as np
import tensorflow as tf

OUT = pathlib.Path(__file__).parents[2] / "testdata/tflite"
rng = np.random.default_rng()  # main seeds it for each model


def weights(*shape):
    return tf.constant(rng.normal(0, 0.5, shape).astype(np.float32))


def spec(shape, dtype=tf.float32, name=None):
    return tf.TensorSpec(shape, dtype, name=name)


def mlp():
    w1, b1, w2, b2 = weights(8, 32), weights(32), weights(32, 4), weights(4)

    @tf.function(input_signature=[spec([None, 8], name="x")])
    def f(x):
        return {"probabilities": tf.nn.softmax(tf.nn.relu(x @ w1 + b1) @ w2 + b2)}

    return {"serving_default": f}


def wide():
    w1, w2 = weights(64, 64), weights(64, 4)

    @tf.function(input_signature=[spec([1, 64], name="x")])
    def f(x):
        return {"y": tf.nn.relu(x @ w1) @ w2}

    return {"serving_default": f}


def conv():
    k1, k2, w = weights(3, 3, 3, 8), weights(3, 3, 8, 1), weights(8 * 3 * 3, 5)

    @tf.function(input_signature=[spec([1, 8, 8, 3], name="image")])
    def f(image):
        x = tf.nn.relu(tf.nn.conv2d(image, k1, 1, "VALID"))
        x = tf.nn.depthwise_conv2d(x, k2, [1, 1, 1, 1], "SAME")
        x = tf.nn.max_pool2d(x, 2, 2, "VALID")
        return {"logits": tf.reshape(x, [1, -1]) @ w}

    return {"serving_default": f}


def strings():
    words = tf.constant(["zero", "one", "zwei", "три"])

    @tf.function(input_signature=[spec([None], tf.string, "words"), spec([None], tf.int32, "ids")])
    def f(words_in, ids):
        return {"same": tf.equal(words_in, tf.constant("one")), "named": tf.gather(words, ids),
                "first": tf.gather(words_in, tf.constant([0]))}

    return {"serving_default": f}


def signatures():
    @tf.function(input_signature=[spec([2, 3], name="a"), spec([2, 3], name="b")])
    def add(a, b):
        return {"sum": a + b}

    @tf.function(input_signature=[spec([None], name="x"), spec([], name="factor")])
    def scale(x, factor):
        return {"y": x * factor, "total": tf.reduce_sum(x * factor)}

    return {"add": add, "scale": scale}


def dynamic():
    @tf.function(input_signature=[spec([None], name="x")])
    def f(x):
        return {"positive": tf.where(x > 0), "double": x * 2}

    return {"serving_default": f}


def types():
    @tf.function(input_signature=[spec([2], tf.int64, "i64"), spec([2], tf.bool, "flag"), spec([2], tf.uint8, "u8"),
                                  spec([2], tf.int32, "i32"), spec([2], tf.float64, "f64"),
                                  spec([2], tf.complex64, "c64"), spec([], tf.int32, "scalar")])
    def f(i64, flag, u8, i32, f64, c64, scalar):
        return {"i64": i64 + 1, "flag": tf.logical_not(flag), "u8": tf.cast(u8, tf.float32) / 2, "i32": i32 - scalar,
                "f64": tf.cast(f64, tf.float32), "c64": tf.math.real(c64), "scalar": scalar + 1}

    return {"serving_default": f}


def loop():
    @tf.function(input_signature=[spec([], tf.int32, "steps")])
    def f(steps):
        _, total = tf.while_loop(lambda i, t: i < steps, lambda i, t: (i + 1, t + tf.cast(i, tf.float32)),
                                 [tf.constant(0), tf.constant(0.0)])
        return {"total": total}

    return {"serving_default": f}


def ops():
    k, p = weights(2, 2, 3, 2), weights(4, 4, 2)

    @tf.function(input_signature=[spec([1, 4, 4, 2], name="x"), spec([6], name="v"), spec([6], tf.int32, "ids")])
    def f(x, v, ids):
        up = tf.nn.conv2d_transpose(x, k, [1, 8, 8, 3], 2)
        wide = tf.image.resize(x, [7, 5])
        deep = tf.nn.depth_to_space(tf.nn.space_to_depth(x, 2), 2)
        a, b = tf.split(x, 2, axis=3)
        top, at = tf.math.top_k(v, 3)
        return {
            "pools": tf.nn.avg_pool2d(up, 2, 2, "SAME") + tf.reduce_max(up), "resized": wide,
            "near": tf.compat.v1.image.resize_nearest_neighbor(x, [3, 3]), "deep": deep + tf.abs(a - b),
            "padded": tf.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]], "REFLECT"), "turned": tf.transpose(x, [0, 3, 1, 2]),
            "part": x[:, 1:4:2, ::-1, :1], "joined": tf.concat([a, b, x], 3), "top": top, "at": at,
            "hot": tf.one_hot(ids, 4), "sums": tf.math.cumsum(v), "tiled": tf.tile(v, [2]),
            "where": tf.where(v > 0, v, -v), "picked": tf.gather(v, ids), "scattered": tf.scatter_nd(ids[:, None], v, [9]),
            "segments": tf.math.segment_sum(v, [0, 0, 1, 1, 1, 2]), "product": tf.linalg.matmul(x, x, transpose_b=True),
            "leaky": tf.nn.leaky_relu(x) * tf.nn.elu(x) + p, "norm": tf.nn.l2_normalize(v), "best": tf.argmax(x, 3),
            "packed": tf.stack([v, v * v, tf.floor(v)]), "steps": tf.range(ids[0], 9, 2), "filled": tf.fill([2, 3], v[0]),
            "back": tf.reverse(x, [1]), "batches": tf.space_to_batch_nd(x, [2, 2], [[0, 0], [0, 0]]),
            "sampled": tf.nn.local_response_normalization(x), "wrapped": tf.math.floormod(ids, 4) // 2,
        }

    return {"serving_default": f}


def branch():
    @tf.function(input_signature=[spec([4], name="x")])
    def f(x):
        return {"y": tf.cond(tf.reduce_sum(x) > 0, lambda: x * 2, lambda: tf.nn.relu(x) - 1)}

    return {"serving_default": f}


def samples():
    for _ in range(20):
        yield [rng.normal(0, 1, (1, 8, 8, 3)).astype(np.float32)]


def convert(functions, how):
    module = tf.Module()
    for name, f in functions.items():
        setattr(module, name, f)
    if how == "signatures":
        with tempfile.TemporaryDirectory() as path:
            tf.saved_model.save(module, path, signatures=functions)
            return tf.lite.TFLiteConverter.from_saved_model(path, signature_keys=list(functions)).convert()
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [f.get_concrete_function() for f in functions.values()], module)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if how == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if how == "int8":
        converter.representative_dataset = samples
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


def normal(*shape):
    return rng.normal(0, 1, shape).astype(np.float32)


# (file, functions, how to convert, [(signature, inputs)]); None runs the main graph
MODELS = [
    ("mlp", mlp, "signatures", lambda: [("serving_default", {"x": normal(1, 8)}), ("serving_default", {"x": normal(3, 8)})]),
    ("wide_dynamic", wide, "dynamic", lambda: [(None, {"x": normal(1, 64)})]),
    ("wide_float16", wide, "float16", lambda: [(None, {"x": normal(1, 64)})]),
    ("conv", conv, "signatures", lambda: [("serving_default", {"image": normal(1, 8, 8, 3)})]),
    ("conv_int8", conv, "int8", lambda: [(None, {"image": rng.integers(-128, 127, (1, 8, 8, 3)).astype(np.int8)})]),
    ("strings", strings, "signatures", lambda: [("serving_default", {
        "words": np.array([b"one", b"", "h\u00e9llo".encode(), b"a\0b"], object), "ids": np.array([3, 0, 1], np.int32)})]),
    ("signatures", signatures, "signatures", lambda: [
        ("add", {"a": normal(2, 3), "b": normal(2, 3)}), ("scale", {"x": normal(5), "factor": np.float32(3)})]),
    ("dynamic", dynamic, "signatures", lambda: [("serving_default", {"x": np.array([1, -1, 0, 2, 3], np.float32)}),
                                        ("serving_default", {"x": np.array([4, -2], np.float32)})]),
    ("types", types, "signatures", lambda: [("serving_default", {
        "i64": np.array([1 << 40, -5], np.int64), "flag": np.array([True, False]), "u8": np.array([7, 255], np.uint8),
        "i32": np.array([-3, 9], np.int32), "f64": np.array([1.5, -2.25], np.float64),
        "c64": np.array([1 + 2j, -3.5j], np.complex64), "scalar": np.int32(4)})]),
    ("ops", ops, "signatures", lambda: [("serving_default", {"x": normal(1, 4, 4, 2), "v": normal(6),
                                                     "ids": np.array([3, 1, 0, 2, 5, 4], np.int32)})]),
    ("branch", branch, "signatures", lambda: [("serving_default", {"x": normal(4)}), ("serving_default", {"x": -normal(4)})]),
    ("loop", loop, "signatures", lambda: [("serving_default", {"steps": np.int32(10)})]),
]


def value(a):
    a = np.asarray(a)
    if a.dtype == object or a.dtype.kind == "S":
        values = [v if isinstance(v, str) else v.decode("utf-8") for v in a.ravel()]
        return {"dtype": "string", "shape": list(a.shape), "values": values}
    values = a.ravel()
    if a.dtype.kind == "c":
        values = values.view(np.float32)
    return {"dtype": a.dtype.name, "shape": list(a.shape), "values": values.tolist()}


def run(path, signature, inputs):
    interpreter = tf.lite.Interpreter(str(path))
    if signature:
        outputs = interpreter.get_signature_runner(signature)(**inputs)
    else:
        interpreter.allocate_tensors()
        for d, (_, v) in zip(interpreter.get_input_details(), inputs.items()):
            interpreter.set_tensor(d["index"], v)
        inputs = {d["name"]: v for d, v in zip(interpreter.get_input_details(), inputs.values())}
        interpreter.invoke()
        outputs = {d["name"]: interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()}
    return {"model": path.name, "signature": signature or "", "inputs": {k: value(v) for k, v in inputs.items()},
            "outputs": {k: value(v) for k, v in outputs.items()}}


def main():
    global rng
    OUT.mkdir(parents=True, exist_ok=True)
    cases = []
    for name, functions, how, feeds in MODELS:
        path = OUT / f"{name}.tflite"
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        path.write_bytes(convert(functions(), how))
        print(path.name, path.stat().st_size)
        cases += [run(path, signature, inputs) for signature, inputs in feeds()]
    versions = {"tensorflow": tf.__version__, "numpy": np.__version__, "python": platform.python_version()}
    text = json.dumps({"versions": versions, "cases": cases}, ensure_ascii=False)
    (OUT / "golden.json").write_text(text.replace('{"model"', '\n{"model"') + "\n")


if __name__ == "__main__":
    main()
