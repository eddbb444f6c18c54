"""Does Python see the weights that Go trained? python references.py ORIGINAL SAVED EXPORTED
--signature KEY --inputs X.npz --want Y.npz --trained NAME... [--branches]

ORIGINAL is a SavedModel with reference variables, SAVED what Model.Save wrote of it, with
the references, EXPORTED what Export did, with resources. Y.npz holds an output that the
signature must give for the inputs in X.npz, on its first call. Checks of the report:

  session    SAVED in tf.compat.v1.saved_model.load
  object     SAVED in tf.saved_model.load, where Python loads ORIGINAL so
  exported   EXPORTED in tf.saved_model.load
  trained    its variables to be trained are those of the names given
  tuned      a step down the gradient of the output lowers its mean square, and what
             tf.saved_model.save writes then gives the same; not with --branches, as Python
             cannot differentiate TensorFlow 1's branches in a function that it has loaded
"""

import argparse
import tempfile

import peer


def arguments():
    p = argparse.ArgumentParser()
    for name in ("original", "saved", "exported"):
        p.add_argument(name)
    for flag in ("--signature", "--inputs", "--want"):
        p.add_argument(flag, required=True)
    p.add_argument("--trained", nargs="+", required=True)
    p.add_argument("--branches", action="store_true")
    return p.parse_args()


def main():
    args = arguments()
    import numpy as np
    import tensorflow as tf

    inputs, want = (dict(np.load(f)) for f in (args.inputs, args.want))
    (output,) = want

    def call(loaded):
        return loaded.signatures[args.signature](**{k: tf.constant(v) for k, v in inputs.items()})

    def same(loaded):
        return peer.compare(call(loaded)[output].numpy(), want[output])

    def session():
        with tf.Graph().as_default(), tf.compat.v1.Session() as session:
            sign = tf.compat.v1.saved_model.load(session, ["serve"], args.saved).signature_def[args.signature]
            feed = {sign.inputs[k].name: v for k, v in inputs.items()}
            return peer.compare(session.run(sign.outputs[output].name, feed), want[output])

    def object():
        try:
            tf.saved_model.load(args.original)
        except Exception:  # Python does not load some models with references so
            return None
        return same(tf.saved_model.load(args.saved))

    def trained():
        names = sorted(v.name.split(":")[0] for v in tf.saved_model.load(args.exported).trainable_variables)
        return None if names == sorted(args.trained) else f"{names}, want {sorted(args.trained)}"

    def tuned():
        loaded = tf.saved_model.load(args.exported)

        def step():
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(call(loaded)[output]))
            for v, g in zip(loaded.trainable_variables, tape.gradient(loss, list(loaded.trainable_variables))):
                v.assign_sub(0.01 * tf.convert_to_tensor(g))
            return float(loss)

        losses = [step() for _ in range(3)]
        if not losses[-1] < losses[0]:
            return f"losses {losses}"
        with tempfile.TemporaryDirectory() as dir:
            tf.saved_model.save(loaded, dir, signatures=dict(loaded.signatures))
            again = tf.saved_model.load(dir)
            return peer.compare(call(again)[output].numpy(), call(loaded)[output].numpy())

    checks = {"session": session, "object": object, "exported": lambda: same(tf.saved_model.load(args.exported)), "trained": trained, "tuned": tuned}
    if args.branches:
        del checks["tuned"]
    peer.report({name: peer.attempt(check) for name, check in checks.items()})


if __name__ == "__main__":
    main()
