"""What Python's int8 makes of loops, branches and fused LSTMs: python scripts/golden/convert_loops.py

Run after convert.py, under tensorflow-cpu 2.18.0, then under 2.21.0. Writes into tflite/convert/testdata:

  models/loops   a tf.Module with four signatures {x} -> {y}, x of shape [1, 6, 4]: "while", a loop
                 that multiplies matrices; "cond", a branch on the sum of x; "lstm", what Keras 2 calls
                 an LSTM, which becomes one operator; "chain", tanh, -3, *0.5, exp, one after the other
                 (written by 2.18.0 only)
  loops.npy      12 samples (the same)
  VERSION/loops-KEY-calibrated.tflite   the model of the signature KEY with ranges, as TensorFlow's
                 quantizer got it
  VERSION/loops-KEY-whole.tflite        what converter.convert() returned
"""

import os
import shutil
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import numpy as np
import tensorflow as tf
from tensorflow.lite.python import convert as module

OUT = Path(__file__).resolve().parents[2] / "tflite" / "convert" / "testdata"
SEED = 221
STEPS, FEATURES, UNITS = 6, 4, 5


def signature(f):
    return tf.function(f, input_signature=[tf.TensorSpec((1, STEPS, FEATURES), tf.float32, "x")])


# The converter knows an LSTM by this attribute of a function, which Keras 2 sets.
@tf.function(autograph=False, experimental_attributes={
    "api_implements": "lstm_gotf", "api_preferred_device": "CPU", "time_major": False, "go_backwards": False})
def lstm(inputs, h, c, kernel, recurrent, bias):
    outputs = []
    for x in tf.unstack(inputs, axis=1):
        i, f, g, o = tf.split(x @ kernel + h @ recurrent + bias, 4, axis=1)
        c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
        h = tf.sigmoid(o) * tf.tanh(c)
        outputs.append(h)
    return h, tf.stack(outputs, axis=1), h, c, tf.constant(1.0)


class Loops(tf.Module):
    def __init__(self):
        super().__init__()
        draw = tf.random.Generator.from_seed(SEED).normal
        self.square = tf.Variable(draw((FEATURES, FEATURES)) / 2, name="square")
        self.kernel = tf.Variable(draw((FEATURES, 4 * UNITS)) / 2, name="kernel")
        self.recurrent = tf.Variable(draw((UNITS, 4 * UNITS)) / 2, name="recurrent")
        self.bias = tf.Variable(draw((4 * UNITS,)) / 4, name="bias")

    def looped(self, x):
        step = lambda i, h: (i + 1, tf.nn.relu(h @ self.square + 0.25) * 0.75)
        _, h = tf.while_loop(lambda i, h: i < 4, step, [0, x[0]])
        return {"y": h @ self.square}

    def branched(self, x):
        big, small = lambda: tf.tanh(x[0] @ self.square), lambda: tf.sigmoid((x[0] * 2.0) @ self.square)
        return {"y": tf.cond(tf.reduce_sum(x) > 0, big, small) @ self.square}

    def recurring(self, x):
        zero = tf.zeros((1, UNITS))
        weights = [w.read_value() for w in (self.kernel, self.recurrent, self.bias)]
        last, _, _, _, _ = lstm(x, zero, zero, *weights)
        return {"y": last @ self.recurrent}

    def chained(self, x):
        return {"y": tf.exp((tf.tanh(x) - 3.0) * 0.5)}


def write_model():
    m = Loops()
    shutil.rmtree(OUT / "models" / "loops", ignore_errors=True)
    keys = {"while": m.looped, "cond": m.branched, "lstm": m.recurring, "chain": m.chained}
    tf.saved_model.save(m, str(OUT / "models" / "loops"), {key: signature(f) for key, f in keys.items()})
    (OUT / "models" / "loops" / "assets").rmdir()
    np.save(OUT / "loops.npy", np.random.default_rng(SEED).normal(size=(12, STEPS, FEATURES)).astype("float32"))


def main():
    if tf.__version__ == "2.18.0":
        write_model()
    quantize, seen = module.wrap_converter.wrapped_experimental_mlir_quantize, {}

    def record(calibrated, *rest):
        seen["calibrated"] = calibrated
        return quantize(calibrated, *rest)

    module.wrap_converter.wrapped_experimental_mlir_quantize = record
    x = np.load(OUT / "loops.npy")
    for key in ("while", "cond", "lstm", "chain"):
        converter = tf.lite.TFLiteConverter.from_saved_model(str(OUT / "models" / "loops"), signature_keys=[key])
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([x[i : i + 1]] for i in range(len(x)))
        name = str(OUT / tf.__version__ / f"loops-{key}")
        Path(name + "-whole.tflite").write_bytes(converter.convert())
        Path(name + "-calibrated.tflite").write_bytes(seen["calibrated"])


if __name__ == "__main__":
    main()
