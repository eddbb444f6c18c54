"""The first result after the start of Python: imports TensorFlow, multiplies two matrices, prints the product."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import tensorflow as tf

a = tf.constant([[1.0, 2.0], [3.0, 4.0]])
print(*(f"{v:g}" for v in tf.matmul(a, a).numpy().ravel()), flush=True)
