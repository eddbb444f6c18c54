"""Cases of grads.py: functions that go through TensorLists, TensorArrays and optionals.

They have no op of their own; tf/grad/list_test.go and tensorarray_test.go have the same
functions, by the names of the cases.
"""

import tensorflow as tf

raw, F64 = tf.raw_ops, tf.float64
i = lambda *v: tf.constant(list(v), tf.int32, [len(v)])
i64 = lambda *v: tf.constant(list(v), tf.int64)


def cases(g):
    n = lambda *s: g.normal(*s, dtype="float64")
    for name, (f, *shapes) in FUNCTIONS.items():
        yield name, "", {f"x{k}": n(*s) for k, s in enumerate(shapes)}, {"f": name}


def call(_, arguments, attrs):
    return FUNCTIONS[attrs["f"]][0](*arguments.values())


def rows(x):
    return raw.TensorListFromTensor(tensor=x, element_shape=i(2))


def stack(h):
    return raw.TensorListStack(input_handle=h, element_shape=i(2), element_dtype=F64)


def item(h, k):
    return raw.TensorListGetItem(input_handle=h, index=k, element_shape=i(2), element_dtype=F64)


def put(h, k, x, **attrs):
    return raw.TensorListSetItem(input_handle=h, index=k, item=x, **attrs)


def push_back(x, y):
    h = raw.EmptyTensorList(element_shape=i(2), max_num_elements=-1, element_dtype=F64)
    for e in x, y, x:
        h = raw.TensorListPushBack(input_handle=h, tensor=e)
    return stack(h)


def pop_back(x):
    h, last = raw.TensorListPopBack(input_handle=rows(x), element_shape=i(2), element_dtype=F64)
    return stack(h) * last


def get_item(x):
    h = rows(x)
    return item(h, 2) * item(h, 0) * item(h, 2)


def set_item(x, y):
    h = rows(x)
    return stack(put(h, 1, y)) * item(h, 1)


def reserved(x, y):
    h = raw.TensorListReserve(element_shape=i(2), num_elements=4, element_dtype=F64)
    return stack(put(put(h, 3, x), 1, y))


def split_concat(x):
    h = raw.TensorListSplit(tensor=x, element_shape=i(-1, 2), lengths=i64(1, 0, 3))
    return raw.TensorListConcat(input_handle=h, element_dtype=F64, element_shape=[None, 2])[0]


def concat(x, y):
    h = raw.TensorListReserve(element_shape=i(-1, 2), num_elements=3, element_dtype=F64)
    h = put(put(h, 0, y), 2, x)
    return raw.TensorListConcatV2(input_handle=h, element_shape=i(-1, 2), leading_dims=i64(3, 2, 1), element_dtype=F64)[0]


def optional(x, y):
    some = raw.OptionalFromValue(components=[x, tf.constant([7]), y])
    got = raw.OptionalGetValue(optional=some, output_types=[F64, tf.int32, F64], output_shapes=[[2], [1], [2, 2]])
    return got[0] * got[2]


def array(n):
    return raw.TensorArrayV3(size=n, dtype=F64, clear_after_read=False)[0], tf.constant(0.0)


def write_read(x, y):
    h, flow = array(2)
    flow = raw.TensorArrayWriteV3(handle=h, index=1, value=x, flow_in=flow)
    flow = raw.TensorArrayWriteV3(handle=h, index=0, value=y, flow_in=flow)
    read = lambda k: raw.TensorArrayReadV3(handle=h, index=k, flow_in=flow, dtype=F64)
    return read(1) * read(0) * read(1)


def write_gather(x):
    h, flow = array(3)
    for k, y in enumerate([x, tf.square(x), tf.exp(x)]):
        flow = raw.TensorArrayWriteV3(handle=h, index=k, value=y, flow_in=flow)
    return raw.TensorArrayGatherV3(handle=h, indices=i(2, 1), flow_in=flow, dtype=F64)


