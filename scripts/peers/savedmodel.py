"""Does Python accept a SavedModel? python savedmodel.py DIR --inputs X.npz --want Y.npz

X.npz holds the signature's inputs by name, Y.npz the outputs they must give (what gotf
computed). The ways in that are tried, each a check of the printed report:

  signature   tf.saved_model.load(DIR).signatures[SIGNATURE]
  tfsm_layer  keras.layers.TFSMLayer(DIR, call_endpoint=SIGNATURE)
  tflite      TFLiteConverter.from_saved_model(DIR), then TFLite's signature runner
  v1_loader   tf.compat.v1.saved_model.load in a session
  serve       the object's callable "serve" (--object)
  gradient    loss by all trainable variables through "serve" is not None (--object)
  resave      tf.saved_model.save of what was loaded, then its signature (--object)

The first four are tried always; --skip leaves some out.
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
    p.add_argument("--tag-set", default="serve")
    p.add_argument("--object", action="store_true", help="check the TF2 object graph too")
    p.add_argument("--skip", default="", help="checks to leave out, comma separated")
    return p.parse_args()


def main():
    args = arguments()
    import numpy as np
    import tensorflow as tf

    inputs = dict(np.load(args.inputs))
    want = dict(np.load(args.want))
    tags = args.tag_set.split(",")
    feed = {k: tf.constant(v) for k, v in inputs.items()}

    def signature(where=args.dir):
        loaded = tf.saved_model.load(where, tags=tags)
        if args.signature not in loaded.signatures:
            return f"signatures {sorted(loaded.signatures)}, want {args.signature}"
        return compare(loaded.signatures[args.signature](**feed))

    def compare(outputs):
        return peer.compare_all({k: v.numpy() for k, v in outputs.items()}, want)

    def tfsm_layer():
        import keras

        layer = keras.layers.TFSMLayer(args.dir, call_endpoint=args.signature)
        outputs = layer(**feed) if len(feed) > 1 else layer(*feed.values())
        if isinstance(outputs, dict):
            return compare(outputs)
        return peer.compare_all({next(iter(want)): outputs.numpy()}, want)

    def tflite():
        converter = tf.lite.TFLiteConverter.from_saved_model(args.dir, signature_keys=[args.signature], tags=tags)
        runner = tf.lite.Interpreter(model_content=converter.convert()).get_signature_runner(args.signature)
        return peer.compare_all(runner(**inputs), want)

    def v1_loader():
        with tf.Graph().as_default(), tf.compat.v1.Session() as session:
            meta = tf.compat.v1.saved_model.load(session, tags, args.dir)
            s = meta.signature_def[args.signature]
            fetches = {k: v.name for k, v in s.outputs.items()}
            return peer.compare_all(session.run(fetches, {s.inputs[k].name: v for k, v in inputs.items()}), want)

    def serve():
        loaded = tf.saved_model.load(args.dir)  # owns the variables of serve
        outputs = loaded.serve(*feed.values())
        if isinstance(outputs, dict):
            return compare(outputs)
        return peer.compare_all({next(iter(want)): tf.nest.flatten(outputs)[0].numpy()}, want)

    def gradient():
        loaded = tf.saved_model.load(args.dir)
        variables = list(loaded.trainable_variables)
        if not variables:
            return "no trainable_variables"
        with tf.GradientTape() as tape:
            loss = tf.add_n([tf.reduce_sum(y) for y in tf.nest.flatten(loaded.serve(*feed.values()))])
        none = [v.name for v, g in zip(variables, tape.gradient(loss, variables)) if g is None]
        return f"no gradient for {none}" if none else None

    def resave():
        with tempfile.TemporaryDirectory() as d:
            loaded = tf.saved_model.load(args.dir)
            tf.saved_model.save(loaded, d, signatures=loaded.signatures)
            return signature(d)

    tried = [signature, tfsm_layer, tflite, v1_loader] + ([serve, gradient, resave] if args.object else [])
    skip = args.skip.split(",")
    peer.report({f.__name__: peer.attempt(f) for f in tried if f.__name__ not in skip})


if __name__ == "__main__":
    main()
