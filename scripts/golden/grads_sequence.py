"""Cases of grads.py: LSTM kernels and CTC loss."""

import numpy as np
import tensorflow as tf
from golden import grads_driver

OUTPUTS = {"BlockLSTM": [1, 6], "BlockLSTMV2": [1, 6], "CTCLoss": [0]}
TIME, BATCH, WIDTH, UNITS = 3, 2, 3, 2


def cases(g):
    yield from _blocks(g)
    for name, attrs in [("plain", {"forget_bias": 0.5}), ("peephole", {"use_peephole": True}), ("clipped", {"cell_clip": 0.3})]:
        yield f"LSTMBlockCell/{name}", "LSTMBlockCell", _cell(g, x=_small(g, BATCH, WIDTH)), attrs
    yield "GRUBlockCell", "GRUBlockCell", {
        "x": _small(g, BATCH, WIDTH), "h_prev": _small(g, BATCH, UNITS), "w_ru": _small(g, WIDTH + UNITS, 2 * UNITS),
        "w_c": _small(g, WIDTH + UNITS, UNITS), "b_ru": _small(g, 2 * UNITS), "b_c": _small(g, UNITS)}, {}
    labels = {"labels_indices": np.array([[0, 0], [0, 1], [1, 0], [1, 1], [1, 2]], "int64"),
              "labels_values": np.array([0, 2, 1, 1, 3], "int32"), "sequence_length": np.array([4, 5], "int32")}
    for name, attrs in [("default", {}), ("float64", {}), ("merged", {"preprocess_collapse_repeated": True}),
                        ("repeated", {"ctc_merge_repeated": False}),
                        ("longer", {"ignore_longer_outputs_than_inputs": True})]:
        where = {**labels, "sequence_length": np.array([1, 5], "int32")} if name == "longer" else labels
        dtype = "float64" if name == "float64" else "float32"
        yield f"CTCLoss/{name}", "CTCLoss", {"inputs": g.normal(5, 2, 5, dtype=dtype), **where}, attrs


def extra(g):
    """The same LSTMs with second gradients, which need to know the number of steps.
    These cases have no "op": it is the first word of the name."""
    for name, op, inputs, attrs in _blocks(g):
        grads_driver._Case(g, name + "/second", op, OUTPUTS).differentiate(inputs, attrs, _block)
        g.cases[-1]["op"] = ""


def _small(g, *shape):
    return (0.5 * g.normal(*shape)).astype("float32")


def _cell(g, **more):
    return {**more, "cs_prev": _small(g, BATCH, UNITS), "h_prev": _small(g, BATCH, UNITS),
            "w": _small(g, WIDTH + UNITS, 4 * UNITS), "wci": _small(g, UNITS), "wcf": _small(g, UNITS),
            "wco": _small(g, UNITS), "b": _small(g, 4 * UNITS)}


def _blocks(g):
    for op in ("BlockLSTM", "BlockLSTMV2"):
        for name, length, attrs in [("plain", TIME, {}), ("peephole", TIME, {"use_peephole": True}), ("short", 2, {}),
                                   ("clipped", TIME, {"cell_clip": 0.25, "use_peephole": True})]:
            if op == "BlockLSTM" and name == "plain":
                attrs = {"forget_bias": 0.5}
            sequence = {"seq_len_max": np.array(length, "int64"), "x": _small(g, TIME, BATCH, WIDTH)}
            yield f"{op}/{name}", op, _cell(g, **sequence), attrs


def call(op, inputs, attrs):
    """The recurrent kernels in plain operations: Python has no gradient of one
    step, and takes the gates of BlockLSTMV2 in BlockLSTM's order."""
    if op == "GRUBlockCell":
        return _gru(**inputs)
    if op == "LSTMBlockCell":
        return _step(op, **inputs, **attrs)
    if op.startswith("BlockLSTM"):
        return _once(lambda *xs: _block(op, dict(zip(inputs, xs)), attrs), *inputs.values())
    return getattr(tf.raw_ops, op)(**inputs, **attrs)


def _block(op, inputs, attrs):
    return _unroll(op, **inputs, **attrs)


def _once(f, *xs):
    """f without a second gradient."""
    floats = [i for i, x in enumerate(xs) if x.dtype.is_floating]

    @tf.custom_gradient
    def back(*values):
        def twice(*_):
            raise NotImplementedError("stands in the case of the same name and /second")

        at, dys = list(xs), values[len(floats):]
        for i, v in zip(floats, values):
            at[i] = v
        with tf.GradientTape() as tape:
            tape.watch(values[: len(floats)])
            ys = f(*at)
        return [tf.zeros_like(at[i]) if d is None else d for i, d in zip(
            floats, tape.gradient(ys, [at[i] for i in floats], list(dys)))], twice

    @tf.custom_gradient
    def once(*values):
        at = list(xs)
        for i, v in zip(floats, values):
            at[i] = v
        return f(*at), lambda *dys: back(*values, *dys)

    return once(*[xs[i] for i in floats])


def _unroll(op, seq_len_max, x, cs_prev, h_prev, **rest):
    steps = []
    for t in range(int(seq_len_max)):
        steps.append(_step(op, x[t], cs_prev, h_prev, **rest))
        cs_prev, h_prev = steps[-1][1], steps[-1][6]
    rows = [tf.stack(rows) for rows in zip(*steps)]
    return [tf.pad(r, [[0, TIME - len(steps)], [0, 0], [0, 0]]) for r in rows]


def _step(op, x, cs_prev, h_prev, w, wci, wcf, wco, b, forget_bias=1.0, cell_clip=None, use_peephole=False):
    gates = tf.split(tf.matmul(tf.concat([x, h_prev], 1), w) + b, 4, axis=1)
    if op == "BlockLSTMV2":
        i, f, ci, o = gates
    else:
        i, ci, f, o = gates
        f += forget_bias
    if use_peephole:
        i, f = i + cs_prev * wci, f + cs_prev * wcf
    i, f, ci = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(ci)
    cs = ci * i + cs_prev * f
    if cell_clip is None:
        cell_clip = 0.0 if op == "BlockLSTMV2" else 3.0
    if cell_clip > 0:
        cs = tf.raw_ops.ClipByValue(t=cs, clip_value_min=-cell_clip, clip_value_max=cell_clip)
    if use_peephole:
        o += cs * wco
    o, co = tf.sigmoid(o), tf.tanh(cs)
    return i, cs, f, o, ci, co, co * o


def _gru(x, h_prev, w_ru, w_c, b_ru, b_c):
    r, u = tf.split(tf.sigmoid(tf.matmul(tf.concat([x, h_prev], 1), w_ru) + b_ru), 2, axis=1)
    c = tf.tanh(tf.matmul(tf.concat([x, h_prev * r], 1), w_c) + b_c)
    return r, u, c, u * h_prev + (1 - u) * c
