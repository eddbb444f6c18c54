"""Accuracy of a .tflite and a SavedModel: python tflite_accuracy.py [--tflite F] [--saved-model DIR] --data FOLDER

FOLDER holds t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte (or .gz). Pixels are scaled
to 0..1 and reshaped to the model's input. Prints accuracies in percent as JSON.
"""

import argparse
import gzip
import json
import os

import peer


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("--tflite", action="append", default=[])
    p.add_argument("--saved-model")
    p.add_argument("--data", required=True)
    p.add_argument("--batch-size", type=int, default=500)
    return p.parse_args()


def idx(folder, name, header):
    import numpy as np

    path = os.path.join(folder, name)
    with (open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz", "rb")) as f:
        return np.frombuffer(f.read(), np.uint8, offset=header)


def main():
    args = arguments()
    import tensorflow as tf

    labels = idx(args.data, "t10k-labels-idx1-ubyte", 8)
    images = idx(args.data, "t10k-images-idx3-ubyte", 16).reshape(len(labels), 28, 28).astype("float32") / 255

    def accuracy(run, shape):
        right = 0
        x = images.reshape(-1, *shape)
        for at in range(0, len(labels), args.batch_size):
            scores = run(x[at : at + args.batch_size])
            right += int((scores.argmax(-1) == labels[at : at + args.batch_size]).sum())
        return 100 * right / len(labels)

    results = {}
    if args.saved_model:
        call = tf.saved_model.load(args.saved_model).signatures["serving_default"]
        (name, spec), = call.structured_input_signature[1].items()
        run = lambda x: next(iter(call(**{name: tf.constant(x)}).values())).numpy()
        results["saved_model"] = accuracy(run, spec.shape[1:])
    for path in args.tflite:
        interpreter = tf.lite.Interpreter(model_path=path)
        runner = interpreter.get_signature_runner("serving_default")
        (name, detail), = runner.get_input_details().items()
        run = lambda x: next(iter(runner(**{name: x}).values()))
        results[path] = accuracy(run, detail["shape"][1:])
    print(json.dumps({**peer.versions(), "images": len(labels), "accuracy": results}, indent=1))


if __name__ == "__main__":
    main()
