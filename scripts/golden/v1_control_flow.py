"""Gradients of TensorFlow 1's control flow: python scripts/golden/v1_control_flow.py

Run with tensorflow-cpu 2.18.0. Writes into tf/grad/testdata/v1 graphs made with
tf.compat.v1.cond and while_loop while control flow v2 is disabled, so that they hold
Switch, Merge, Enter and the like, and one made of a tf.function by freezing it, which
lowers its While to these ("frozen"); and values.json with values.safetensors.gz
(goldenfile.py says how these look): cases

  "graph"   the file of the GraphDef
  "inputs"  placeholders, float64 unless named "p" (bool) or "n" (int32)
  "init"    the operation that initializes variables, or ""
  "wrt"     values to differentiate by
  "output"  a float64 value of rank 0

and the arrays CASE/input/I, CASE/y, CASE/dx/I of "wrt" I.
"""

import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
SCRIPTS = Path(__file__).resolve().parents[1]
sys.path[0] = str(SCRIPTS)

import numpy as np
import tensorflow as tf2
import tensorflow.compat.v1 as tf
from golden.goldenfile import Golden

OUT = SCRIPTS.parent / "tf" / "grad" / "testdata" / "v1"
SEED = 12


def inputs(**shapes):
    types = {"p": tf.bool, "q": tf.bool, "n": tf.int32}
    return [tf.placeholder(types.get(n, tf.float64), shape, name=n) for n, shape in shapes.items()]


def cond():
    """Each side uses a value that the other does not, and one both use."""
    x, w, v, p = inputs(x=[3], w=[3], v=[3], p=[])
    y = tf.cond(p, lambda: tf.reduce_sum(tf.sin(x) * w), lambda: tf.reduce_sum(x * x * v) + tf.constant(2.0, tf.float64))
    return [x, w, v, p], [x, w, v], y * y


def cond_outside():
    """A value that one side hands on, and one used outside too."""
    x, w, p = inputs(x=[3], w=[3], p=[])
    a, b = tf.cond(p, lambda: (x, tf.exp(w)), lambda: (w * 2.0, tf.zeros([3], tf.float64)))
    return [x, w, p], [x, w], tf.reduce_sum(a * b * x)


def cond_nested():
    x, w, p, q = inputs(x=[3], w=[3], p=[], q=[])
    inner = lambda: tf.cond(q, lambda: x * w, lambda: tf.tanh(x))
    y = tf.cond(p, lambda: tf.sin(inner()) + x, lambda: w)
    return [x, w, p, q], [x, w], tf.reduce_sum(y * y)


def cond_variable():
    """Reads of a resource variable on one side."""
    x, p = inputs(x=[3], p=[])
    v = tf.get_variable("v", dtype=tf.float64, initializer=tf.constant([0.5, -1.5, 2.0], tf.float64), use_resource=True)
    y = tf.cond(p, lambda: tf.reduce_sum(v * x * v), lambda: tf.reduce_sum(x))
    return [x, p], [x, v.handle], y * y


def cond_reference():
    """Reads of a variable by reference: RefSwitch, RefMerge."""
    x, p = inputs(x=[3], p=[])
    start = tf.constant([0.5, -1.5, 2.0], tf.float64)
    v, u = (tf.get_variable(n, dtype=tf.float64, initializer=start + i, use_resource=False) for i, n in enumerate("vu"))
    from tensorflow.python.ops import control_flow_ops, gen_control_flow_ops

    _, vt = control_flow_ops.ref_switch(v._ref(), p)
    uf, _ = control_flow_ops.ref_switch(u._ref(), p)
    m, _ = gen_control_flow_ops.ref_merge([uf, vt])
    return [x, p], [x, v._ref(), u._ref()], tf.reduce_sum(tf.identity(m) * x * x)


def loop():
    """x and w to the n-th power, w a value from outside of the loop."""
    x, w, n = inputs(x=[2], w=[2], n=[])
    _, y, s = tf.while_loop(lambda i, a, s: i < n, lambda i, a, s: (i + 1, tf.sin(a) * w, s + a), [0, x, tf.zeros_like(x)])
    return [x, w, n], [x, w], tf.reduce_sum(y * y * s)


def loop_nested():
    x, w, n = inputs(x=[2], w=[2], n=[])

    def body(i, a):
        _, b = tf.while_loop(lambda j, _: j < i, lambda j, b: (j + 1, tf.tanh(b * w)), [0, a])
        return i + 1, b + a * w

    _, y = tf.while_loop(lambda i, a: i < n, body, [0, x])
    return [x, w, n], [x, w], tf.reduce_sum(y * y)


def loop_in_cond():
    x, w, n, p = inputs(x=[2], w=[2], n=[], p=[])
    powers = lambda: tf.while_loop(lambda i, a: i < n, lambda i, a: (i + 1, a * w), [0, x])[1]
    y = tf.cond(p, powers, lambda: tf.sin(x))
    return [x, w, n, p], [x, w], tf.reduce_sum(y * y)


