"""Does Python's Keras accept what gotf train wrote? python training.py DIR EPOCHS

Builds the model of DIR/model.json, restores the latest of DIR/checkpoints into it
and into an Adam, and compares its answers with those of DIR/saved_model:
every variable must find its object, and the text must be what Keras writes. Then
it trains a step. Exits 1 with the reason.
"""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras
import numpy as np
import tensorflow as tf


def main(folder, epochs):
    latest = tf.train.latest_checkpoint(folder + "/checkpoints")
    if latest is None or not latest.endswith(f"ckpt-{epochs}"):
        sys.exit(f"latest checkpoint is {latest}, want that of epoch {epochs}")
    with open(folder + "/model.json") as f:
        text = f.read().strip()
    model = keras.models.model_from_json(text)
    if model.to_json() != text:
        sys.exit(f"Keras writes the model as {model.to_json()}, gotf wrote {text}")
    optimizer = keras.optimizers.Adam()
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    optimizer.build(model.trainable_variables)
    before = [v.numpy() for v in model.variables]
    tf.train.Checkpoint(model=model, optimizer=optimizer).restore(latest).assert_consumed()
    kept = [v.path for v, b in zip(model.variables, before) if v.trainable and np.array_equal(v.numpy(), b)]
    if kept:
        sys.exit(f"not restored: {kept}")
    if optimizer.iterations.numpy() == 0 or not np.isclose(optimizer.learning_rate.numpy(), 0.001):
        sys.exit(f"iteration {optimizer.iterations.numpy()}, learning rate {optimizer.learning_rate.numpy()}")

    shape = [7 if d is None else d for d in model.input_shape]
    x = np.random.default_rng(0).random(shape, dtype=np.float32)
    want = model(x).numpy()
    name = model.input_names[0] if hasattr(model, "input_names") else model._functional.inputs[0].name
    signature = tf.saved_model.load(folder + "/saved_model").signatures["serving_default"]
    answers = {
        "signature": signature(**{name: tf.constant(x)})["output_0"].numpy(),
        "TFSMLayer": keras.layers.TFSMLayer(folder + "/saved_model", call_endpoint="serving_default")(x)["output_0"].numpy(),
    }
    for how, got in answers.items():
        if not np.all(np.abs(got - want) <= 1e-5 * (np.abs(want) + np.abs(want).max())):
            sys.exit(f"{how}: largest difference {np.abs(got - want).max()}")
    model.train_on_batch(x, np.zeros(len(x), np.int32))
    print(f"{len(model.variables)} variables restored, {len(answers)} answers the same")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
