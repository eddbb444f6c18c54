"""Losses, metrics and optimizers."""

import keras
import numpy as np
import tensorflow as tf

from golden.goldenfile import Golden


def losses(seed):
    g = Golden(seed)
    for logits in (False, True):
        for reduction in ("sum_over_batch_size", "sum", "none", "mean_with_sample_weight"):
            for weighted in (False, True):
                name = f"{'logits' if logits else 'probabilities'}/{reduction}{'/weighted' if weighted else ''}"
                _loss(g, name, logits, reduction, weighted, labels=(6,), dtype="int32")
        kind = "logits" if logits else "probabilities"
        _loss(g, f"{kind}/column", logits, "sum_over_batch_size", False, labels=(6, 1), dtype="int64")
        _loss(g, f"{kind}/sequence", logits, "sum_over_batch_size", True, labels=(2, 3), dtype="uint8")
    _loss(g, "probabilities/clipped", False, "none", False, labels=(4,), dtype="int32", edges=True)
    return g


def _loss(g, name, logits, reduction, weighted, labels, dtype, edges=False):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=logits, reduction=reduction)
    y_true = g.put(f"{name}/y_true", g.rng.integers(0, 5, labels).astype(dtype))
    samples = labels[:1] if labels[-1] == 1 else labels
    y_pred = 2 * g.normal(*samples, 5)
    if not logits:
        y_pred = np.exp(y_pred) / np.exp(y_pred).sum(-1, keepdims=True)
    if edges:  # the right class is certain, impossible, or nearly so
        y_pred = np.eye(5, dtype="float32")[[y_true[0], (y_true[1] + 1) % 5, y_true[2], y_true[3]]]
        y_pred[2], y_pred[3, y_true[3]] = 0.2, 1e-9
    y_pred = tf.constant(g.put(f"{name}/y_pred", y_pred.astype("float32")))
    weight = g.put(f"{name}/sample_weight", g.rng.random(samples).astype("float32")) if weighted else None
    with tf.GradientTape() as tape:
        tape.watch(y_pred)
        y = loss(y_true, y_pred, sample_weight=weight)
        dy = g.put(f"{name}/dy", g.normal(*y.shape))
        total = tf.reduce_sum(y * dy)
    g.put(f"{name}/y", y)
    g.put(f"{name}/dx", tape.gradient(total, y_pred))
    g.case(name, **{"class": "SparseCategoricalCrossentropy"}, config=loss.get_config(), weighted=weighted)


def metrics(seed):
    g = Golden(seed)
    for weighted in (False, True):
        end = "_weighted" if weighted else ""
        scores = lambda n: g.normal(n, 4)
        classes = lambda n: g.rng.integers(0, 4, n)
        same = lambda n: classes(n).astype("float32")
        columns = lambda n: classes((n, 1))
        _metric(g, "sparse_categorical_accuracy" + end, keras.metrics.SparseCategoricalAccuracy(), classes, scores, weighted)
        _metric(g, "sparse_categorical_accuracy_column" + end, keras.metrics.SparseCategoricalAccuracy(), columns, scores, weighted)
        _metric(g, "accuracy" + end, keras.metrics.Accuracy(), classes, same, weighted)
        _metric(g, "mean" + end, keras.metrics.Mean(), None, lambda n: g.normal(n), weighted)
    _metric(g, "named", keras.metrics.SparseCategoricalAccuracy(name="acc"), classes, scores, False)
    return g


def _metric(g, name, metric, true, pred, weighted):
    sizes = (6, 4, 1)
    for i, n in enumerate(sizes):
        args = [g.put(f"{name}/{i}/y_true", true(n).astype("int32"))] if true else []
        args.append(g.put(f"{name}/{i}/y_pred", pred(n)))
        weight = g.put(f"{name}/{i}/sample_weight", g.rng.random(n).astype("float32")) if weighted else None
        metric.update_state(*args, sample_weight=weight)
        g.put(f"{name}/{i}/result", metric.result())
    g.case(name, **{"class": type(metric).__name__}, config=metric.get_config(), updates=len(sizes))


STEPS = 4
OPTIMIZERS = [
    ("sgd", "SGD", {}),
    ("sgd_momentum", "SGD", {"momentum": 0.9}),
    ("sgd_nesterov", "SGD", {"momentum": 0.9, "nesterov": True}),
    ("sgd_weight_decay", "SGD", {"learning_rate": 0.1, "weight_decay": 0.05}),
    ("sgd_momentum_weight_decay", "SGD", {"learning_rate": 0.1, "momentum": 0.8, "weight_decay": 0.05}),
    ("sgd_clipnorm", "SGD", {"learning_rate": 0.1, "clipnorm": 0.5}),
    ("sgd_clipvalue", "SGD", {"learning_rate": 0.1, "clipvalue": 0.3}),
    ("sgd_global_clipnorm", "SGD", {"learning_rate": 0.1, "global_clipnorm": 0.5}),
    ("sgd_clipnorm_unreached", "SGD", {"learning_rate": 0.1, "clipnorm": 100.0}),
    ("sgd_global_clipnorm_unreached", "SGD", {"learning_rate": 0.1, "global_clipnorm": 100.0}),
    ("adam", "Adam", {}),
    ("adam_settings", "Adam", {"learning_rate": 0.05, "beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-3}),
    ("adam_amsgrad", "Adam", {"learning_rate": 0.01, "amsgrad": True}),
    ("adam_weight_decay", "Adam", {"learning_rate": 0.01, "weight_decay": 0.05}),
    ("adam_clipnorm", "Adam", {"learning_rate": 0.01, "clipnorm": 0.5}),
    ("adam_clipvalue", "Adam", {"learning_rate": 0.01, "clipvalue": 0.3}),
    ("adam_global_clipnorm", "Adam", {"learning_rate": 0.01, "global_clipnorm": 0.5}),
]


def optimizers(seed):
    g = Golden(seed)
    shapes = [(3, 4), (4,)]
    start = [g.put(f"shared/v{i}", g.normal(*s)) for i, s in enumerate(shapes)]
    scale = [1.0, 0.1, 3.0, 0.01]
    grads = [
        [g.put(f"shared/{n}/g{i}", np.float32(scale[n]) * g.normal(*s)) for i, s in enumerate(shapes)]
        for n in range(STEPS)
    ]
    for name, cls, config in OPTIMIZERS:
        optimizer = getattr(keras.optimizers, cls)(**config)
        variables = [keras.Variable(v, name=n) for v, n in zip(start, ("kernel", "bias"))]
        optimizer.build(variables)
        for n in range(STEPS):
            optimizer.apply([tf.constant(v) for v in grads[n]])
            for i, v in enumerate(variables):
                g.put(f"{name}/{n}/v{i}", v.numpy())
        for i, v in enumerate(optimizer.variables):
            g.put(f"{name}/slot{i}", v.numpy())
        g.case(
            name,
            **{"class": cls},
            config=optimizer.get_config(),
            variables=[v.name for v in optimizer.variables],
            steps=STEPS,
        )
    return g
