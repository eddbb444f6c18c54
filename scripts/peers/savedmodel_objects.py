"""What can Python do with a SavedModel that Go wrote? python savedmodel_objects.py DIR --inputs X.npz --want Y.npz

X.npz holds the signature's inputs by name, Y.npz the outputs they must give. Each line of the
printed report is one check:

  variables   those of --trainable and --frozen, in that order, with these flags
  call        the callable named as the signature, by position and by name
  main        "serve" and the object itself, where there are such
  gradient    of the outputs by each trainable variable, against differences of the outputs
  save        as it is, with its signatures: reloaded, it gives Y
  tune        one step of gradient descent, saved and reloaded: a lower loss, the same outputs
  layer       keras.layers.TFSMLayer in a model that fit trains
  session     tf.compat.v1.saved_model.load in a session
  tflite      the converter; TFLite's signature runner gives Y
  reload      a second load in the same process is independent of the first
  train       with --trains OUTPUT: the signature, called again and again, lowers that output, also
              when it is saved and loaded in between
  plain       saved without naming signatures, the main signature is there again

--skip leaves some out.
"""

import argparse
import tempfile

import peer


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("dir")
    p.add_argument("--inputs", required=True)
    p.add_argument("--want", required=True)
    p.add_argument("--signature", default="serving_default")
    p.add_argument("--trainable", default="")
    p.add_argument("--frozen", default="")
    p.add_argument("--skip", default="")
    p.add_argument("--trains", default="")
    return p.parse_args()


