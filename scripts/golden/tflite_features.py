"""Writes the models of testdata/tflite/features, which need more than the TFLite library has or
keep values between invocations, and golden.json with what Python computes.

    python scripts/golden/tflite_features.py

golden.json: {"versions": {...}, "flex": {"x", "y"}, "rnn": {"x", "first", "second"}}:
lists of numbers, row-major.
"""

import json
import pathlib
import platform
import sys

sys.path.pop(0)  # keras.py beside this is not Keras

import numpy as np
import tensorflow as tf

OUT = pathlib.Path(__file__).parents[2] / "testdata/tflite/features"


def spec(shape, dtype=tf.float32, name=None):
    return tf.TensorSpec(shape, dtype, name=name)


class State(tf.Module):
    def __init__(self):
        super().__init__()
        self.total = tf.Variable(0.0)
        self.table = tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(tf.constant(["one", "two"]), tf.constant([1, 2], tf.int64)), -1)

    @tf.function(input_signature=[spec([], name="x")])
    def add(self, x):
        self.total.assign_add(x)
        return {"total": self.total.read_value()}

    @tf.function(input_signature=[spec([None], tf.string, "word")])
    def find(self, word):
        return {"number": self.table.lookup(word)}


def flex():
    @tf.function(input_signature=[spec([None, 3], name="x")])
    def f(x):
        return {"y": tf.math.cumprod(x, axis=1) + tf.math.atan(x)}

    return f


def custom():
    @tf.function(input_signature=[spec([None, 2], name="x"), spec([2, 2], name="a")])
    def f(x, a):
        return {"y": 2 * tf.math.atanh(x), "solved": tf.raw_ops.MatrixSolve(matrix=a, rhs=a, adjoint=True)}

    return f


def random():
    @tf.function(input_signature=[spec([1], tf.int32, "n")])
    def f(n):
        return {"r": tf.raw_ops.RandomUniform(shape=n, dtype=tf.float32, seed=7, seed2=9)}

    return f


def rnn():
    model = tf.keras.Sequential([tf.keras.layers.Input((3, 2), batch_size=1), tf.keras.layers.LSTM(4)])
    rng = np.random.default_rng(5)
    model.set_weights([rng.normal(0, 0.5, w.shape).astype(np.float32) for w in model.get_weights()])

    return tf.lite.TFLiteConverter.from_keras_model(model).convert()


def write(name, functions, **settings):
    module = functions if isinstance(functions, tf.Module) else tf.Module()
    if not isinstance(functions, tf.Module):
        module.f = functions
        functions = {"serving_default": functions}
    else:
        functions = {"add": module.add, "find": module.find}
    directory = OUT / "saved"
    tf.saved_model.save(module, str(directory), signatures=functions)
    converter = tf.lite.TFLiteConverter.from_saved_model(str(directory), signature_keys=list(functions))
    for key, v in settings.items():
        if key == "ops":
            converter.target_spec.supported_ops = v
        else:
            setattr(converter, key, v)
    data = converter.convert()
    (OUT / f"{name}.tflite").write_bytes(data)


def remove(folder):
    for f in sorted(folder.rglob("*"), reverse=True):
        f.unlink() if f.is_file() else f.rmdir()
    folder.rmdir()


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    builtin, select = tf.lite.OpsSet.TFLITE_BUILTINS, tf.lite.OpsSet.SELECT_TF_OPS
    write("flex", flex(), ops=[builtin, select])
    write("custom", custom(), allow_custom_ops=True)
    write("random", random())
    write("state", State(), experimental_enable_resource_variables=True)
    recurrent = rnn()
    (OUT / "rnn.tflite").write_bytes(recurrent)
    remove(OUT / "saved")
    x = np.array([[0.1, 0.2, 0.3], [0.5, 0.9, -1]], np.float32)
    golden = {"versions": {"tensorflow": tf.__version__, "python": platform.python_version()},
              "flex": {"x": x.ravel().tolist(),
                       "y": (tf.math.cumprod(x, axis=1) + tf.math.atan(x)).numpy().ravel().tolist()}}
    it = tf.lite.Interpreter(model_content=recurrent)
    it.allocate_tensors()
    steps = np.array([[[0.5, -1], [1, 2], [-0.5, 0.25]]], np.float32)
    outs = []
    for _ in range(2):
        it.set_tensor(it.get_input_details()[0]["index"], steps)
        it.invoke()
        outs.append(it.get_tensor(it.get_output_details()[0]["index"]).ravel().tolist())
    golden["rnn"] = {"x": steps.ravel().tolist(), "first": outs[0], "second": outs[1]}
    (OUT / "golden.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
