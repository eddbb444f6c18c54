"""Golden values of Keras: python scripts/golden/keras.py [GROUP ...] [--old-json]

Run with tensorflow-cpu 2.18.0 and keras 3.15.1 (scripts/venv makes such a Python).
Writes keras/testdata/golden/GROUP.json and GROUP.safetensors.gz (goldenfile.py says
how these look). Arrays are float32 unless said, and named CASE/ROLE:

layers       "class", "config" (serialize_keras_object), "weights" [name, ...],
             "trainable" [index, ...], "training" (bool: has train/ arrays), "random"
             x        input
             w0..     weights before the call, in the order of layer.weights
             y        output with training=False
             dy       a fixed random array of y's shape
             dx dw0.. gradients of sum(y*dy) by x and by the trainable weights,
                      numbered as w0..
             train/y train/dx train/dw0.. train/w0..   the same with training=True, and
                      all weights after the call (random layers: train/y only)
activations  "config" (the name in a layer's config); x y dy dx
losses       "class", "config", "weighted"; y_true (I32, I64 or U8) y_pred
             sample_weight (if weighted) y (scalar or one a sample) dy dx (gradient of
             sum(y*dy) by y_pred)
metrics      "class", "config", "updates" N; i/y_true i/y_pred i/sample_weight (may be
             missing) i/result (after update i; i from 0 to N-1)
optimizers   "class", "config", "variables" [name, ...] (of the optimizer), "steps" N;
             shared/v0 shared/v1 initial values, shared/i/g0 shared/i/g1 gradients of
             step i; CASE/i/v0 CASE/i/v1 values after step i; CASE/slot0..
             the optimizer's variables at the end (slot0 I64)
training     "model" (to_json text), "optimizer" (serialized), "loss" (serialized),
             "batch_size", "epochs", "history", "evaluate"; x y (I32) test/x test/y,
             w0.. (model.weights before) after0.. (after all steps, no shuffling)
             losses (each step's, before its update) predict (of test/x, at the end)
models       "json" (model.to_json() text), "summary" (text of a terminal of 80
             columns), "summary_wide" (of 120), "weights" [{path, shape, trainable}],
             "output_shape"; no arrays
             keras33.json: "json" as Keras 3.3 wrote it (--old-json with keras 3.3.3)
"""

import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
SCRIPTS = Path(__file__).resolve().parents[1]
sys.path[0] = str(SCRIPTS)  # not this folder: its keras.py would hide Keras

SEED = 3150
OUT = SCRIPTS.parent / "keras" / "testdata" / "golden"


def main(args):
    from golden import keras_layers, keras_models, keras_training

    groups = {
        "layers": keras_layers.layers,
        "activations": keras_layers.activations,
        "losses": keras_training.losses,
        "metrics": keras_training.metrics,
        "optimizers": keras_training.optimizers,
        "training": keras_models.training,
        "models": keras_models.models,
    }
    if args == ["--old-json"]:
        groups, args = {"keras33": keras_models.old_models}, []
    for name in args or groups:
        groups[name](SEED).save(str(OUT / name))


if __name__ == "__main__":
    main(sys.argv[1:])
