"""SavedModels with the reference variables of TensorFlow 1: python scripts/golden/savedmodel_references.py

Run with tensorflow-cpu 2.18.0. Writes the models into savedmodel/testdata/references and beside
them values.json with values.safetensors.gz: a case for each model, with the "calls" to make
one after the other ("signature", "inputs", "outputs") after it is loaded, the variables that
stay references ("kept"), and the arrays MODEL/CALL/in/NAME and MODEL/CALL/out/NAME. Python's
session loader made the values, with the references.
"""

import os
import shutil
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
SCRIPTS = Path(__file__).resolve().parents[1]
sys.path[0] = str(SCRIPTS)

import numpy as np
import tensorflow as tf
from golden.goldenfile import Golden
from tensorflow.python.ops import state_ops
from tensorflow.python.training import moving_averages

v1, raw = tf.compat.v1, tf.raw_ops
OUT = SCRIPTS.parent / "savedmodel" / "testdata" / "references"
OUT = Path(os.environ.get("GOTF_REFERENCES", OUT))  # to make them with another version


def adam(g):
    """A net of two layers, trained by Adam with a step counter."""
    x, t = placeholder("x", None, 3), placeholder("t", None, 2)
    y = dense(g, dense(g, x, 3, 4, "a"), 4, 2, "b")
    loss = tf.reduce_mean(tf.square(y - t))
    step = v1.train.get_or_create_global_step()
    rate = v1.train.exponential_decay(0.05, step, 2, 0.5)
    train = v1.train.AdamOptimizer(rate).minimize(loss, global_step=step)
    with tf.control_dependencies([train]):
        after = tf.identity(step)
    a, b = {"x": g.normal(5, 3)}, {"x": g.normal(5, 3), "t": g.normal(5, 2)}
    return {"predict": ({"x": x}, {"y": y}), "train": ({"x": x, "t": t}, {"loss": loss, "step": after})}, \
        [("predict", a), ("train", b), ("train", b), ("train", b), ("predict", a)]


def averages(g):
    """Momentum, then averages of the weights, which read them after the update."""
    x = placeholder("x", None, 3)
    w = variable("w", g.normal(3, 2))
    other = v1.Variable(w.initialized_value() * 2, name="other", use_resource=False)
    loss = tf.reduce_sum(tf.square(tf.matmul(x, w) + tf.matmul(x, other)))
    train = v1.train.MomentumOptimizer(0.01, 0.9, use_nesterov=True).minimize(loss)
    average = v1.train.ExponentialMovingAverage(0.75)
    with tf.control_dependencies([train]):
        update = average.apply([w, other])
    with tf.control_dependencies([update]):
        moved = tf.add(w, 0.0)
        done = tf.identity(loss)
    a = {"x": g.normal(4, 3)}
    return {"train": ({"x": x}, {"moved": moved, "loss": done}),
            "averaged": ({"x": x}, {"y": tf.matmul(x, average.average(w)) + average.average(other)[0]})}, \
        [("averaged", a), ("train", a), ("train", a), ("averaged", a), ("train", a), ("averaged", a)]


def normalized(g):
    """Batch normalization: moving averages that are only updated in a branch."""
    x, training = placeholder("x", None, 3), v1.placeholder(tf.bool, [], "training")
    scale, offset = variable("gamma", g.normal(3)), variable("beta", g.normal(3))
    mean, var = variable("moving_mean", g.normal(3), False), variable("moving_variance", 1 + g.normal(3) ** 2, False)

    def batch():
        m, v = tf.nn.moments(x, [0])
        with tf.control_dependencies([moving_averages.assign_moving_average(mean, m, 0.5, zero_debias=False),
                                      moving_averages.assign_moving_average(var, v, 0.5, zero_debias=False)]):
            return tf.identity(m), tf.identity(v)

    m, v = v1.cond(training, batch, lambda: (tf.identity(mean), tf.identity(var)))
    y = tf.nn.batch_normalization(x, m, v, offset, scale, 1e-3)
    a, yes, no = {"x": g.normal(6, 3)}, {"training": np.array(True)}, {"training": np.array(False)}
    return {"run": ({"x": x, "training": training}, {"y": y, "mean": mean, "seen": mean.value()})}, \
        [("run", a | no), ("run", a | yes), ("run", a | yes), ("run", a | no)]


