"""SavedModels of further kinds that Python wrote: python scripts/golden/savedmodel_kinds.py

Run with tensorflow-cpu 2.18.0 and keras 3.15.1. Writes into savedmodel/testdata/kinds:

  v1         TensorFlow 1: a variable in parts, reference variables, a table filled from an
             asset by legacy_init_op, tag sets "serve" and "train,gpu"
  saved      tf.saved_model.save of a Keras model, whose session restore leaves out the
             variables that its signature reads
  composite  a signature with a sparse and a ragged output

and values.json with values.safetensors.gz: cases "dir" "tags" "signature" "inputs" "outputs"
and the arrays CASE/in/NAME and CASE/out/NAME.
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
from tensorflow.python.ops import lookup_ops

OUT = SCRIPTS.parent / "savedmodel" / "testdata" / "kinds"


def main():
    g = Golden(7)
    keras.utils.set_random_seed(7)
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    v1(g)
    saved(g)
    composite(g)
    for assets in OUT.glob("*/assets"):
        if not any(assets.iterdir()):
            assets.rmdir()
    g.save(str(OUT / "values"))


def case(g, name, dir, tags, signature, inputs, outputs):
    for role, values in (("in", inputs), ("out", outputs)):
        for k, v in values.items():
            g.put(f"{name}/{role}/{k}", v)
    g.case(name, dir=dir, tags=tags, signature=signature, inputs=list(inputs), outputs=list(outputs))


def v1(g):
    v = tf.compat.v1
    vocabulary = Path(os.path.relpath(OUT / "words.txt"))  # graphs hold the path
    vocabulary.write_text("zero\none\ntwo\n")
    with tf.Graph().as_default(), v.Session() as session:
        x, words = v.placeholder(tf.float32, [None, 6], "x"), tf.constant(["two", "none"])
        w = v.get_variable("w", (6, 4), partitioner=v.fixed_size_partitioner(3), use_resource=False)
        b = v.get_variable("b", initializer=g.normal(4), use_resource=False)
        table = lookup_ops.index_table_from_file(str(vocabulary))
        outputs = {"y": tf.matmul(x, tf.convert_to_tensor(w)) + b, "ids": table.lookup(words)}
        session.run([v.global_variables_initializer(), v.tables_initializer()])
        for part in w:
            session.run(v.assign(part, g.normal(*part.shape)))
        info = v.saved_model.build_tensor_info
        sign = v.saved_model.build_signature_def({"x": info(x)}, {k: info(o) for k, o in outputs.items()}, "tensorflow/serving/predict")
        builder = v.saved_model.Builder(str(OUT / "v1"))
        builder.add_meta_graph_and_variables(session, ["serve"], {"predict": sign}, legacy_init_op=v.tables_initializer(),
                                             assets_collection=v.get_collection(v.GraphKeys.ASSET_FILEPATHS), saver=v.train.Saver(sharded=True))
        builder.add_meta_graph(["train", "gpu"], {"predict": sign})
        builder.save()
        value = g.normal(2, 6)
        case(g, "v1", "v1", ["serve"], "predict", {"x": value}, session.run(outputs, {x: value}))
    vocabulary.unlink()


def saved(g):
    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3, activation="tanh")])
    tf.saved_model.save(model, str(OUT / "saved"))
    x = g.normal(2, 4)
    f = tf.saved_model.load(str(OUT / "saved")).signatures["serving_default"]
    (name,) = f.structured_input_signature[1]
    case(g, "saved", "saved", ["serve"], "serving_default", {name: x}, {k: v.numpy() for k, v in f(**{name: tf.constant(x)}).items()})


class Composite(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, name="x")])
    def f(self, x):
        return {"sparse": tf.sparse.from_dense(x), "ragged": tf.RaggedTensor.from_tensor(x, padding=0.0)}


def composite(g):
    m = Composite()
    tf.saved_model.save(m, str(OUT / "composite"), signatures=m.f)
    x = np.array([[1, 0, 2], [3, 4, 0]], "float32")
    out = m.f(tf.constant(x))
    case(g, "composite", "composite", ["serve"], "serving_default", {"x": x}, {
        "sparse/indices": out["sparse"].indices.numpy(), "sparse/values": out["sparse"].values.numpy(),
        "sparse/dense_shape": out["sparse"].dense_shape.numpy(),
        "ragged/values": out["ragged"].values.numpy(), "ragged/row_splits_0": out["ragged"].row_splits.numpy()})


if __name__ == "__main__":
    main()
