"""Cases of grads.py: gradients of pools and batch normalization as operations of their
own, and what passes values; and functions, those with variables too, which have no
"op": tf/grad/remaining_grads_test.go has the same."""

import numpy as np
import tensorflow as tf

raw = tf.raw_ops
i32 = lambda *v: np.array(v, "int32")
i64 = lambda *v: np.array(v, "int64")
BATCH_NORM_GRADS = ("FusedBatchNormGrad", "FusedBatchNormGradV2", "FusedBatchNormGradV3")
OUTPUTS = dict.fromkeys(BATCH_NORM_GRADS, [0, 1, 2])


def cases(g):
    n = lambda *s: g.normal(*s, dtype="float64")
    yield from _pools(n)
    yield from _batch_norms(g)
    yield "Print", "Print", {"input": n(2, 3), "data": [n(2)]}, {"first_n": 0, "message": "x"}
    yield "Print/scalar", "Print", {"input": n(), "data": [i32(1)]}, {"first_n": 0}
    yield "Atan2", "Atan2", {"y": n(2, 3), "x": n(3)}, {}
    yield "Atan2/scalar", "Atan2", {"y": n(1, 1), "x": n()}, {}
    for adjoint in (False, True):
        yield f"BatchMatMulV3/{adjoint}", "BatchMatMulV3", {"x": n(2, 2, 3), "y": n(1, 3, 3)}, {"Tout": tf.float64, "adj_y": adjoint}
    yield "DebugIdentityV2", "DebugIdentityV2", {"input": n(2, 3)}, {}
    yield "CheckNumerics", "CheckNumerics", {"tensor": n(2, 3)}, {"message": "x"}
    yield "IdentityN", "IdentityN", {"input": [n(2, 3), n(), n(1)]}, {}
    for name, (_, *shapes) in FUNCTIONS.items():
        yield name, "", {f"x{k}": n(*s) for k, s in enumerate(shapes)}, {"f": name}


def _pools(n):
    for name, height, size, strides, padding in [
            ("same", 5, [1, 3, 2, 1], [1, 2, 1, 1], "SAME"), ("valid", 5, [1, 2, 2, 1], [1, 2, 2, 1], "VALID"),
            ("one", 1, [1, 1, 1, 1], [1, 1, 1, 1], "SAME"), ("wide", 4, [1, 4, 4, 1], [1, 1, 1, 1], "SAME")]:
        x = n(2, height, 4, 2)
        y = raw.MaxPool(input=tf.constant(x), ksize=size, strides=strides, padding=padding).numpy()
        attrs = {"strides": strides, "padding": padding}
        yield f"AvgPoolGrad/{name}", "AvgPoolGrad", {"orig_input_shape": i32(*x.shape), "grad": n(*y.shape)}, {"ksize": size, **attrs}
        if name != "one":
            yield f"MaxPoolV2/{name}", "MaxPoolV2", {"input": x, "ksize": i32(*size), "strides": i32(*strides)}, {"padding": padding}
        given = {"orig_input": x, "orig_output": y, "grad": n(*y.shape)}
        yield f"MaxPoolGrad/{name}", "MaxPoolGrad", given, {"ksize": size, **attrs}
        if name == "one":  # and its sizes are not known, see chosen in tf/grad/pool_second.go
            continue
        yield f"MaxPoolGradV2/{name}", "MaxPoolGradV2", {**given, "ksize": i32(*size), "strides": i32(*strides)}, {"padding": padding}


def _batch_norms(g):
    for op in BATCH_NORM_GRADS:
        for name, shape, training in [("training", (2, 3, 2, 2), True), ("inference", (2, 3, 2, 2), False), ("one", (3, 1, 1, 1), True)]:
            x, c = g.normal(*shape), shape[-1]
            mean, variance = (np.zeros(0, "float32"),) * 2 if training else (g.normal(c), g.normal(c) ** 2 + 1)
            scale = g.normal(c)
            forward = raw.FusedBatchNormV3(x=x, scale=scale, offset=scale, mean=mean, variance=variance, epsilon=0.1, is_training=training)
            given = {"y_backprop": g.normal(*shape), "x": x, "scale": scale,
                     "reserve_space_1": forward.reserve_space_1.numpy(), "reserve_space_2": forward.reserve_space_2.numpy()}
            if op.endswith("V3"):
                given["reserve_space_3"] = forward.reserve_space_3.numpy()
            yield f"{op}/{name}", op, given, {"epsilon": 0.1, "is_training": training}


def call(op, arguments, attrs):
    if op == "":
        return FUNCTIONS[attrs["f"]][0](*arguments.values())
    return getattr(raw, op)(**arguments, **attrs)


def boxed(x):
    ragged = tf.RaggedTensor.from_row_lengths(x, [1, 2])
    from tensorflow.python.ops import composite_tensor_ops as boxes
    return boxes.composite_tensor_from_variant(boxes.composite_tensor_to_variants(ragged), ragged._type_spec).values


