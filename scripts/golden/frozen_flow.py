"""A frozen graph with the control flow of TensorFlow 1: python scripts/golden/frozen_flow.py

Run with tensorflow-cpu 2.18.0. Writes savedmodel/testdata/flow/flow.pb, in which two loops
hold arrays of tensors, branches make random numbers and check something, what they check is
waited for by nobody, and a placeholder has a default; and values.json with
values.safetensors.gz: case "flow" and the arrays flow/in/x and flow/out/out.
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

OUT = SCRIPTS.parent / "savedmodel" / "testdata" / "flow"
v1 = tf.compat.v1


def main():
    v1.disable_control_flow_v2()
    v1.disable_v2_tensorshape()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    g = Golden(9)
    with tf.Graph().as_default() as graph, v1.Session() as session:
        build(g)
        session.run(v1.global_variables_initializer())
        def_ = v1.graph_util.convert_variables_to_constants(session, graph.as_graph_def(), ["out"])
        (OUT / "flow.pb").write_bytes(def_.SerializeToString())
        x = g.put("flow/in/x", g.normal(2, 3, 4))
        g.put("flow/out/out", session.run("out:0", {"x:0": x}))
    g.case("flow", file="flow.pb", inputs=["x"], outputs=["out"])
    g.save(str(OUT / "values"))


def build(g):
    x = v1.placeholder(tf.float32, [None, 3, 4], name="x")
    training = v1.placeholder_with_default(False, [], name="training")
    h = tf.cond(training, lambda: v1.nn.dropout(x, rate=0.5), lambda: tf.identity(x))
    for name in ("first", "second"):
        h = loop(name, h, g)
    with tf.control_dependencies([v1.Assert(tf.reduce_all(h > -1e9), [h])]):
        tf.identity(h[:, -1], name="out")


def loop(name, x, g):
    """A recurrent layer."""
    with v1.variable_scope(name):
        w = v1.get_variable("w", initializer=g.normal(8, 4) / 4)
        steps = tf.TensorArray(tf.float32, 3).unstack(tf.transpose(x, [1, 0, 2]))

        def body(i, state, out):
            noise = tf.random.uniform(tf.shape(state)) * 0.0
            state = tf.tanh(tf.matmul(tf.concat([steps.read(i), state], 1), w)) + noise
            state = tf.cond(tf.reduce_sum(state) > 0, lambda: state, lambda: state - 0.5)
            return i + 1, state, out.write(i, state)

        start = (0, tf.zeros_like(x[:, 0]), tf.TensorArray(tf.float32, 3))
        _, _, out = tf.while_loop(lambda i, *_: i < 3, body, start)
        return tf.transpose(out.stack(), [1, 0, 2])


if __name__ == "__main__":
    main()
