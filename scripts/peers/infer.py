"""TensorFlow's inference time of one sample, by turns: python infer.py --model mlp|cnn [...]

The models of train.py. A turn calls the concrete function for --seconds and answers the
median time of a call in microseconds, input and output copies included: the input is a
NumPy array and the output too, as Go's are slices.
"""

import argparse
import time

from train import make_model
from turns import serve, set_threads


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("--model", choices=("mlp", "cnn"), required=True)
    p.add_argument("--threads", type=int, default=1, help="intra-op and inter-op, 0: TensorFlow's choice")
    p.add_argument("--inter-threads", type=int, help="inter-op alone")
    p.add_argument("--seconds", type=float, default=1)
    return p.parse_args()


def main():
    args = arguments()
    set_threads(args.threads, args.inter_threads)
    import numpy as np
    import tensorflow as tf

    model = make_model(args.model, 1)
    shape = model.input_shape[1:]
    x = np.random.default_rng(0).random((1, *shape), dtype="float32")
    call = tf.function(
        lambda t: model(t, training=False), input_signature=[tf.TensorSpec((None, *shape), tf.float32)]
    ).get_concrete_function()

    def turn():
        times = []
        start = time.perf_counter()
        while (now := time.perf_counter()) - start < args.seconds:
            call(tf.constant(x)).numpy()
            times.append(time.perf_counter() - now)
        times.sort()
        return 1e6 * times[len(times) // 2], now - start

    for _ in range(200):
        call(tf.constant(x)).numpy()
    serve(turn, unit="us", better="lower", model=args.model, threads=args.threads)


if __name__ == "__main__":
    main()
