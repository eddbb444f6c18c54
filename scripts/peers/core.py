"""TensorFlow's speed below Keras, by turns: python core.py --what eager_op|eager_tape|... [...]

README.md has the protocol. A turn repeats for --seconds and answers the mean time, in the
unit of each:

eager_op           us, a 10x10 product or sum, run eagerly: tf.matmul, tf.add
eager_op_raw       us, the same through tf.raw_ops, which few programs use
eager_tape         us, a step of training an MLP (784-128-10, batch 32) with GradientTape and SGD, eagerly
function_call      us, the call of a tf.function: an MLP (32-32-10) on a batch of one
trace              ms, making the concrete function of a body of 1,000 operations
gradient_resnet50  s, tf.gradients of a ResNet-50 training graph, which is built but not run
"""

import argparse
import time

from turns import serve, set_threads

MANY = 200  # of the short ones, between looks at the clock


def timed(f, count=1):
    start = time.perf_counter()
    for _ in range(count):
        f()
    return time.perf_counter() - start, count


def eager_op(tf, np):
    x, w, b = matrices(tf, np)
    return pairs(lambda: tf.add(tf.matmul(x, w), b))


def eager_op_raw(tf, np):
    x, w, b = matrices(tf, np)
    matmul, add = tf.raw_ops.MatMul, tf.raw_ops.AddV2
    return pairs(lambda: add(x=matmul(a=x, b=w), y=b))


def matrices(tf, np):
    rng = np.random.default_rng(0)
    return (tf.constant(rng.random((10, 10), dtype="float32") / 10) for _ in range(3))


def pairs(pair):
    def step():
        spent, n = timed(pair, MANY)
        return spent, 2 * n

    return step, "us"


def variables(tf, np, *sizes):
    rng = np.random.default_rng(0)
    made = []
    for n, m in zip(sizes, sizes[1:]):
        made.append(tf.Variable((rng.random((n, m)) / n).astype("float32")))
        made.append(tf.Variable(np.zeros(m, "float32")))
    return made


def mlp(tf, x, w1, b1, w2, b2):
    return tf.matmul(tf.nn.relu(tf.matmul(x, w1) + b1), w2) + b2


def eager_tape(tf, np):
    rng = np.random.default_rng(1)
    vs = variables(tf, np, 784, 128, 10)
    x = tf.constant(rng.random((32, 784), dtype="float32"))
    y = tf.constant(rng.integers(0, 10, 32).astype("int32"))
    rate = tf.constant(0.01)

    def train():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=mlp(tf, x, *vs)))
        for v, g in zip(vs, tape.gradient(loss, vs)):
            v.assign_sub(rate * g, read_value=False)

    return lambda: timed(train, 10), "us"


def function_call(tf, np):
    vs = variables(tf, np, 32, 32, 10)
    x = tf.constant(np.random.default_rng(1).random((1, 32), dtype="float32"))
    f = tf.function(lambda x: mlp(tf, x, *vs))
    return lambda: timed(lambda: f(x), MANY), "us"


def trace(tf, np):
    def body(x):
        y = x
        for _ in range(500):
            y = tf.raw_ops.AddV2(x=tf.raw_ops.Mul(x=y, y=x), y=x)
        return y

    spec = tf.TensorSpec((10,), tf.float32)
    return lambda: timed(lambda: tf.function(body, autograph=False).get_concrete_function(spec)), "ms"


def gradient_resnet50(tf, np):
    v1 = tf.compat.v1

    def build():
        weights = []

        def variable(shape):
            weights.append(v1.get_variable(f"v{len(weights)}", shape, use_resource=True))
            return weights[-1]

        def conv(x, size, filters, stride):
            channels = int(x.shape[-1])
            y = tf.nn.conv2d(x, variable((size, size, channels, filters)), stride, "SAME")
            return v1.nn.fused_batch_norm(y, variable((filters,)), variable((filters,)), is_training=True)[0]

        x = v1.placeholder(tf.float32, (None, 224, 224, 3))
        labels = v1.placeholder(tf.int32, (None,))
        y = tf.nn.max_pool2d(tf.nn.relu(conv(x, 7, 64, 2)), 3, 2, "SAME")
        for stage, blocks in enumerate((3, 4, 6, 3)):
            filters = 64 << stage
            for block in range(blocks):
                stride = 2 if stage > 0 and block == 0 else 1
                short = conv(y, 1, 4 * filters, stride) if block == 0 else y
                z = tf.nn.relu(conv(y, 1, filters, stride))
                z = tf.nn.relu(conv(z, 3, filters, 1))
                y = tf.nn.relu(conv(z, 1, 4 * filters, 1) + short)
        logits = tf.matmul(tf.reduce_mean(y, (1, 2)), variable((2048, 1000))) + variable((1000,))
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)), weights

    def step():
        with tf.Graph().as_default():
            loss, weights = build()
            spent = timed(lambda: tf.gradients(loss, weights))
        return spent

    return step, "s"


def main():
    works = {f.__name__: f for f in (eager_op, eager_op_raw, eager_tape, function_call, trace, gradient_resnet50)}
    p = argparse.ArgumentParser()
    p.add_argument("--what", choices=tuple(works), required=True)
    p.add_argument("--threads", type=int, default=1, help="intra-op and inter-op, 0: TensorFlow's choice")
    p.add_argument("--seconds", type=float, default=1)
    args = p.parse_args()
    set_threads(args.threads)
    import numpy as np
    import tensorflow as tf

    step, unit = works[args.what](tf, np)
    scale = {"us": 1e6, "ms": 1e3, "s": 1}[unit]

    def turn(seconds=args.seconds):
        start, spent, count = time.perf_counter(), 0.0, 0
        while time.perf_counter() - start < seconds:
            t, n = step()
            spent, count = spent + t, count + n
        return scale * spent / count, time.perf_counter() - start

    turn(min(1, args.seconds))
    serve(turn, unit=unit, better="lower", what=args.what, threads=args.threads)


if __name__ == "__main__":
    main()