def order(g):
    """Reads before and after updates, in the ways in which TensorFlow 1 lets one write them."""
    w, x = variable("w", g.normal(2, 2)), placeholder("x", 2, 2)
    before = tf.identity(w.read_value() * 1)
    with tf.control_dependencies([before]):
        add = v1.assign_add(w, x)
    with tf.control_dependencies([add]):
        fresh, cached, same = w.read_value(), w + 1, tf.identity(before)
    with tf.control_dependencies([fresh, cached, same]):
        sub = v1.assign_sub(w, 2 * x)
    twice = v1.assign(sub, sub * 3)
    by_data = w * tf.reduce_sum(twice)
    alias = tf.identity(w.value())
    with tf.control_dependencies([alias]):
        set_ = v1.assign(w, x)
    with tf.control_dependencies([set_]):
        later = alias + 0
    n = v1.Variable(5, name="n", use_resource=False, trainable=False)
    up = v1.assign_add(n, 2)
    a = {"x": g.normal(2, 2)}
    return {"steps": ({"x": x}, {"before": before, "fresh": fresh, "cached": cached, "same": same, "data": by_data}),
            "alias": ({"x": x}, {"later": later}),
            "count": ({}, {"up": up, "n": n.value()}), "look": ({}, {"w": w, "n": tf.identity(n)})}, \
        [("look", {}), ("steps", a), ("look", {}), ("alias", a), ("look", {}), ("count", {}), ("count", {}), ("look", {})]


def sparse(g):
    """An embedding in parts with sparse updates, and updates of rows and slices."""
    ids = v1.placeholder(tf.int32, [None], "ids")
    e = v1.get_variable("e", (7, 3), partitioner=v1.fixed_size_partitioner(3), use_resource=False,
                        initializer=v1.random_uniform_initializer(seed=3))
    found = v1.nn.embedding_lookup(e, ids, partition_strategy="div")
    loss = tf.reduce_sum(tf.square(found - 1))
    train = v1.train.AdagradOptimizer(0.3).minimize(loss)
    with tf.control_dependencies([train]):
        done = tf.identity(loss)
    t = variable("t", g.normal(4, 2), False)
    rows = v1.scatter_update(t, [1, 3], np.ones((2, 2), "float32"))
    rows = v1.scatter_nd_add(rows, [[0, 1]], [5.0])
    cut = t[2:3, :].assign([[7.0, 8.0]])
    a = {"ids": np.array([0, 6, 3, 3], "int32")}
    return {"find": ({"ids": ids}, {"found": found}), "train": ({"ids": ids}, {"loss": done}),
            "rows": ({}, {"rows": rows}), "cut": ({}, {"cut": cut})}, \
        [("find", a), ("train", a), ("train", a), ("find", a), ("rows", {}), ("cut", {})]


def kinds(g):
    """Variables of other types, with other shapes later, with one name, and counters."""
    s = v1.Variable(["a", "b"], name="s", use_resource=False, trainable=False)
    flag = v1.Variable(False, name="flag", use_resource=False, trainable=False)
    words, x = v1.placeholder(tf.string, [None], "words"), placeholder("x", None)
    grown = v1.Variable(np.zeros(2, "float32"), name="grown", use_resource=False, validate_shape=False)
    grow = v1.assign(grown, x, validate_shape=False)
    shared = [state_ops.variable_op_v2([2], tf.float32, shared_name="one") for _ in range(2)]
    v1.add_to_collection("to_init", v1.assign(shared[0], g.normal(2)))
    double = v1.assign(shared[0], shared[1] * 2)
    with tf.control_dependencies([double]):
        seen = tf.identity(shared[1])
    limit = v1.Variable(0, name="limit", use_resource=False, trainable=False)
    old = raw.Variable(shape=[], dtype=tf.float32, container="", shared_name="")
    v1.add_to_collection("to_init", v1.assign(old, 4.0))
    return {"words": ({"words": words}, {"was": tf.strings.join([s, words]), "is": v1.assign(s, words, validate_shape=False)}),
            "flag": ({}, {"flag": v1.assign(flag, True)}), "grow": ({"x": x}, {"grown": grow}),
            "shared": ({}, {"seen": seen}), "limit": ({}, {"at": v1.count_up_to(limit, 10)}),
            "old": ({}, {"old": v1.assign_add(old, 1.0), "set": v1.is_variable_initialized(old)})}, \
        [("grow", {"x": g.normal(5)}), ("flag", {}), ("shared", {}), ("shared", {}), ("limit", {}), ("limit", {}), ("old", {})]


def loops(g):
    """Weights in loops and branches, and a variable that a loop changes."""
    x, w = placeholder("x", 2, 2), variable("w", g.normal(2, 2))
    total = variable("total", np.zeros((2, 2), "float32"), False)
    train = v1.train.GradientDescentOptimizer(0.01).minimize(
        tf.reduce_sum(v1.while_loop(lambda i, h: i < 3, lambda i, h: (i + 1, tf.tanh(tf.matmul(h, w))), [0, x])[1]))
    with tf.control_dependencies([train]):
        after = v1.while_loop(lambda i, h: i < 2, lambda i, h: (i + 1, tf.matmul(h, w)), [0, x])[1]

    def body(i, h):
        with tf.control_dependencies([v1.assign_add(total, h)]):
            return i + 1, h + total.read_value()

    summed = v1.while_loop(lambda i, h: i < 4, body, [0, x], parallel_iterations=1)[1]
    branch = v1.cond(tf.reduce_sum(x) > 0, lambda: v1.assign_sub(total, x) + 0, lambda: total * 2)
    a, b = {"x": g.normal(2, 2)}, {"x": -np.ones((2, 2), "float32")}
    return {"train": ({"x": x}, {"after": after}), "sum": ({"x": x}, {"summed": summed}), "branch": ({"x": x}, {"y": branch}),
            "look": ({}, {"w": w.value(), "total": total.value()})}, \
        [("train", a), ("train", a), ("look", {}), ("sum", a), ("look", {}), ("branch", {"x": -b["x"]}), ("branch", b), ("look", {})]


