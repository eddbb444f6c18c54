"""What TensorFlow's converter makes of SavedModels: python scripts/golden/convert.py

Run under tensorflow-cpu 2.18.0, then under 2.21.0, both with keras 3.15.1. Writes into
tflite/convert/testdata:

  models/cnn       a Keras export (signature serving_default): conv, pool, dense, softmax
  models/mlp       a Keras export: two dense layers of 32x32, and logits
  models/multi     a tf.Module of two signatures: serving_default {a, b} -> {sum, product}
                   and scale {x} -> {y} (written by 2.18.0 only, as the two above)
  VERSION/MODEL-QUANTIZE.tflite   what the native converter returned to Python, without the
                   metadata Python appends; QUANTIZE is none, dynamic or float16
  VERSION.json VERSION.safetensors.gz   cases "model" "quantize" "file" "signatures"
                   {key: {"inputs": [..], "outputs": [..]}} "signature_keys" (as given to the
                   converter, in order) "converter_flags" (hex), and what TFLite of that version
                   gives in Python: CASE/SIGNATURE/in/NAME, CASE/SIGNATURE/out/NAME
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
import tensorflow as tf
from golden.goldenfile import Golden
from keras import layers as L
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
    g.save(str(OUT / version))


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
