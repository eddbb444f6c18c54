"""Frozen graphs that Python wrote: python scripts/golden/frozen.py

Run with tensorflow-cpu 2.18.0 and keras 3.15.1. Writes into savedmodel/testdata/frozen:

  v1.pb     tf.compat.v1.graph_util.convert_variables_to_constants
  v2.pb     convert_variables_to_constants_v2 of a tf.function with a loop and an embedding
  v2.pbtxt  the same as text

and values.json with values.safetensors.gz: cases "file" "inputs" "outputs" (names of nodes)
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

import tensorflow as tf
from golden.goldenfile import Golden
from google.protobuf import text_format
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

OUT = SCRIPTS.parent / "savedmodel" / "testdata" / "frozen"


def main():
    g = Golden(6)
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    v1(g)
    v2(g)
    g.save(str(OUT / "values"))


def v1(g):
    v = tf.compat.v1
    with tf.Graph().as_default() as graph, v.Session() as session:
        x = v.placeholder(tf.float32, [None, 3], "x")
        w = v.get_variable("w", initializer=g.normal(3, 4))
        b = v.get_variable("b", initializer=g.normal(4), use_resource=True)
        tf.nn.softmax(tf.matmul(x, w) + b, name="probabilities")
        session.run(v.global_variables_initializer())
        def_ = v.graph_util.convert_variables_to_constants(session, graph.as_graph_def(), ["probabilities"])
        (OUT / "v1.pb").write_bytes(def_.SerializeToString())
        value = g.put("v1/in/x", g.normal(2, 3))
        g.put("v1/out/probabilities", session.run("probabilities:0", {"x:0": value}))
    g.case("v1", file="v1.pb", inputs=["x"], outputs=["probabilities"])


def v2(g):
    table, w = tf.Variable(g.normal(5, 4), name="table"), tf.Variable(g.normal(4, 4) / 4, name="w")

    @tf.function(input_signature=[tf.TensorSpec([None], tf.int32, name="ids")])
    def f(ids):
        h = tf.gather(table, ids)
        for _ in tf.range(3):
            h = tf.tanh(tf.matmul(h, w))
        return {"sum": tf.reduce_sum(h, -1)}

    frozen = convert_variables_to_constants_v2(f.get_concrete_function())
    def_ = frozen.graph.as_graph_def()
    (OUT / "v2.pb").write_bytes(def_.SerializeToString())
    (OUT / "v2.pbtxt").write_text(text_format.MessageToString(def_))
    outputs = [o.name.removesuffix(":0") for o in frozen.outputs]
    ids = g.rng.integers(0, 5, (4,)).astype("int32")
    for name in ("v2", "v2_text"):
        g.put(f"{name}/in/ids", ids)
        g.put(f"{name}/out/{outputs[0]}", f(tf.constant(ids))["sum"].numpy())
        g.case(name, file="v2.pbtxt" if name == "v2_text" else "v2.pb", inputs=["ids"], outputs=outputs)


if __name__ == "__main__":
    main()
