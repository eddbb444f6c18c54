"""Does Keras make the same model of gotf's JSON? python model_json.py MODEL.json --checkpoint PREFIX --inputs X.npz --want Y.npz

Reads the model with keras.models.model_from_json, restores gotf's checkpoint into it and
compares its output for the only array of X with the only array of Y. The report's checks:

  json        the model written again by Keras has the configuration that was read
  checkpoint  every variable of the model is in the checkpoint
  outputs     the outputs are equal
"""

import argparse
import json
import os

import peer


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("model")
    p.add_argument("--checkpoint", required=True, help="prefix, or folder for its latest")
    p.add_argument("--inputs", required=True)
    p.add_argument("--want", required=True)
    return p.parse_args()


def only(path):
    import numpy as np

    (value,) = dict(np.load(path)).values()
    return value


def main():
    args = arguments()
    import keras
    import tensorflow as tf

    with open(args.model, encoding="utf-8") as f:
        text = f.read()
    model = keras.models.model_from_json(text)
    prefix = tf.train.latest_checkpoint(args.checkpoint) if os.path.isdir(args.checkpoint) else args.checkpoint

    def written():
        got, want = json.loads(model.to_json())["config"], json.loads(text)["config"]
        return None if got == want else f"Keras writes {json.dumps(got)}, read {json.dumps(want)}"

    def checkpoint():
        for w in model.weights:
            w.assign(w * 0 - 1)
        status = tf.train.Checkpoint(model=model).restore(prefix)
        status.assert_existing_objects_matched().expect_partial()

    def outputs():
        return peer.compare(model(only(args.inputs), training=False).numpy(), only(args.want))

    peer.report({"json": peer.attempt(written), "checkpoint": peer.attempt(checkpoint), "outputs": peer.attempt(outputs)})


if __name__ == "__main__":
    main()
