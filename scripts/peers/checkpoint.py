"""What a checkpoint holds: python checkpoint.py PREFIX_OR_DIR [--values OUT.npz] [--model MODEL.json]

Lists the entries as JSON {"checkpoint", "entries": [{key, dtype, shape}]}. A folder stands
for its latest checkpoint. --values stores the numeric values. --model builds the Keras model
of a JSON file, restores the checkpoint into tf.train.Checkpoint(model=...), and reports
whether every variable of the model was found; with --values the model's weights go there
too, as weights/0, weights/1, ...
"""

import argparse
import json
import os
import sys

import peer


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("checkpoint")
    p.add_argument("--values")
    p.add_argument("--model")
    return p.parse_args()


def restore(prefix, path):
    """Returns the model's weights after a restore that matched all of them."""
    import keras
    import tensorflow as tf

    with open(path, encoding="utf-8") as f:
        model = keras.models.model_from_json(f.read())
    for w in model.weights:
        w.assign(w * 0 - 1)
    status = tf.train.Checkpoint(model=model).restore(prefix)
    status.assert_existing_objects_matched().expect_partial()
    return [w.numpy() for w in model.weights]


def main():
    args = arguments()
    import numpy as np
    import tensorflow as tf

    prefix = args.checkpoint
    if os.path.isdir(prefix):
        prefix = tf.train.latest_checkpoint(prefix)
        if prefix is None:
            sys.exit(f"{args.checkpoint}: no checkpoint")
    reader = tf.train.load_checkpoint(prefix)
    dtypes = reader.get_variable_to_dtype_map()
    entries = [
        {"key": key, "dtype": dtypes[key].name, "shape": shape}
        for key, shape in sorted(reader.get_variable_to_shape_map().items())
    ]
    doc = {**peer.versions(), "checkpoint": prefix, "entries": entries}
    values = {}
    if args.values:
        values = {e["key"]: reader.get_tensor(e["key"]) for e in entries if e["dtype"] != "string"}
    if args.model:
        try:
            weights = restore(prefix, args.model)
        except AssertionError as e:
            sys.exit(f"{prefix}: does not fit {args.model}: {' '.join(str(e).split())}")
        doc["restored"] = len(weights)
        values |= {f"weights/{i}": w for i, w in enumerate(weights)}
    if args.values:
        np.savez(args.values, **values)
    print(json.dumps(doc, indent=1))


if __name__ == "__main__":
    main()
