"""What TensorFlow's converter makes of SavedModels: python scripts/golden/convert.py

Run under tensorflow-cpu 2.18.0, then under 2.21.0, both with keras 3.15.1. Writes into
tflite/convert/testdata:

  models/cnn       a Keras export (signature serving_default): conv, pool, dense, softmax
  models/mlp       a Keras export: two dense layers of 32x32, and logits
  models/multi     a tf.Module of two signatures: serving_default {a, b} -> {sum, product}
                   and scale {x} -> {y} (written by 2.18.0 only, as the two above)
  models/qat       a tf.Module with fake-quant nodes: conv and dense
  models/flex      a tf.Module with two Cholesky operations, in "encoder" and "decoder"
  VERSION/MODEL-QUANTIZE.tflite   what the native converter returned to Python, without the
                   metadata Python appends; QUANTIZE is none, dynamic or float16
  VERSION.json VERSION.safetensors.gz   cases "model" "quantize" "file" "signatures"
                   {key: {"inputs": [..], "outputs": [..]}} "signature_keys" (as given to the
                   converter, in order) "converter_flags" (hex), and what TFLite of that version
                   gives in Python: CASE/SIGNATURE/in/NAME, CASE/SIGNATURE/out/NAME
  VERSION/cnn-int8-calibrated.tflite VERSION/cnn-int8-TYPE.tflite   what Python's calibrator made on
                   calibration.npy, and what the native quantizer returned, for inputs and outputs
                   of that type
  VERSION/cnn-whole.tflite VERSION/cnn-int8-whole.tflite VERSION/qat-TYPE.tflite
                   what converter.convert() returned, with metadata
  VERSION/flex-select.tflite   the native result with Select TF ops
"""

import os
import shutil
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
SCRIPTS = Path(__file__).resolve().parents[1]
sys.path[0] = str(SCRIPTS)
sys.path.append(str(SCRIPTS / "peers"))

import keras
import numpy as np
import tensorflow as tf
from golden.goldenfile import Golden
from keras import layers as L
from tensorflow.lite.python import convert as module
from tflite_native import convert

OUT = SCRIPTS.parent / "tflite" / "convert" / "testdata"
SEED = 220


class Multi(tf.Module):
    def __init__(self):
        super().__init__()
        self.factor = tf.Variable([2.0, -1.0, 0.5, 3.0], name="factor")

    @tf.function(input_signature=[tf.TensorSpec((None, 4), tf.float32, n) for n in "ab"])
    def both(self, a, b):
        return {"sum": a + self.factor * b, "product": a * b}

    @tf.function(input_signature=[tf.TensorSpec((None, 4), tf.float32, "x")])
    def scale(self, x):
        return {"y": tf.nn.relu(x * self.factor)}


class Trained(tf.Module):
    def __init__(self):
        super().__init__()
        draw = tf.random.Generator.from_seed(SEED).normal
        self.kernel = tf.Variable(draw((3, 3, 1, 4)), name="kernel")
        self.weights = tf.Variable(draw((256, 5)) * 0.1, name="weights")

    @tf.function(input_signature=[tf.TensorSpec((None, 8, 8, 1), tf.float32, "x")])
    def call(self, x):
        fake = tf.quantization.fake_quant_with_min_max_vars
        h = tf.nn.conv2d(fake(x, -3.0, 3.0), fake(self.kernel, -4.0, 4.0, narrow_range=True), 1, "SAME")
        h = tf.reshape(fake(tf.nn.relu(h), 0.0, 12.0), [-1, 256])
        return {"y": fake(tf.matmul(h, fake(self.weights, -0.5, 0.5, narrow_range=True)), -20.0, 20.0)}


class Flex(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec((4, 4), tf.float32, "x")])
    def call(self, x):
        square = lambda v: tf.matmul(v, v, transpose_b=True) + tf.eye(4)
        with tf.name_scope("encoder"):
            y = tf.linalg.cholesky(square(x))
        with tf.name_scope("decoder"):
            return {"y": tf.linalg.cholesky(square(y))}