def loop_array():
    """The loops of TensorFlow 1's recurrent layers: rows of a TensorArray."""
    x, w, n = inputs(x=[4, 2], w=[2, 2], n=[])
    rows = tf.TensorArray(tf.float64, size=4, clear_after_read=False).unstack(x)
    out = tf.TensorArray(tf.float64, size=n)

    def body(i, h, out):
        h = tf.tanh(rows.read(i) + tf.reshape(tf.matmul(tf.reshape(h, [1, 2]), w), [2]))
        return i + 1, h, out.write(i, h)

    _, _, out = tf.while_loop(lambda i, *_: i < n, body, [0, tf.zeros([2], tf.float64), out])
    return [x, w, n], [x, w], tf.reduce_sum(tf.square(out.stack()))


def cond_in_loop():
    x, w, n = inputs(x=[2], w=[2], n=[])
    body = lambda i, a: (i + 1, tf.cond(tf.equal(i % 2, 0), lambda: a * w, lambda: tf.sin(a)))
    _, y = tf.while_loop(lambda i, a: i < n, body, [0, x])
    return [x, w, n], [x, w], tf.reduce_sum(y * y)


FEEDS = {
    "cond": [dict(p=True), dict(p=False)],
    "cond_outside": [dict(p=True), dict(p=False)],
    "cond_nested": [dict(p=True, q=True), dict(p=True, q=False), dict(p=False, q=True)],
    "cond_variable": [dict(p=True), dict(p=False)],
    "cond_reference": [dict(p=True), dict(p=False)],
    "loop": [dict(n=0), dict(n=3)],
    "loop_nested": [dict(n=4)],
    "loop_in_cond": [dict(n=3, p=True), dict(n=3, p=False)],
    "loop_array": [dict(n=4)],
    "cond_in_loop": [dict(n=3)],
}


def write(g, name):
    with tf.Graph().as_default() as graph, tf.Session() as session:
        ins, wrt, y = globals()[name]()
        with tf.control_dependencies(None):
            init = tf.global_variables_initializer()
        (OUT / f"{name}.pb").write_bytes(graph.as_graph_def().SerializeToString(deterministic=True))
        dxs = tf.gradients(y, wrt, unconnected_gradients="zero")
        session.run(init)
        for k, fixed in enumerate(FEEDS[name]):
            case = f"{name}/{k}"
            feed = {x: np.array(fixed[x.op.name], x.dtype.as_numpy_dtype) if x.op.name in fixed else g.normal(*x.shape, dtype="float64") for x in ins}
            for i, x in enumerate(ins):
                g.put(f"{case}/input/{i}", feed[x])
            values = session.run([y, *dxs], feed)
            g.put(f"{case}/y", values[0])
            for i, dx in enumerate(values[1:]):
                g.put(f"{case}/dx/{i}", dx)
            g.case(case, graph=f"{name}.pb", inputs=[x.name for x in ins], init=init.name if tf.global_variables() else "",
                   wrt=[x.name for x in wrt], output=y.name)


def frozen(g):
    """A recurrent layer as it comes out of convert_variables_to_constants_v2, with other
    names each time."""
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    @tf2.function
    def f(x, w):
        h, out = tf2.zeros([1, 2], x.dtype), tf2.TensorArray(x.dtype, size=4)
        for i in tf2.range(4):
            h = tf2.tanh(x[i] + h @ w)
            out = out.write(i, h)
        return tf2.reduce_sum(tf2.square(out.stack()))

    x, w = tf2.constant(g.normal(4, 2, dtype="float64")), tf2.constant(g.normal(2, 2, dtype="float64"))
    graph = convert_variables_to_constants_v2(f.get_concrete_function(x, w)).graph
    assert "Exit" in {o.type for o in graph.get_operations()}
    (OUT / "frozen.pb").write_bytes(graph.as_graph_def().SerializeToString(deterministic=True))
    with tf2.GradientTape() as t:
        t.watch([x, w])
        y = f(x, w)
    for i, (v, dx) in enumerate(zip((x, w), t.gradient(y, (x, w)))):
        g.put(f"frozen/input/{i}", v.numpy())
        g.put(f"frozen/dx/{i}", dx.numpy())
    g.put("frozen/y", y.numpy())
    names = [v.name for v in graph.inputs]
    g.case("frozen", graph="frozen.pb", inputs=names, init="", wrt=names, output=graph.outputs[0].name)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    g = Golden(SEED)
    frozen(g)
    tf.disable_v2_behavior()
    tf.disable_control_flow_v2()
    for name in FEEDS:
        write(g, name)
    g.save(str(OUT / "values"))


if __name__ == "__main__":
    main()
