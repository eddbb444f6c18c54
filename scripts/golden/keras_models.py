"""Whole models: training step by step, JSON and summaries."""

import os

import keras
import numpy as np
from keras import layers as L

from golden.goldenfile import Golden

# Training takes ten steps an epoch, the last one short.
BATCH, SAMPLES, TESTS, EPOCHS = 8, 78, 20, 2


def small_cnn():
    return keras.Sequential([
        keras.Input((8, 8, 1)), L.Conv2D(4, 3, activation="relu"), L.MaxPooling2D(), L.Flatten(),
        L.Dense(5, activation="softmax"),
    ])


def small_mlp():
    return keras.Sequential([keras.Input((6,)), L.Dense(8, activation="tanh"), L.Dense(5)])


def small_bn():
    return keras.Sequential([
        keras.Input((8, 8, 1)), L.Conv2D(3, 3, padding="same", use_bias=False), L.BatchNormalization(momentum=0.9),
        L.Activation("relu"), L.AveragePooling2D(2), L.Flatten(), L.Dense(5, activation="softmax"),
    ])


OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.1),
    "momentum": lambda: keras.optimizers.SGD(0.05, momentum=0.9),
    "adam": lambda: keras.optimizers.Adam(0.01),
}


def training(seed):
    g = Golden(seed)
    for kind, make in (("cnn", small_cnn), ("mlp", small_mlp), ("bn", small_bn)):
        for name in OPTIMIZERS:
            _train(g, f"{kind}/{name}", make, OPTIMIZERS[name])
    return g


def _train(g, name, make, make_optimizer):
    keras.backend.clear_session()
    keras.utils.set_random_seed(g.seed)
    model = make()
    logits = model.layers[-1].activation is keras.activations.linear
    shape = model.input_shape[1:]
    x, y, xt, yt = _data(g, name, shape)
    start = [w + 0.05 * g.normal(*w.shape) for w in model.get_weights()]
    for i, w in enumerate(start):
        g.put(f"{name}/w{i}", w)

    def compiled(eager):
        m = keras.models.clone_model(model)
        m.set_weights(start)
        m.compile(
            optimizer=make_optimizer(),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=logits),
            metrics=["accuracy"],
            run_eagerly=eager,
        )
        return m

    fitted = compiled(eager=False)
    history = fitted.fit(
        x, y, batch_size=BATCH, epochs=EPOCHS, shuffle=False, validation_data=(xt, yt), verbose=0
    ).history
    stepped = compiled(eager=True)
    losses = _steps(stepped, x, y)
    for a, b in zip(fitted.get_weights(), stepped.get_weights()):
        _check_equal(name, a, b)
    for i, w in enumerate(fitted.get_weights()):
        g.put(f"{name}/after{i}", w)
    g.put(f"{name}/losses", np.array(losses, "float32"))
    g.put(f"{name}/predict", fitted.predict(xt, verbose=0))
    g.case(
        name,
        model=model.to_json(),
        optimizer=keras.saving.serialize_keras_object(make_optimizer()),
        loss=keras.saving.serialize_keras_object(fitted.loss),
        batch_size=BATCH,
        epochs=EPOCHS,
        history=history,
        evaluate=fitted.evaluate(xt, yt, batch_size=BATCH, verbose=0, return_dict=True),
    )


def _data(g, name, shape):
    """Five classes that a small model can learn."""
    centres = g.normal(5, *shape)
    out = []
    for prefix, n in ((name, SAMPLES), (f"{name}/test", TESTS)):
        y = g.put(f"{prefix}/y", g.rng.integers(0, 5, n).astype("int32"))
        x = g.put(f"{prefix}/x", centres[y] + 0.7 * g.normal(n, *shape))
        out += [x, y]
    return out


def _steps(model, x, y):
    losses = []
    for _ in range(EPOCHS):
        for at in range(0, SAMPLES, BATCH):
            model.reset_metrics()
            losses.append(model.train_on_batch(x[at : at + BATCH], y[at : at + BATCH])[0])
    return losses


def _check_equal(name, a, b):
    """Compiled and eager training must agree well inside the rule that Go is held to."""
    off = np.max(np.abs(a - b) / (np.abs(b) + np.max(np.abs(b))))
    if off > 2e-6:
        raise ValueError(f"{name}: eager and compiled training differ by {off:.1e}: choose another seed")