def ragged(values, default):
    return raw.RaggedTensorToTensor(shape=i64(3, 2, 2), values=values, default_value=default, row_partition_tensors=[i64(0, 1, 1, 4)],
                                    row_partition_types=["ROW_SPLITS"])


def chosen(by):
    """exp(x) or tanh(x), in a conditional."""
    return tf.function(lambda x: by(lambda: tf.exp(x), lambda: tf.tanh(x)))


def conditional(x):
    return chosen(lambda f, g: tf.cond(tf.reduce_sum(x) < 1e9, f, g))(x)


def case(x):
    return chosen(lambda f, g: tf.switch_case(tf.cast(tf.reduce_sum(x) < 1e9, tf.int32), [f, g]))(x)


@tf.function
def loop(x):
    return tf.while_loop(lambda k, _: k < 3, lambda k, y: (k + 1, y + tf.tanh(y)), [tf.constant(0), x])[1]


def xla_ops():
    from tensorflow.compiler.tf2xla.ops import gen_xla_ops
    from tensorflow.compiler.tf2xla.python import xla  # which has the gradients
    del xla
    return gen_xla_ops


def einsum(x, y):
    single = lambda v: tf.cast(v, tf.float32)
    return tf.cast(xla_ops().xla_einsum(single(x), single(y), "ab,bc->ca"), tf.float64)


def top(k):
    return lambda x: tf.cast(raw.ApproxTopK(input=tf.cast(x, tf.float32), k=k)[0], tf.float64)


def accumulate(x, y):
    return tf.function(lambda: raw.AccumulateNV2(inputs=[x, y, x], shape=x.shape))()


FUNCTIONS = {
    "PlaceholderWithDefault": (lambda x: raw.PlaceholderWithDefault(input=x, shape=[None, 2]), (3, 2)),
    "EnsureShape": (lambda x: raw.EnsureShape(input=x, shape=[3, None]), (3, 2)),
    "RaggedTensorToTensor": (ragged, (4, 2), ()),
    "If": (conditional, (3,)),
    "StatelessIf": (conditional, (3,)),
    "Case": (case, (3,)),
    "StatelessCase": (case, (3,)),
    "StatelessWhile": (loop, (3,)),
    "XlaSharding": (tf.function(lambda x: xla_ops().xla_sharding(x)), (3,)),
    "XlaEinsum": (einsum, (2, 3), (3, 2)),
    "AccumulateNV2": (accumulate, (2, 3), (2, 3)),
    "ApproxTopK": (top(2), (2, 1, 5)),
    "ApproxTopK/all": (top(5), (2, 5)),
    "ApproxTopK/one": (top(1), (1,)),
    "CompositeTensorVariant": (boxed, (3,)),
    "StatelessRandomGammaV3": (lambda a: raw.StatelessRandomGammaV3(
        shape=[2, 3], key=tf.constant([7], tf.uint64), counter=tf.constant([0, 1], tf.uint64), alg=1, alpha=tf.exp(a)), (3,)),
    "RandomGamma": (lambda a: raw.RandomGamma(shape=[2], alpha=tf.exp(a), seed=4, seed2=2), (3,)),
}


def read(v):
    return raw.ReadVariableOp(resource=v.handle, dtype=tf.float64)


def gather(rows, **attrs):
    return lambda v: raw.ResourceGather(resource=v.handle, indices=rows, dtype=tf.float64, **attrs)


def gather_nd(places):
    return lambda v: raw.ResourceGatherNd(resource=v.handle, indices=places, dtype=tf.float64)


VARIABLES = {
    "ReadVariableOp": (read, (3, 2)),
    "ReadVariableOp/scalar": (read, ()),
    "ReadVariableOp/empty": (read, (0, 2)),
    "ResourceGather": (gather([2, 0, 2]), (3, 2)),
    "ResourceGather/one": (gather(1), (3, 2)),
    "ResourceGather/none": (gather(np.zeros((0, 2), "int32")), (3, 2)),
    "ResourceGatherNd": (gather_nd([[2, 1], [0, 0], [2, 1]]), (3, 2)),
    "ResourceGatherNd/rows": (gather_nd([[1], [1]]), (3, 2)),
}


def extra(g):
    """Gradients of the squares by a variable, whose value is x0."""
    for name, (f, *shapes) in VARIABLES.items():
        put = lambda role, v: (g.put(f"{name}/{role}", v), tf.constant(v))[1]
        v = tf.Variable(put("x0", g.normal(*shapes[0], dtype="float64")))
        with tf.GradientTape() as tape:
            tape.watch(v.handle)
            y = f(v)
            square = tf.square(y)
        dy = put("dy0", g.normal(*y.shape, dtype="float64"))
        g.put(f"{name}/y0", y.numpy())
        g.put(f"{name}/dx0", tf.convert_to_tensor(tape.gradient(square, v.handle, output_gradients=dy)).numpy())
        g.case(name, op="", attrs={"variable": True}, inputs=["x0"], outputs=1, wrt=[0], tolerance=1e-12, second="the squares have it")
