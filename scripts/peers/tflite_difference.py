"""What conversion cost: python tflite_difference.py DIR --inputs F.npz --tflite A --tflite B

Runs the SavedModel in DIR, by its signature serving_default in a session, and each .tflite file
on the samples in F.npz, whose arrays are named as the inputs. Prints, for each file and output,
the mean and worst |difference| and the signal to noise in dB, as JSON.
"""

import argparse
import json

import peer


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("dir")
    p.add_argument("--inputs", required=True)
    p.add_argument("--tflite", action="append", required=True)
    return p.parse_args()


def main():
    args = arguments()
    import numpy as np
    import tensorflow as tf

    arrays = dict(np.load(args.inputs))
    count = len(next(iter(arrays.values())))
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        graph = tf.compat.v1.saved_model.load(session, ["serve"], args.dir)
        signature = graph.signature_def["serving_default"]
        fetches = {k: v.name for k, v in signature.outputs.items()}
        want = [
            session.run(fetches, {signature.inputs[k].name: a[i : i + 1] for k, a in arrays.items()}) for i in range(count)
        ]
    results = {}
    for path in args.tflite:
        runner = tf.lite.Interpreter(model_path=path).get_signature_runner("serving_default")
        got = [runner(**{k: a[i : i + 1] for k, a in arrays.items()}) for i in range(count)]
        results[path] = {}
        for name in fetches:
            w = np.concatenate([x[name].ravel() for x in want]).astype("float64")
            e = np.concatenate([x[name].ravel() for x in got]) - w
            noise = float((e * e).sum())
            results[path][name] = {
                "mean": float(abs(e).mean()), "worst": float(abs(e).max()),
                "snr": 10 * float(np.log10((w * w).sum() / noise)) if noise else None,
            }
    print(json.dumps({**peer.versions(), "samples": count, "difference": results}, indent=1))


if __name__ == "__main__":
    main()
