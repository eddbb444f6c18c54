"""Converts a SavedModel with Python's converter: python convert_bench.py SAVED_MODEL OUT.tflite

The whole program is what is timed: it does no more than a user's would.
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import tensorflow as tf


def main():
    folder, out = sys.argv[1:]
    model = tf.lite.TFLiteConverter.from_saved_model(folder).convert()
    with open(out, "wb") as f:
        f.write(model)


if __name__ == "__main__":
    main()
