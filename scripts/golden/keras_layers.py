"""Layers and activations: outputs and gradients."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers as L

from golden.goldenfile import Golden

IMAGE = (2, 7, 6, 3)

# name, layer, input shape
CASES = [
    ("conv2d", lambda: L.Conv2D(4, 3), IMAGE),
    ("conv2d_same_relu", lambda: L.Conv2D(4, 3, padding="same", activation="relu"), IMAGE),
    ("conv2d_no_bias", lambda: L.Conv2D(4, (2, 3), use_bias=False), IMAGE),
    ("conv2d_strides", lambda: L.Conv2D(4, 3, strides=2), IMAGE),
    ("conv2d_strides_same", lambda: L.Conv2D(4, 3, strides=(2, 2), padding="same"), IMAGE),
    ("conv2d_strides_uneven", lambda: L.Conv2D(4, 3, strides=(2, 1), padding="same"), IMAGE),
    ("conv2d_kernel_even_same", lambda: L.Conv2D(2, (4, 2), padding="same"), IMAGE),
    ("conv2d_dilation", lambda: L.Conv2D(4, 3, dilation_rate=2), IMAGE),
    ("conv2d_dilation_same", lambda: L.Conv2D(4, 3, dilation_rate=(2, 3), padding="same"), IMAGE),
    ("conv2d_groups", lambda: L.Conv2D(6, 3, groups=3), IMAGE),
    ("conv2d_groups_same", lambda: L.Conv2D(4, 3, groups=2, padding="same", strides=2, activation="tanh"), (2, 6, 6, 4)),
    ("conv2d_one_by_one", lambda: L.Conv2D(5, 1, activation="sigmoid"), IMAGE),
    ("conv2d_channels_first", lambda: L.Conv2D(4, 3, data_format="channels_first"), (2, 3, 7, 6)),
    ("max_pooling2d", lambda: L.MaxPooling2D(), IMAGE),
    ("max_pooling2d_same", lambda: L.MaxPooling2D(3, padding="same"), IMAGE),
    ("max_pooling2d_strides", lambda: L.MaxPooling2D((3, 2), strides=1), IMAGE),
    ("max_pooling2d_strides_same", lambda: L.MaxPooling2D(3, strides=2, padding="same"), IMAGE),
    ("max_pooling2d_strides_uneven", lambda: L.MaxPooling2D(2, strides=(1, 2)), IMAGE),
    ("max_pooling2d_channels_first", lambda: L.MaxPooling2D(data_format="channels_first"), (2, 3, 7, 6)),
    ("average_pooling2d", lambda: L.AveragePooling2D(2), IMAGE),
    ("average_pooling2d_same", lambda: L.AveragePooling2D(3, padding="same"), IMAGE),
    ("average_pooling2d_strides", lambda: L.AveragePooling2D((3, 2), strides=1), IMAGE),
    ("average_pooling2d_strides_same", lambda: L.AveragePooling2D(3, strides=2, padding="same"), IMAGE),
    ("average_pooling2d_channels_first", lambda: L.AveragePooling2D(2, data_format="channels_first"), (2, 3, 7, 6)),
    ("flatten", lambda: L.Flatten(), (2, 3, 4, 2)),
    ("flatten_vector", lambda: L.Flatten(), (5,)),
    ("flatten_channels_first", lambda: L.Flatten(data_format="channels_first"), (2, 3, 4, 2)),
    ("dense", lambda: L.Dense(4), (3, 5)),
    ("dense_no_bias", lambda: L.Dense(4, use_bias=False), (3, 5)),
    ("dense_3d", lambda: L.Dense(4, activation="relu"), (2, 3, 5)),
    ("dense_4d_no_bias", lambda: L.Dense(2, use_bias=False, activation="gelu"), (2, 2, 3, 5)),
    *((f"dense_{a}", lambda a=a: L.Dense(4, activation=a), (3, 5))
      for a in ("relu", "sigmoid", "tanh", "softmax", "elu", "selu", "gelu", "swish", "softplus", "softsign",
                "exponential", "leaky_relu", "relu6", "hard_sigmoid", "log_softmax", "linear")),
    ("activation", lambda: L.Activation("tanh"), (2, 3, 5)),
    ("dropout", lambda: L.Dropout(0.3, seed=1), (40, 40)),
    ("dropout_zero", lambda: L.Dropout(0.0), (3, 5)),
    ("batch_normalization", lambda: L.BatchNormalization(), (6, 4)),
    ("batch_normalization_image", lambda: L.BatchNormalization(), IMAGE),
    ("batch_normalization_momentum", lambda: L.BatchNormalization(momentum=0.7, epsilon=0.1), IMAGE),
    ("batch_normalization_no_center", lambda: L.BatchNormalization(center=False), IMAGE),
    ("batch_normalization_no_scale", lambda: L.BatchNormalization(scale=False), IMAGE),
    ("batch_normalization_neither", lambda: L.BatchNormalization(center=False, scale=False), (6, 4)),
    ("batch_normalization_axis1", lambda: L.BatchNormalization(axis=1), (2, 3, 4, 5)),
    ("batch_normalization_3d", lambda: L.BatchNormalization(), (2, 5, 3)),
]

ACTIVATIONS = [
    "linear", "relu", "sigmoid", "tanh", "softmax", "elu", "selu", "gelu", "swish", "softplus", "softsign",
    "exponential", "leaky_relu", "relu6", "hard_sigmoid", "log_softmax",
]


def layers(seed):
    g = Golden(seed)
    keras.utils.set_random_seed(seed)
    for name, make, shape in CASES:
        _layer(g, name, make(), g.put(f"{name}/x", g.normal(*shape)))
    return g


def _layer(g, name, layer, x):
    layer.build(x.shape)
    for i, w in enumerate(layer.weights):
        value = np.abs(1 + 0.3 * g.normal(*w.shape)) if "variance" in w.name else w + 0.3 * g.normal(*w.shape)
        w.assign(value)
        g.put(f"{name}/w{i}", w.numpy())
    y, dx, dws = _differentiate(g, name, layer, x, training=False)
    _put_gradients(g, f"{name}/", layer, y, dx, dws)

    random = isinstance(layer, L.Dropout) and layer.rate > 0
    training = random or isinstance(layer, L.BatchNormalization)
    if random:
        g.put(f"{name}/train/y", layer(x, training=True))
    elif training:
        y, dx, dws = _differentiate(g, name, layer, x, training=True)
        _put_gradients(g, f"{name}/train/", layer, y, dx, dws)
        for i, w in enumerate(layer.weights):
            g.put(f"{name}/train/w{i}", w.numpy())
    g.case(
        name,
        **{"class": type(layer).__name__},
        config=keras.saving.serialize_keras_object(layer),
        weights=[w.name for w in layer.weights],
        trainable=_trainable(layer),
        training=training,
        random=random,
    )


def _differentiate(g, name, layer, x, training):
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x, training=training) if layer._call_has_training_arg else layer(x)
        if f"{name}/dy" not in g.arrays:
            g.put(f"{name}/dy", g.normal(*y.shape))
        total = tf.reduce_sum(y * g.arrays[f"{name}/dy"])
    dx, dws = tape.gradient(total, [x, [w.value for w in layer.trainable_weights]])
    return y, dx, dws


def _put_gradients(g, prefix, layer, y, dx, dws):
    g.put(f"{prefix}y", y)
    g.put(f"{prefix}dx", dx)
    for i, dw in zip(_trainable(layer), dws):
        g.put(f"{prefix}dw{i}", dw)


def _trainable(layer):
    return [i for i, w in enumerate(layer.weights) if w.trainable]


def activations(seed):
    g = Golden(seed)
    edges = np.array([-30, -6, -3, -1, -0.0, 0, 1e-4, 1, 3, 6, 30, 0.5], "float32")
    for name in ACTIVATIONS:
        fn = keras.activations.get(name)
        x = tf.constant(g.put(f"{name}/x", np.concatenate([edges, 3 * g.normal(24)]).reshape(6, 6)))
        dy = g.put(f"{name}/dy", g.normal(6, 6))
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = fn(x)
            total = tf.reduce_sum(y * dy)
        g.put(f"{name}/y", y)
        g.put(f"{name}/dx", tape.gradient(total, x))
        g.case(name, config=keras.activations.serialize(fn))
    return g
