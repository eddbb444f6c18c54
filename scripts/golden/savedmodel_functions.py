"""Gradients of functions, and the functions: python scripts/golden/savedmodel_functions.py

Run with tensorflow-cpu 2.18.0. Writes into savedmodel/testdata/functions a SavedModel for
each tf.function below, with its variables v0 ..., and values.json with
values.safetensors.gz, whose cases and arrays are those of savedmodel_gradients.py.
"""

import os
import shutil
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
SCRIPTS = Path(__file__).resolve().parents[1]
sys.path[0] = str(SCRIPTS)

import numpy as np
import tensorflow as tf
from golden.goldenfile import Golden
from golden.savedmodel_gradients import has_loop

OUT = SCRIPTS.parent / "savedmodel" / "testdata" / "functions"
SEED = 7


def loop(x, v):
    return tf.while_loop(lambda i, h: i < 5, lambda i, h: (i + 1, tf.tanh(h @ v)), (0, x))[1]


def loop_until(x, v):
    """How often depends on the values."""
    return tf.while_loop(lambda h: tf.reduce_sum(tf.abs(h)) > 0.5, lambda h: (0.5 * tf.sin(h @ v),), (x,))[0]


def loop_in_loop(x, v):
    def outer(i, h):
        _, k = tf.while_loop(lambda j, k: j < i, lambda j, k: (j + 1, tf.tanh(k @ v) + h), (0, h))
        return i + 1, k

    return tf.while_loop(lambda i, h: i < 3, outer, (0, x))[1]


def branch_in_loop(x, v):
    def turn(i, h):
        return i + 1, tf.cond(i % 2 == 0, lambda: h * v[0], lambda: tf.sin(h))

    return tf.while_loop(lambda i, h: i < 4, turn, (0, x))[1]


def loop_with_break(x, v):
    h = x
    for _ in tf.range(10):
        h = h * tf.sigmoid(v[0])
        if tf.reduce_sum(h * h) < 1.0:
            break
    return h


def branches(x, v):
    """One of each pair is taken."""
    def one():
        return x * v[0]

    def other():
        return tf.exp(x) - v[1]

    total = tf.reduce_sum(x)
    return tf.cond(total > 0, one, other) + tf.cond(total <= 0, one, other)


def cases(x, v):
    return tf.switch_case(tf.constant(1), [lambda: x, lambda: x * x * v[0], lambda: v[1] + x])


def rows(x, v):
    return tf.map_fn(lambda row: tf.reduce_sum(row * v[0]) * tf.sigmoid(row), x)


def states(x, v):
    return tf.scan(lambda state, row: tf.tanh(state * v[0] + row), x, initializer=tf.zeros([3]))


def array(x, v):
    ta = tf.TensorArray(tf.float32, size=0, dynamic_size=True, clear_after_read=False)
    for i in tf.range(4):
        ta = ta.write(i, tf.sin(x[i]) * v[0])
    return ta.stack() * tf.reduce_sum(ta.read(2))


def own_gradient(x, v):
    """Saved without the gradient of its own, which is that of sin anyway."""
    @tf.custom_gradient
    def f(z):
        return tf.sin(z), lambda dy: dy * tf.cos(z)

    return f(x) * v[0]


def called_often(x, v):
    @tf.function
    def f(a):
        return tf.tanh(a @ v)

    return f(x) * f(x * 2) + f(tf.sin(x))


def compiled(x, v):
    @tf.function(jit_compile=True)
    def f(a, b):
        return tf.tanh(a @ b)

    return f(x, v)


def sparse(x, v):
    m = tf.sparse.from_dense(tf.constant(np.eye(5, 4, dtype="float32") * 2))
    return tf.sparse.sparse_dense_matmul(m, x @ v)


def spectrum(x, v):
    return tf.signal.irfft(tf.signal.rfft(x @ v, [4]) * tf.complex(0.5, 2.0))


def ragged(x, v):
    r = tf.RaggedTensor.from_row_lengths(x @ v, [1, 0, 3])
    return tf.reduce_sum(r, axis=1)


FUNCTIONS = [loop, loop_until, loop_in_loop, branch_in_loop, loop_with_break, branches, cases, rows, states, array,
             own_gradient, called_often, compiled, sparse, spectrum, ragged]


def save(g, f):
    m = tf.Module()
    m.v = tf.Variable(0.5 * g.normal(3, 3) + 0.1, name="v0")
    m.f = tf.function(lambda x: {"y": f(x, m.v)}, input_signature=[tf.TensorSpec((4, 3), tf.float32)])
    path = OUT / f.__name__
    tf.saved_model.save(m, str(path), signatures=m.f.get_concrete_function())
    shutil.rmtree(path / "assets", ignore_errors=True)
    x = tf.constant(g.put(f"{f.__name__}/x", g.normal(4, 3)))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = m.f(x)["y"]
        loss = tf.reduce_mean(tf.square(y))
    dv, dx = (tf.convert_to_tensor(d).numpy() for d in tape.gradient(loss, [m.v, x]))
    for role, a in {"y": y, "loss": loss, "dx": dx, "variable/0": m.v, "gradient/0": dv}.items():
        g.put(f"{f.__name__}/{role}", np.asarray(a))
    g.case(f.__name__, dir=f.__name__, loop=has_loop(path), variables=["v0"], trainable=[True], differs=True)


def main():
    g = Golden(SEED)
    shutil.rmtree(OUT, ignore_errors=True)
    for f in FUNCTIONS:
        save(g, f)
    g.save(str(OUT / "values"))


if __name__ == "__main__":
    main()
