"""Gradients of Keras models, and the models: python scripts/golden/savedmodel_gradients.py

Run with tensorflow-cpu 2.18.0 and keras 3.15.1. Writes into savedmodel/testdata/gradients
a SavedModel for each model, made by model.export(), and values.json with
values.safetensors.gz (goldenfile.py says how these look): cases

  "dir"        of the SavedModel, whose signature is serving_default
  "loop"       whether its graph has a While
  "variables"  paths of the model's variables, as Keras lists them
  "trainable"  whether each of them is
  "differs"    whether the input is of numbers that have gradients

and the arrays CASE/x, CASE/y and, for loss = mean(y^2) with the model in inference mode,
CASE/loss, CASE/dx (where "differs"), CASE/variable/I, the value of variable I, and
CASE/gradient/I for those that are trainable.
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
import numpy as np
import tensorflow as tf
from golden.goldenfile import Golden
from keras import layers as L
from tensorflow.core.protobuf import saved_model_pb2

OUT = SCRIPTS.parent / "savedmodel" / "testdata" / "gradients"
SEED = 41


def lstm():
    """Of any length, with masked steps: the layer's loop."""
    x = keras.Input((None, 3))
    h = L.LSTM(5, return_sequences=True)(L.Masking()(x))
    return keras.Model(x, L.Dense(2)(L.LSTM(4)(h)))


def gru():
    x = keras.Input((6, 3))
    return keras.Model(x, L.Dense(2, activation="tanh")(L.GRU(5)(x)))


def bidirectional():
    x = keras.Input((None, 3))
    return keras.Model(x, L.Dense(2)(L.Bidirectional(L.LSTM(4, return_sequences=True))(x)))


def attention():
    x = keras.Input((7, 8))
    h = L.MultiHeadAttention(num_heads=2, key_dim=4)(x, x)
    h = L.LayerNormalization()(L.Add()([x, h]))
    f = L.Dense(8)(L.Dense(16, activation="gelu")(h))
    h = L.LayerNormalization()(L.Add()([h, f]))
    return keras.Model(x, L.Dense(3, activation="softmax")(L.GlobalAveragePooling1D()(h)))


def convolution():
    x = keras.Input((12, 12, 2))
    h = L.Conv2D(4, 3, strides=2, padding="same")(x)
    h = L.Activation("relu")(L.BatchNormalization()(h))
    h = L.Conv2D(6, 3, dilation_rate=2, padding="same", activation="elu")(h)
    h = L.DepthwiseConv2D(3, padding="same", depth_multiplier=2)(h)
    h = L.BatchNormalization()(h)
    h = L.MaxPooling2D(2)(L.Activation("swish")(h))
    return keras.Model(x, L.Dense(3)(L.GlobalAveragePooling2D()(h)))


def embedding():
    x = keras.Input((9,), dtype="int32")
    h = L.Embedding(20, 6)(x)
    h = L.Conv1D(5, 3, padding="causal", activation="relu")(h)
    return keras.Model(x, L.Dense(2)(L.GlobalMaxPooling1D()(h)))


def steps(g):
    x = g.normal(4, 7, 3)
    x[1, 5:] = 0  # padding
    x[2, 2] = 0  # a hole
    return x


MODELS = {
    "lstm": (lstm, steps, True),
    "gru": (gru, lambda g: g.normal(3, 6, 3), True),
    "bidirectional": (bidirectional, lambda g: g.normal(3, 5, 3), True),
    "attention": (attention, lambda g: g.normal(3, 7, 8), False),
    "convolution": (convolution, lambda g: g.normal(3, 12, 12, 2), False),
    "embedding": (embedding, lambda g: g.rng.integers(0, 20, (4, 9)).astype("int32"), False),
}


def randomize(g, model):
    """Gives zeros and ones of the first weights values that show mistakes."""
    for v in model.variables:
        a = np.asarray(v)
        if a.dtype == np.float32 and np.ptp(a) == 0:
            v.assign(a + 0.3 * np.abs(g.normal(*a.shape)))


def has_loop(path):
    m = saved_model_pb2.SavedModel()
    m.ParseFromString((path / "saved_model.pb").read_bytes())
    functions = m.meta_graphs[0].graph_def.library.function
    return any(n.op in ("While", "StatelessWhile") for f in functions for n in f.node_def)


def main():
    g = Golden(SEED)
    shutil.rmtree(OUT, ignore_errors=True)
    for name, (make, inputs, loop) in MODELS.items():
        keras.backend.clear_session()
        keras.utils.set_random_seed(SEED)
        model = make()
        randomize(g, model)
        path = OUT / name
        model.export(str(path), verbose=False)
        shutil.rmtree(path / "assets", ignore_errors=True)
        if has_loop(path) != loop:
            raise ValueError(f"{name}: loop is {not loop}")
        check(g, name, model, inputs(g), loop)
    g.save(str(OUT / "values"))


def check(g, name, model, x, loop):
    differs = x.dtype == np.float32
    input_ = tf.constant(x)
    trainable = [v.trainable for v in model.variables]
    with tf.GradientTape() as tape:
        if differs:
            tape.watch(input_)
        y = model(input_, training=False)
        loss = tf.reduce_mean(tf.square(y))
    sources = [v.value for v in model.trainable_variables] + ([input_] if differs else [])
    gradients = [tf.convert_to_tensor(d) for d in tape.gradient(loss, sources)]
    g.put(f"{name}/x", x)
    g.put(f"{name}/y", y.numpy())
    g.put(f"{name}/loss", loss.numpy())
    if differs:
        g.put(f"{name}/dx", gradients.pop().numpy())
    for i, v in enumerate(model.variables):
        g.put(f"{name}/variable/{i}", np.asarray(v))
        if v.trainable:
            g.put(f"{name}/gradient/{i}", gradients.pop(0).numpy())
    g.case(name, dir=name, loop=loop, variables=[v.path for v in model.variables], trainable=trainable,
           differs=differs)


if __name__ == "__main__":
    main()