def write_models():
    shutil.rmtree(OUT / "models", ignore_errors=True)
    keras.utils.set_random_seed(SEED)
    cnn = [keras.Input((10, 10, 1), name="image"), L.Conv2D(8, 3, activation="relu"), L.MaxPooling2D(), L.Flatten(),
           L.Dense(16, activation="tanh"), L.Dense(5, activation="softmax")]
    mlp = [keras.Input((32,), name="features"), L.Dense(32, activation="relu", bias_initializer="uniform"),
           L.Dense(32), L.Activation("sigmoid"), L.Dense(3)]
    for name, layers in (("cnn", cnn), ("mlp", mlp)):
        keras.Sequential(layers).export(str(OUT / "models" / name), verbose=False)
    m = Multi()
    tf.saved_model.save(m, str(OUT / "models" / "multi"), {"serving_default": m.both, "scale": m.scale})
    for name, m in (("qat", Trained()), ("flex", Flex())):
        tf.saved_model.save(m, str(OUT / "models" / name), {"serving_default": m.call})
    np.save(OUT / "calibration.npy", np.random.default_rng(SEED).normal(size=(20, 10, 10, 1)).astype("float32"))
    for assets in OUT.glob("models/*/assets"):
        assets.rmdir()


def main():
    g = Golden(SEED)
    version = tf.__version__
    if version == "2.18.0":
        write_models()
    (OUT / version).mkdir(parents=True, exist_ok=True)
    for model in ("cnn", "mlp", "multi"):
        for quantize in ("none", "dynamic", "float16"):
            name = f"{model}-{quantize}"
            data, _, flags, converter_flags = convert(str(OUT / "models" / model), quantize)
            (OUT / version / f"{name}.tflite").write_bytes(data)
            g.case(name, model=model, quantize=quantize, file=f"{version}/{name}.tflite", signatures=run(g, name, data),
                   signature_keys=signature_keys(flags), converter_flags=converter_flags.hex())
    write_integers(OUT / version)
    g.save(str(OUT / version))


def write_integers(out):
    """The files without a case of their own."""
    calls = module.wrap_converter
    native, quantize = calls.wrapped_convert, calls.wrapped_experimental_mlir_quantize
    seen = {}

    def record_native(*rest):
        seen["native"] = native(*rest)
        return seen["native"]

    def record_quantize(calibrated, *rest):
        seen["calibrated"], seen["quantized"] = calibrated, quantize(calibrated, *rest)
        return seen["quantized"]

    calls.wrapped_convert, calls.wrapped_experimental_mlir_quantize = record_native, record_quantize
    x = np.load(OUT / "calibration.npy")

    def run(model, **options):
        converter = tf.lite.TFLiteConverter.from_saved_model(str(OUT / "models" / model))
        for k, v in options.items():
            setattr(converter, k, v)
        return converter.convert()

    smaller = {"optimizations": [tf.lite.Optimize.DEFAULT]}
    (out / "cnn-whole.tflite").write_bytes(run("cnn"))
    for io in (tf.float32, tf.int8, tf.uint8):
        types = {"inference_input_type": io, "inference_output_type": io}
        whole = run("cnn", representative_dataset=lambda: ([x[i : i + 1]] for i in range(len(x))), **smaller, **types)
        (out / f"cnn-int8-{io.name}.tflite").write_bytes(seen["quantized"])
        (out / f"qat-{io.name}.tflite").write_bytes(run("qat", **smaller, **types))
        if io == tf.float32:
            (out / "cnn-int8-calibrated.tflite").write_bytes(seen["calibrated"])
            (out / "cnn-int8-whole.tflite").write_bytes(whole)
    ops = tf.lite.OpsSet
    run("flex", target_spec=tf.lite.TargetSpec(supported_ops=[ops.TFLITE_BUILTINS, ops.SELECT_TF_OPS]))
    (out / "flex-select.tflite").write_bytes(seen["native"])


def signature_keys(model_flags):
    from tensorflow.compiler.mlir.lite import model_flags_pb2

    return list(model_flags_pb2.ModelFlags.FromString(model_flags).saved_model_exported_names)


def run(g, name, data):
    interpreter = tf.lite.Interpreter(model_content=data)
    signatures = interpreter.get_signature_list()
    for key in signatures:
        runner = interpreter.get_signature_runner(key)
        inputs = {}
        for argument, detail in runner.get_input_details().items():
            inputs[argument] = g.put(f"{name}/{key}/in/{argument}", g.normal(3, *detail["shape"][1:]))
        for output, value in runner(**inputs).items():
            g.put(f"{name}/{key}/out/{output}", value)
    return signatures


if __name__ == "__main__":
    main()
