#!/usr/bin/env python3
"""Writes keras/testdata/golden/functional.json: what model.to_json() gives for
models made with keras.Model(inputs, outputs).

Each case has the model's JSON and, for a chain, the names of its layers from
input to output; a branching model has none.

    scripts/golden/keras_functional.py     (with the Python of scripts/venv)
"""
import json
import os
import pathlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import sys

sys.path[0] = ""  # scripts/golden holds a keras.py

import keras
import tensorflow as tf
from keras import layers

OUT = pathlib.Path(__file__).resolve().parents[2] / "keras/testdata/golden/functional.json"


def chain():
    x = i = keras.Input((28, 28, 1), name="pixels")
    for l in [
        layers.Conv2D(4, 3, strides=2, activation="relu", name="see"),
        layers.BatchNormalization(name="norm"),
        layers.Flatten(name="flat"),
        layers.Dropout(0.1, name="drop"),
        layers.Dense(10, activation="softmax", name="say"),
    ]:
        x = l(x)
    return keras.Model(i, x, name="chain")


def branch():
    i = keras.Input((8,), name="in")
    a, b = layers.Dense(4, name="a")(i), layers.Dense(4, name="b")(i)
    return keras.Model(i, [a, b], name="branch")


def loop():
    i = keras.Input((8,), name="in")
    d = layers.Dense(8, name="twice")
    return keras.Model(i, d(d(i)), name="loop")


cases = [
    {"name": m.name, "json": m.to_json(), "layers": [l.name for l in m.layers] if m.name == "chain" else None}
    for m in (chain(), branch(), loop())
]
OUT.write_text(json.dumps({"versions": {"keras": keras.__version__, "tensorflow": tf.__version__}, "cases": cases}, indent=1) + "\n")