def scatter_gather(x):
    h, flow = array(3)
    flow = raw.TensorArrayScatterV3(handle=h, indices=i(2, 0, 1), value=x, flow_in=flow)
    return raw.TensorArrayGatherV3(handle=h, indices=i(0, 1, 2), flow_in=flow, dtype=F64)


def split_concat_array(x):
    h, flow = array(2)
    flow = raw.TensorArraySplitV3(handle=h, value=x, lengths=i64(1, 3), flow_in=flow)
    return raw.TensorArrayConcatV3(handle=h, flow_in=flow, dtype=F64)[0]



FUNCTIONS = {
    "FromTensor": (lambda x: stack(rows(x)), (3, 2)),
    "PushBack": (push_back, (2,), (2,)),
    "PopBack": (pop_back, (3, 2)),
    "GetItem": (get_item, (3, 2)),
    "SetItem": (set_item, (3, 2), (2,)),
    "SetItem/reserved": (reserved, (2,), (2,)),
    "SetItem/resize": (lambda x, y: stack(put(rows(x), 4, y, resize_if_index_out_of_bounds=True)), (3, 2), (2,)),
    "Resize/shorter": (lambda x: stack(raw.TensorListResize(input_handle=rows(x), size=2)), (3, 2)),
    "Resize/longer": (lambda x: stack(raw.TensorListResize(input_handle=rows(x), size=5)), (3, 2)),
    "Gather": (lambda x: raw.TensorListGather(input_handle=rows(x), indices=i(2, 0), element_shape=i(2), element_dtype=F64), (3, 2)),
    "Scatter": (lambda x: stack(raw.TensorListScatter(tensor=x, indices=i(3, 0, 1), element_shape=i(2))), (3, 2)),
    "ScatterV2": (lambda x: stack(raw.TensorListScatterV2(tensor=x, indices=i(3, 0, 1), element_shape=i(2), num_elements=6)), (3, 2)),
    "ScatterIntoExistingList": (lambda x, y: stack(raw.TensorListScatterIntoExistingList(
        input_handle=rows(x), tensor=y, indices=i(2, 0))), (3, 2), (2, 2)),
    "Split, Concat": (split_concat, (4, 2)),
    "ConcatV2": (concat, (1, 2), (3, 2)),
    "AddN": (lambda x, y: stack(tf.raw_ops.AddN(inputs=[rows(x), rows(y), tf.raw_ops.ZerosLike(x=rows(x))])), (3, 2), (3, 2)),
    "Optional": (optional, (2,), (2, 2)),
}

ARRAYS = {  # which have gradients in graphs of TensorFlow 1 only
    "Write, Read": (write_read, (2,), (2,)),
    "Write, Gather": (write_gather, (2,)),
    "Scatter, Gather": (scatter_gather, (3, 2)),
    "Split, Concat": (split_concat_array, (4, 2)),
}


def extra(g):
    v1 = tf.compat.v1
    v1.disable_control_flow_v2()
    for function, (f, *shapes) in ARRAYS.items():
        name = f"TensorArray/{function}"
        put = lambda role, like: g.put(f"{name}/{role}", g.normal(*like, dtype="float64"))
        xs = [put(f"x{k}", s) for k, s in enumerate(shapes)]
        with tf.Graph().as_default(), v1.Session() as session:
            xs = [tf.constant(x) for x in xs]
            y = f(*xs)
            dy = tf.constant(put("dy0", session.run(y).shape))
            for role, value in zip(["y0"] + [f"dx{k}" for k in range(len(xs))], session.run([y] + v1.gradients(y, xs, dy))):
                g.put(f"{name}/{role}", value)
        g.case(name, op="", attrs={"f": function}, inputs=[f"x{k}" for k in range(len(xs))], outputs=1,
               wrt=list(range(len(xs))), tolerance=1e-12, second="no gradients of a TensorArray's gradient")
    v1.enable_control_flow_v2()