def mnist_cnn():
    return keras.Sequential([
        keras.Input((28, 28, 1)), L.Conv2D(32, 3, activation="relu"), L.MaxPooling2D(), L.Flatten(),
        L.Dense(10, activation="softmax"),
    ])


def mnist_mlp():
    return keras.Sequential([
        keras.Input((28, 28, 1)), L.Flatten(), L.Dense(128, activation="relu"), L.Dense(10, activation="softmax"),
    ])


def lenet5():
    return keras.Sequential([
        keras.Input((28, 28, 1)), L.Conv2D(6, 5, padding="same", activation="tanh"), L.AveragePooling2D(2),
        L.Conv2D(16, 5, activation="tanh"), L.AveragePooling2D(2), L.Flatten(), L.Dense(120, activation="tanh"),
        L.Dense(84, activation="tanh"), L.Dense(10, activation="softmax"),
    ])


def named():
    return keras.Sequential(
        [
            L.InputLayer(shape=(28, 28, 1), name="pixels"),
            L.Conv2D(8, (3, 5), strides=(2, 1), padding="same", use_bias=False, name="stem.conv"),
            L.BatchNormalization(name="a_name_that_is_much_longer_than_the_column_of_the_summary_table"),
            L.Activation("relu", name="rectify"),
            L.Flatten(name="flat"),
            L.Dense(10, name="digits"),
        ],
        name="named_net",
    )


def logits_end():
    return keras.Sequential([keras.Input((28, 28)), L.Flatten(), L.Dense(10)])


def bn_dropout():
    return keras.Sequential([
        keras.Input((28, 28, 1)), L.Conv2D(16, 3, padding="same"), L.BatchNormalization(momentum=0.9, epsilon=1e-4),
        L.Activation("relu"), L.MaxPooling2D(3, strides=2, padding="same"), L.Dropout(0.25, seed=7), L.Flatten(),
        L.Dense(64, activation="gelu", bias_initializer="ones"), L.Dropout(0.5), L.Dense(10), L.Softmax(),
    ])


def tiny_vector():
    return keras.Sequential([keras.Input((4,), name="features"), L.Dense(3, activation="softmax", name="class")])


def two_conv():
    return keras.Sequential([
        keras.Input((28, 28, 1)), L.Conv2D(32, 3, activation="relu"), L.MaxPooling2D(),
        L.Conv2D(64, 3, activation="relu"), L.MaxPooling2D(), L.Flatten(), L.Dense(128, activation="relu"), L.Dense(10),
    ])


def nested():
    stem = keras.Sequential([keras.Input((28, 28)), L.Flatten(), L.Dense(16, activation="relu")], name="stem")
    return keras.Sequential([keras.Input((28, 28)), stem, L.Dense(10)])


def no_input():
    return keras.Sequential([L.Flatten(), L.Dense(10, activation="softmax")])


def compiled():
    model = mnist_cnn()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.optimizer.build(model.trainable_variables)
    return model


MODELS = {
    "mnist-cnn": mnist_cnn, "mnist-mlp": mnist_mlp, "lenet5": lenet5, "two_conv": two_conv, "named": named,
    "logits_end": logits_end, "bn_dropout": bn_dropout, "tiny_vector": tiny_vector, "no_input": no_input, "nested": nested,
    "compiled": compiled,
}


def models(seed):
    g = Golden(seed)
    for name, make in MODELS.items():
        keras.backend.clear_session()
        model = make()
        g.case(
            name,
            json=model.to_json(),
            summary=_summary(model, 80),
            summary_wide=_summary(model, 120),
            weights=[{"path": w.path, "shape": list(w.shape), "trainable": w.trainable} for w in model.weights],
            output_shape=list(model.output_shape) if model.built else None,
        )
    return g


def _summary(model, columns):
    os.environ["COLUMNS"] = str(columns)
    text = []
    model.summary(print_fn=text.append)
    return "".join(text)


def old_models(seed):
    """The JSON of another Keras, which reads the same models differently."""
    g = Golden(seed)
    for name, make in MODELS.items():
        keras.backend.clear_session()
        g.case(name, json=make().to_json())
    return g
