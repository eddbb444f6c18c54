"""Does Python see the weights that Go saved? python saved_weights.py DIR --inputs X.npz --want Y.npz --weights W.npz

X.npz holds the inputs of serving_default by name, Y.npz the outputs they must give, W.npz
values of variables by name. Each is a check of the printed report:

  signature  tf.saved_model.load(DIR).signatures["serving_default"]
  v1_loader  tf.compat.v1.saved_model.load in a session
  weights    every variable of the loaded object, of a name in W.npz, has that value
  resave     tf.saved_model.save of what was loaded, then its signature
"""

import argparse
import tempfile

import peer


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("dir")
    for flag in ("--inputs", "--want", "--weights"):
        p.add_argument(flag, required=True)
    return p.parse_args()


def main():
    args = arguments()
    import numpy as np
    import tensorflow as tf

    inputs, want, weights = (dict(np.load(f)) for f in (args.inputs, args.want, args.weights))

    def signature(where=args.dir):
        f = tf.saved_model.load(where).signatures["serving_default"]
        out = f(**{k: tf.constant(v) for k, v in inputs.items()})
        return peer.compare_all({k: v.numpy() for k, v in out.items()}, want)

    def v1_loader():
        with tf.Graph().as_default(), tf.compat.v1.Session() as session:
            meta = tf.compat.v1.saved_model.load(session, ["serve"], args.dir)
            sign = meta.signature_def["serving_default"]
            feed = {sign.inputs[k].name: v for k, v in inputs.items()}
            return peer.compare_all(session.run({k: t.name for k, t in sign.outputs.items()}, feed), want)

    def variables():
        loaded, seen, bad = tf.saved_model.load(args.dir), set(), []
        for v in loaded.variables:
            name = v.name.split(":")[0]
            if name in weights:
                seen.add(name)
                if why := peer.compare(v.numpy(), weights[name]):
                    bad.append(f"{name}: {why}")
        if missing := sorted(set(weights) - seen):
            bad.append(f"no variables {missing}")
        return "; ".join(bad) or None

    def resave():
        with tempfile.TemporaryDirectory() as dir:
            loaded = tf.saved_model.load(args.dir)
            tf.saved_model.save(loaded, dir, signatures=dict(loaded.signatures))
            return signature(dir)

    checks = {"signature": signature, "v1_loader": v1_loader, "weights": variables, "resave": resave}
    peer.report({name: peer.attempt(check) for name, check in checks.items()})


if __name__ == "__main__":
    main()
