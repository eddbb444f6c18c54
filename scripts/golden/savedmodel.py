"""SavedModels that Python wrote: python scripts/golden/savedmodel.py

Run with tensorflow-cpu 2.18.0 and keras 3.15.1. Writes into savedmodel/testdata:

  keras/  model.export() of a small CNN that came from JSON (input "input_layer",
          output "output_0"), trained a little
  multi/  a tf.Module: signature serving_default has two inputs and three outputs of
          different dtypes, text works on strings, lookup reads a table from an asset
  tf1/    TensorFlow 1's builder: tag sets "serve" and "serve,extra", reference variables

and values.json with values.safetensors.gz (goldenfile.py says how these look): cases
"dir" "tags" "signature" "inputs" [name, ...] "outputs" [name, ...] and the arrays
CASE/in/NAME and CASE/out/NAME; what is of strings stands as {"shape", "values"} in the
case's "strings" under in/NAME or out/NAME instead.

Values come out the same each time; the models' bytes do not (names and fingerprints).
"""

import os
import shutil
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
SCRIPTS = Path(__file__).resolve().parents[1]
sys.path[0] = str(SCRIPTS)

import keras
import numpy as np
import tensorflow as tf
from golden.goldenfile import Golden
from keras import layers as L

OUT = SCRIPTS.parent / "savedmodel" / "testdata"
SEED = 28


def main():
    g = Golden(SEED)
    keras.utils.set_random_seed(SEED)
    for name, make in (("keras", make_keras), ("multi", make_multi), ("tf1", make_tf1)):
        shutil.rmtree(OUT / name, ignore_errors=True)
        make(g, str(OUT / name))
        drop_empty_assets(OUT / name)
    check(g, "keras", "keras", ["serve"], "serving_default", {"input_layer": g.normal(3, 8, 8, 1)})
    check(g, "multi", "multi", ["serve"], "serving_default",
          {"a": g.normal(4, 3), "b": np.array([5, -1, 0, 7], "int64")})
    check(g, "text", "multi", ["serve"], "text", {"words": np.array([["gotf", ""], ["Größe", "a\0b"]], object)})
    check(g, "lookup", "multi", ["serve"], "lookup", {"words": np.array(["two", "none", "one"], object)})
    check(g, "tf1", "tf1", ["serve"], "predict", {"x": g.normal(2, 3)})
    check(g, "tf1_extra", "tf1", ["serve", "extra"], "predict", {"x": g.normal(2, 3)})
    g.save(str(OUT / "values"))


def drop_empty_assets(path):
    if (path / "assets").is_dir() and not any((path / "assets").iterdir()):
        (path / "assets").rmdir()


def small_cnn():
    return keras.Sequential([
        keras.Input((8, 8, 1)), L.Conv2D(4, 3, activation="relu"), L.MaxPooling2D(), L.Dropout(0.2), L.Flatten(),
        L.Dense(5, activation="softmax"),
    ])


def make_keras(g, path):
    keras.backend.clear_session()
    model = keras.models.model_from_json(small_cnn().to_json())
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(g.normal(32, 8, 8, 1), g.rng.integers(0, 5, 32), verbose=0)
    model.export(path, verbose=False)


class Multi(tf.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.scale = tf.Variable([1.0, -2.0, 0.5], name="scale")
        init = tf.lookup.TextFileInitializer(
            vocabulary, tf.string, tf.lookup.TextFileIndex.WHOLE_LINE, tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER)
        self.table = tf.lookup.StaticHashTable(init, -1)

    @tf.function(input_signature=[tf.TensorSpec((None, 3), tf.float32, "a"), tf.TensorSpec((None,), tf.int64, "b")])
    def numbers(self, a, b):
        return {"sum": tf.reduce_sum(a * self.scale, 1) + tf.cast(b, tf.float32), "positive": b > 0, "doubled": 2 * b}

    @tf.function(input_signature=[tf.TensorSpec((None, None), tf.string, "words")])
    def text(self, words):
        return {"upper": tf.strings.upper(words, "utf-8"), "bytes": tf.strings.length(words)}

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string, "words")])
    def lookup(self, words):
        return {"index": self.table.lookup(words)}


def make_multi(g, path):
    OUT.mkdir(parents=True, exist_ok=True)
    os.chdir(OUT)  # the table's name holds the path
    vocabulary = Path("vocabulary.txt")
    vocabulary.write_text("zero\none\ntwo\n")
    m = Multi(str(vocabulary))
    tf.saved_model.save(m, path, {"serving_default": m.numbers, "text": m.text, "lookup": m.lookup})
    vocabulary.unlink()


def make_tf1(g, path):
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, (None, 3), "x")
        w = v1.get_variable("w", initializer=g.normal(3, 2), use_resource=False)
        signature = lambda y: {"predict": v1.saved_model.predict_signature_def({"x": x}, {"y": y})}
        y, doubled = tf.matmul(x, w, name="y"), tf.matmul(2 * x, w, name="y2")
        session.run(v1.global_variables_initializer())
        builder = v1.saved_model.Builder(path)
        builder.add_meta_graph_and_variables(session, ["serve"], signature(y))
        builder.add_meta_graph(["serve", "extra"], signature(doubled))
        builder.save()


def check(g, name, directory, tags, signature, inputs):
    """Runs a signature as the session loader does and records what it gave."""
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        meta = tf.compat.v1.saved_model.load(session, tags, str(OUT / directory))
        s = meta.signature_def[signature]
        feed = {s.inputs[k].name: v for k, v in inputs.items()}
        outputs = session.run({k: v.name for k, v in s.outputs.items()}, feed)
    strings = {}
    for role, values in (("in", inputs), ("out", outputs)):
        for key, value in values.items():
            if value.dtype == object:
                flat = [v.decode() if isinstance(v, bytes) else v for v in value.ravel()]
                strings[f"{role}/{key}"] = {"shape": list(value.shape), "values": flat}
            else:
                g.put(f"{name}/{role}/{key}", value)
    g.case(name, dir=directory, tags=tags, signature=signature, inputs=sorted(inputs), outputs=sorted(outputs),
           strings=strings)


if __name__ == "__main__":
    main()
