"""Keras models many variables of which have one name: python scripts/golden/savedmodel_names.py

Run with tensorflow-cpu 2.18.0 and keras 3.15.1. Writes into savedmodel/testdata/names:

  same       tf.saved_model.save of three layers of one shape: "m/kernel" three times
  different  the same of layers of other shapes
  several    two such models with a signature each, and a third signature of both
  clash      a signature and a variable "w"
  exported   what Keras's export wrote of three layers, whose biases are all zero

and values.json with values.safetensors.gz: cases "dir" "tags" "signature" "inputs" "outputs"
and the arrays CASE/in/NAME and CASE/out/NAME.
"""

import os
import shutil
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
SCRIPTS = Path(__file__).resolve().parents[1]
sys.path[0] = str(SCRIPTS)

import keras
import tensorflow as tf
from golden.goldenfile import Golden

OUT = SCRIPTS.parent / "savedmodel" / "testdata" / "names"
SPEC = tf.TensorSpec([None, 3], tf.float32, name="x")


class Layers(keras.Model):
    def __init__(self, *units):
        super().__init__(name="m")
        self.all = [keras.layers.Dense(n) for n in units]
        self(tf.zeros([1, 3]))

    def call(self, x):
        for layer in self.all:
            x = layer(x)
        return x


def main():
    g = Golden(8)
    keras.utils.set_random_seed(8)
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    x = g.normal(2, 3)
    same, different = filled(g, Layers(3, 3, 3)), filled(g, Layers(3, 4, 2))
    save(g, x, "same", same, {"serving_default": function(same)})
    save(g, x, "different", different, {"serving_default": function(different)})
    a, b = filled(g, Layers(3, 3)), filled(g, Layers(3, 3))
    both = tf.Module()
    both.weights = a.variables + b.variables
    save(g, x, "several", both, {"a": function(a), "b": function(b), "serving_default": function(a, b)})
    clash = tf.Module()
    clash.w = tf.Variable(g.normal(3, 3), name="w")
    save(g, x, "clash", clash, {"w": tf.function(lambda x: {"y": x @ clash.w}, input_signature=[SPEC])})
    exported = Layers(3, 3, 3)
    exported.export(str(OUT / "exported"), input_signature=[SPEC], verbose=False)
    check(g, x, "exported")
    for assets in OUT.glob("*/assets"):
        assets.rmdir()
    g.save(str(OUT / "values"))


def filled(g, model):
    for v in model.variables:
        v.assign(g.normal(*v.shape))
    return model


def function(*models):
    def f(x):
        for m in models:
            x = m(x)
        return {"y": x}

    return tf.function(f, input_signature=[SPEC])


def save(g, x, name, model, signatures):
    tf.saved_model.save(model, str(OUT / name), signatures)
    check(g, x, name)


def check(g, x, dir):
    """Takes the results from what Python loads."""
    for key, f in tf.saved_model.load(str(OUT / dir)).signatures.items():
        name = f"{dir} {key}"
        out = {k: v.numpy() for k, v in f(x=tf.constant(x)).items()}
        g.put(f"{name}/in/x", x)
        for k, v in out.items():
            g.put(f"{name}/out/{k}", v)
        g.case(name, dir=dir, tags=["serve"], signature=key, inputs=["x"], outputs=list(out))


if __name__ == "__main__":
    main()