def kept(g):
    """References that meet: those variables stay, the other one does not."""
    x = placeholder("x", 2)
    w, a, b = variable("w", g.normal(2)), variable("a", g.normal(2)), variable("b", g.normal(2))
    which = raw.RefSelect(index=tf.constant(1), inputs=[a._variable, b._variable])
    add = v1.assign_add(which, x)
    slot = variable("slot", np.zeros(2, "float32"), False)
    step = raw.ApplyMomentum(var=a._variable, accum=slot._variable, lr=0.5, grad=x, momentum=0.9)
    return {"run": ({"x": x}, {"y": x * w, "b": add}), "step": ({"x": x}, {"a": step}),
            "move": ({"x": x}, {"w": v1.assign_sub(w, x)})}, \
        [("run", {"x": g.normal(2)}), ("step", {"x": g.normal(2)}), ("move", {"x": g.normal(2)}), ("run", {"x": g.normal(2)})]


MODELS = [adam, averages, normalized, order, sparse, kinds, loops, kept]
KEPT = {"kept": ["a", "b", "slot"]}


def placeholder(name, *shape):
    return v1.placeholder(tf.float32, shape, name)


def variable(name, value, trainable=True):
    return v1.Variable(value, name=name, trainable=trainable, use_resource=False)


def dense(g, x, n, m, name):
    return tf.tanh(tf.matmul(x, variable(name + "/w", g.normal(n, m))) + variable(name + "/b", g.normal(m)))


def main():
    v1.disable_resource_variables()
    v1.disable_control_flow_v2()
    g = Golden(11)
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    for make in MODELS:
        make_model(g, make)
    g.save(str(OUT / "values"))


def make_model(g, make):
    name = make.__name__
    with tf.Graph().as_default(), v1.Session() as session:
        signatures, calls = make(g)
        session.run(v1.global_variables_initializer())
        session.run(v1.get_collection("to_init"))
        info = v1.saved_model.build_tensor_info
        tensor = lambda t: t._variable if hasattr(t, "_variable") else t
        defs = {key: v1.saved_model.build_signature_def({k: info(i) for k, i in ins.items()}, {k: info(tensor(o)) for k, o in outs.items()},
                                                        "tensorflow/serving/predict") for key, (ins, outs) in signatures.items()}
        saver = v1.train.Saver(v1.global_variables() + extra(session.graph)) if name == "kinds" else None
        builder = v1.saved_model.Builder(str(OUT / name))
        builder.add_meta_graph_and_variables(session, ["serve"], defs, saver=saver)
        builder.save()
    outputs = run(name, calls)
    made = []
    for i, ((signature, inputs), results) in enumerate(zip(calls, outputs)):
        for role, values in (("in", inputs), ("out", results)):
            for k, value in values.items():
                g.put(f"{name}/{i}/{role}/{k}", np.asarray(value))
        made.append({"signature": signature, "inputs": sorted(inputs), "outputs": sorted(results)})
    g.case(name, calls=made, kept=KEPT.get(name, []))


def extra(graph):
    """Variables that are only operations, to be saved."""
    def saveable(op):
        from tensorflow.python.training.saving.saveable_object import SaveableObject, SaveSpec

        class Saveable(SaveableObject):
            def restore(self, tensors, shapes):
                return v1.assign(self.op, tensors[0])

        return Saveable(op.outputs[0], [SaveSpec(op.outputs[0], "", op.name)], op.name)

    known = {v.op.name for v in v1.global_variables()}
    return [saveable(o) for o in graph.get_operations() if o.type in ("VariableV2", "Variable") and o.name not in known]


def run(name, calls):
    with tf.Graph().as_default(), v1.Session() as session:
        meta = v1.saved_model.load(session, ["serve"], str(OUT / name))
        out = []
        for signature, inputs in calls:
            s = meta.signature_def[signature]
            feed = {s.inputs[k].name: v for k, v in inputs.items()}
            out.append(session.run({k: t.name for k, t in s.outputs.items()}, feed))
            out[-1] = {k: np.array(v) for k, v in out[-1].items()}
        return out


if __name__ == "__main__":
    main()