class Checks:
    def __init__(self, args):
        import numpy as np
        import tensorflow as tf

        self.np, self.tf, self.args = np, tf, args
        self.inputs = dict(np.load(args.inputs))
        self.want = dict(np.load(args.want))
        self.feed = {k: tf.constant(v) for k, v in self.inputs.items()}

    def load(self, where=None):
        return self.tf.saved_model.load(where or self.args.dir)

    def run(self, model):
        outputs = model.signatures[self.args.signature](**self.feed)
        return {k: v.numpy() for k, v in outputs.items()}

    def compare(self, outputs):
        if not isinstance(outputs, dict):
            outputs = {next(iter(self.want)): outputs}
        return peer.compare_all({k: self.np.asarray(v) for k, v in outputs.items()}, self.want)

    def variables(self):
        m = self.load()
        names = lambda text: [n for n in text.split(",") if n]
        got = [(v.name.split(":")[0], v.trainable) for v in m.variables]
        want = [(n, True) for n in names(self.args.trainable)] + [(n, False) for n in names(self.args.frozen)]
        if sorted(got) != sorted(want):
            return f"{got}, want {want}"
        lists = sum(([v.name.split(":")[0] for v in l] for l in (m.trainable_variables, m.non_trainable_variables)), [])
        if sorted(lists) != sorted(n for n, _ in want) or len(m.trainable_variables) != len(names(self.args.trainable)):
            return f"the lists hold {lists}"

    def call(self):
        m = self.load()  # owns the variables of its functions
        f = getattr(m, self.args.signature, None)
        if f is None:
            return "there is no such attribute"
        ordered = [self.feed[k] for k in sorted(self.feed)]
        return self.compare(f(*ordered)) or self.compare(f(**self.feed))

    def main(self):
        m = self.load()
        ordered = [self.feed[k] for k in sorted(self.feed)]
        return self.compare(m.serve(*ordered)) or self.compare(m(*ordered)) or self.compare(m(*[self.inputs[k] for k in sorted(self.feed)]))

    def loss(self, m):
        outputs = m.signatures[self.args.signature](**self.feed)
        floats = [y for y in self.tf.nest.flatten(outputs) if y.dtype.is_floating]
        return self.tf.add_n([self.tf.reduce_mean(self.tf.square(self.tf.cast(y, self.tf.float64))) for y in floats])

    def gradient(self):
        tf, np = self.tf, self.np
        m = self.load()
        variables = list(m.trainable_variables)
        with tf.GradientTape() as tape:
            loss = self.loss(m)
        grads = tape.gradient(loss, variables)
        for v, g in zip(variables, grads):
            if g is None:
                return f"no gradient for {v.name}"
            g = tf.convert_to_tensor(g).numpy().astype(np.float64)
            at = np.unravel_index(np.argmax(np.abs(g)), g.shape)
            value, step = v.numpy(), 1e-2
            sides = []
            for sign in (1, -1):
                moved = value.copy()
                moved[at] += sign * step
                v.assign(moved)
                sides.append(float(self.loss(m)))
            v.assign(value)
            slope = (sides[0] - sides[1]) / (2 * step)
            if abs(slope - g[at]) > 2e-2 * (abs(slope) + abs(g[at])) + 1e-6:
                return f"{v.name} at {at}: gradient {g[at]}, slope {slope}"

    def save(self):
        with tempfile.TemporaryDirectory() as d:
            m = self.load()
            self.tf.saved_model.save(m, d, signatures=m.signatures)
            del m
            again = self.load(d)
            return self.compare(self.run(again))

    def tune(self):
        tf = self.tf
        with tempfile.TemporaryDirectory() as d:
            m = self.load()
            with tf.GradientTape() as tape:
                before = self.loss(m)
            variables = list(m.trainable_variables)
            grads = [tf.convert_to_tensor(g) for g in tape.gradient(before, variables)]
            norm = float(tf.linalg.global_norm(grads))
            for v, g in zip(variables, grads):
                v.assign_sub(tf.cast(1e-2 / norm, g.dtype) * g)
            after, tuned = self.loss(m), self.run(m)
            if not after < before:
                return f"the loss went from {float(before)} to {float(after)}"
            tf.saved_model.save(m, d, signatures=m.signatures)
            again = self.load(d)
            got = self.run(again)
            if len(again.trainable_variables) != len(variables):
                return f"{len(again.trainable_variables)} trainable variables after saving, want {len(variables)}"
            return peer.compare_all(got, tuned) or (None if self.compare(got) else "the weights have not changed")

    def layer(self):
        import keras

        layer = keras.layers.TFSMLayer(self.args.dir, call_endpoint=self.args.signature)
        wrong = self.compare(layer(*self.feed.values()) if len(self.feed) == 1 else layer(**self.feed))
        if wrong or len(self.feed) > 1 or not list(layer.trainable_variables):
            return wrong
        (name, x), = self.inputs.items()
        i = keras.Input(x.shape[1:], dtype=x.dtype.name)
        o = layer(i)
        o = next(iter(o.values())) if isinstance(o, dict) else o
        model = keras.Model(i, o)
        model.compile(keras.optimizers.SGD(1e-3), "mse")
        y = self.np.zeros_like(next(iter(self.want.values())))
        losses = model.fit(x, y, epochs=3, verbose=0).history["loss"]
        return None if losses[-1] < losses[0] else f"losses {losses}"

    def session(self):
        tf = self.tf
        with tf.Graph().as_default(), tf.compat.v1.Session() as session:
            meta = tf.compat.v1.saved_model.load(session, ["serve"], self.args.dir)
            s = meta.signature_def[self.args.signature]
            fetches = {k: v.name for k, v in s.outputs.items()}
            return peer.compare_all(session.run(fetches, {s.inputs[k].name: v for k, v in self.inputs.items()}), self.want)

    def tflite(self):
        tf = self.tf
        converter = tf.lite.TFLiteConverter.from_saved_model(self.args.dir, signature_keys=[self.args.signature])
        runner = tf.lite.Interpreter(model_content=converter.convert()).get_signature_runner(self.args.signature)
        return peer.compare_all(runner(**self.inputs), self.want)

    def reload(self):
        first, second = self.load(), self.load()
        for v in first.variables:
            if v.dtype.is_floating:
                v.assign(self.tf.zeros_like(v))
        return self.compare(self.run(second))


    def train(self):
        name = self.args.trains
        if not name:
            return None
        m = self.load()
        losses = [float(self.run(m)[name]) for _ in range(20)]
        with tempfile.TemporaryDirectory() as d:
            self.tf.saved_model.save(m, d, signatures=m.signatures)
            again = self.load(d)
            losses += [float(self.run(again)[name]) for _ in range(20)]
        falls = all(a > b for a, b in zip(losses, losses[1:]))
        return None if falls else f"{name}: {losses}"

    def plain(self):
        m = self.load()
        if not hasattr(m, "_default_save_signature") or self.args.signature != "serving_default":
            return None
        with tempfile.TemporaryDirectory() as d:
            self.tf.saved_model.save(m, d)
            again = self.load(d)
            return self.compare(self.run(again))


NAMES = ["variables", "call", "main", "gradient", "save", "tune", "layer", "session", "tflite", "reload", "train", "plain"]


def main():
    args = arguments()
    checks, skip = Checks(args), args.skip.split(",")
    peer.report({name: peer.attempt(getattr(checks, name)) for name in NAMES if name not in skip})


if __name__ == "__main__":
    main()
