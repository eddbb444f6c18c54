"""Keras's training speed, by turns: python train.py --model mlp|cnn [...]

mlp: 784-128-10, batch 32. cnn: conv 32 3x3, pool, conv 64 3x3, pool, dense 128, dense 10
on 28x28x1, batch 64. Both relu, logits, sparse cross-entropy, Adam 1e-3, on shuffled
samples: the first --samples of MNIST in --data, else random ones. README.md has the
protocol; a turn trains whole epochs for --seconds and answers steps/s. Making the model,
tracing and the first epoch are not counted.
"""

import argparse
import time

from tflite_accuracy import idx
from turns import serve, set_threads


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("--model", choices=("mlp", "cnn"), required=True)
    p.add_argument("--steps-per-execution", type=int, default=32)
    p.add_argument("--batch-size", type=int, help="default: mlp 32, cnn 64")
    p.add_argument("--threads", type=int, default=0, help="intra-op and inter-op, 0: TensorFlow's choice")
    p.add_argument("--inter-threads", type=int, help="inter-op alone")
    p.add_argument("--input", choices=("numpy", "tfdata", "best"), default="best",
                   help="how fit is fed; best tries both when it starts")
    p.add_argument("--data", help="folder of MNIST's training files, .gz or not")
    p.add_argument("--samples", type=int, default=10000)
    p.add_argument("--seconds", type=float, default=3)
    return p.parse_args()


def make_model(kind, steps_per_execution):
    import keras
    from keras import layers as L

    if kind == "mlp":
        layers = [keras.Input((784,)), L.Dense(128, activation="relu"), L.Dense(10)]
    else:
        layers = [
            keras.Input((28, 28, 1)), L.Conv2D(32, 3, activation="relu"), L.MaxPooling2D(),
            L.Conv2D(64, 3, activation="relu"), L.MaxPooling2D(), L.Flatten(), L.Dense(128, activation="relu"),
            L.Dense(10),
        ]
    model = keras.Sequential(layers)
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        steps_per_execution=steps_per_execution,
    )
    return model


def make_data(shape, batch, n, folder):
    import numpy as np
    import tensorflow as tf

    if folder:
        x = idx(folder, "train-images-idx3-ubyte", 16).reshape(-1, *shape)[:n].astype("float32") / 255
        y = idx(folder, "train-labels-idx1-ubyte", 8)[:n].astype("int32")
        n = len(y)
    else:
        rng = np.random.default_rng(0)
        x, y = rng.random((n, *shape), dtype="float32"), rng.integers(0, 10, n).astype("int32")
    ds = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(n).batch(batch).prefetch(tf.data.AUTOTUNE)
    return {"numpy": {"x": x, "y": y, "batch_size": batch}, "tfdata": {"x": ds}}, -(-n // batch)


def main():
    args = arguments()
    set_threads(args.threads, args.inter_threads)
    import keras

    batch = args.batch_size or {"mlp": 32, "cnn": 64}[args.model]
    model = make_model(args.model, args.steps_per_execution)
    feeds, steps = make_data(model.input_shape[1:], batch, args.samples, args.data)

    class Clock(keras.callbacks.Callback):
        """Counts whole epochs after the first, until the time is up."""

        def __init__(self, seconds):
            super().__init__()
            self.seconds, self.epochs = seconds, -1

        def on_epoch_end(self, epoch, logs=None):
            self.epochs += 1
            now = time.perf_counter()
            if self.epochs == 0:
                self.start = now
            self.spent = now - self.start
            self.model.stop_training = self.epochs > 0 and self.spent >= self.seconds

    def turn(feed=None, seconds=args.seconds):
        clock = Clock(seconds)
        model.fit(**feeds[feed or args.input], epochs=1 << 30, verbose=0, callbacks=[clock])
        return steps * clock.epochs / clock.spent, clock.spent

    tried = {}
    if args.input == "best":
        tried = {feed: turn(feed, min(2, args.seconds))[0] for feed in feeds}
        args.input = max(tried, key=tried.get)
    serve(
        lambda: turn(), unit="steps/s", better="higher", model=args.model, batch_size=batch, input=args.input,
        tried=tried, samples=len(feeds["numpy"]["y"]), steps_per_execution=args.steps_per_execution, threads=args.threads,
    )


if __name__ == "__main__":
    main()
