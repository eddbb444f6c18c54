"""SavedModels and what saved_model_cli says of them, for savedmodel/listing and gotf show.

usage: show.py [OUT]      (TensorFlow 2.21)

OUT, savedmodel/listing/testdata unless given, gets a folder for each model with its
saved_model.pb (no variables: nothing reads them here) and, beside it, MODEL.json: the
text that each command line printed. Two things that Python leaves in any order are
sorted: the set of operations, and the keys of dicts in arguments.
"""

import collections
import json
import os
import re
import shutil
import sys
import tempfile
import traceback

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[0] = os.path.dirname(HERE)  # beside this file stands another keras
OUT = os.path.join(HERE, "..", "..", "savedmodel", "listing", "testdata")

# ---------------------------------------------------------------- models


def arguments(tf):
    """Functions whose arguments are all that a function can be traced with."""

    Pair = collections.namedtuple("Pair", ["left", "right"])
    spec = tf.TensorSpec

    class Arguments(tf.Module):
        @tf.function
        def literals(self, x, scale=2.5, flag=True, name="it's", none=None, count=-3, tiny=1e-7, big=1e22):
            return x * scale if flag else x

        @tf.function
        def nested(self, xs, opts, pair):
            return xs[0] + opts["b"] + pair.left + pair.right[0]

        @tf.function
        def lists(self, x, empty, words, mixed):
            return x + mixed[0]

        @tf.function
        def named(self, x, *rest, key, other=None, **more):
            return x + key + more["more"]

        @tf.function
        def many(self, x):
            y = x
            for _ in range(2):
                y = y + tf.cast(tf.shape(y)[0] if y.shape.rank else 1, y.dtype)
            return y

        @tf.function(input_signature=[])
        def nothing(self):
            return tf.constant(1.0)

        @tf.function
        def untraced(self, x):
            return x

    m = Arguments()
    f32 = tf.float32
    m.literals.get_concrete_function(spec([None, 3], f32))
    m.literals.get_concrete_function(spec([], f32), 1.0, False, 'say "hi"', count=7)
    m.literals.get_concrete_function(spec(None, f32, "any"), 1e-5, name="both ' and \"")
    m.nested.get_concrete_function([spec([2], f32), spec([2], f32)], {"b": spec([2], f32), "a": {"z": 1, "y": ["q", None]}},
                                   Pair(spec([2], f32), (spec([2], f32), "r")))
    m.lists.get_concrete_function(spec([1], f32), [], ["a", "b'c", "new\nline"], (1.5, ("x", [True, None]), {"k": "v"}))
    m.named.get_concrete_function(spec([2], f32), 1, "two", key=spec([2], f32, "key"), more=spec([2], f32), last="z")
    for n in range(1, 24):  # enough that their numbers get another digit
        m.many.get_concrete_function(spec([n], f32 if n % 3 else tf.int32))
    m.many.get_concrete_function(spec(None, tf.float64))
    return m, {}


def specs(tf):
    """Arguments that are no plain tensors."""

    class Pixel(tf.experimental.ExtensionType):
        __name__ = "gotf.Pixel"
        rgb: tf.Tensor
        label: str

    class Specs(tf.Module):
        def __init__(self):
            self.v = tf.Variable([1.0, 2.0])

        @tf.function
        def one(self, x):
            return tf.constant(0)

    m = Specs()
    f32 = tf.float32
    for s in [tf.RaggedTensorSpec([None, None], f32), tf.RaggedTensorSpec([2, None, None, 3], tf.string, 2, tf.int32),
              tf.SparseTensorSpec([None, 4], tf.int64), tf.SparseTensorSpec(None, f32),
              tf.IndexedSlicesSpec([None, 2], f32), tf.TensorArraySpec([3], f32), tf.OptionalSpec(tf.TensorSpec([], f32)),
              tf.data.DatasetSpec({"a": tf.TensorSpec([None], tf.string), "b": (tf.TensorSpec([], tf.int64),)})]:
        m.one.get_concrete_function(s)
    m.one.get_concrete_function(m.v)
    m.one.get_concrete_function([tf.RaggedTensorSpec([None, None], f32), tf.SparseTensorSpec([2], tf.bool)])
    m.one.get_concrete_function(Pixel(tf.constant([1.0, 2.0, 3.0]), "a"))
    for dtype in ["float16", "bfloat16", "complex64", "complex128", "bool", "uint8", "int16", "uint64", "string", "qint8", "variant", "resource"]:
        m.one.get_concrete_function(tf.TensorSpec([], dtype, name=dtype))
    return m, {}


def signatures(tf):
    """Several signatures, text, unknown ranks, scalars, an asset, a loop that prints."""

    class Signatures(tf.Module):
        def __init__(self, asset):
            self.table = tf.lookup.StaticHashTable(tf.lookup.TextFileInitializer(
                asset, tf.string, tf.lookup.TextFileIndex.WHOLE_LINE, tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER), -1)
            self.weight = tf.Variable(2.0)
            self.child = tf.Module()
            self.child.inner = tf.function(lambda x: x, input_signature=[tf.TensorSpec([2])])
            self.bare = tf.function(lambda a, b: a + b).get_concrete_function(tf.TensorSpec([2]), tf.TensorSpec([2], name="the b"))

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "words")])
        def lookup(self, words):
            return {"index": self.table.lookup(words), "words": tf.strings.upper(words)}

        @tf.function(input_signature=[tf.TensorSpec(None, tf.float32), tf.TensorSpec([], tf.int64, "n")])
        def scale(self, x, n):
            while n > 0:
                tf.print("left", n)
                x, n = x * self.weight, n - 1
            return {"y": x}

    with open("words.txt", "w") as f:  # its path stands in the model
        f.write("one\ntwo\n")
    m = Signatures(f.name)
    return m, {"lookup": m.lookup, "serving_default": m.scale, "größe": m.scale}


def empty(tf):
    return tf.Module(), {}


def custom_gradient(tf):
    """Functions with registered gradients, and one that calls others."""

    @tf.custom_gradient
    def cube(x):
        return x * x * x, lambda dy: 3.0 * dy * x * x

    class Gradients(tf.Module):
        @tf.function
        def f(self, x):
            return tf.cond(tf.reduce_sum(x) > 0, lambda: cube(x), lambda: -x)

        @tf.function
        def g(self, x):
            return self.f(x) + tf.reduce_sum(tf.map_fn(lambda v: v * 2.0, x))

    m = Gradients()
    for n in [3, None, 5, 4]:
        m.f.get_concrete_function(tf.TensorSpec([n]))
        m.g.get_concrete_function(tf.TensorSpec([n]))
    return m, {}


def keras3(tf):
    import keras

    keras.utils.set_random_seed(1)
    a, b = keras.Input((3,), name="a"), keras.Input((None, 2), name="b")
    y = keras.layers.Concatenate()([keras.layers.Dense(2)(a), keras.layers.GlobalMaxPooling1D()(b)])
    return keras.Model([a, b], [keras.layers.Dense(1, name="out")(y), y]), None


def tf1(tf, path):
    """What a TensorFlow 1 program writes: two tag sets, several signatures."""
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as s:
        x = v1.placeholder(tf.float32, [None, 2], "x")
        sparse = v1.sparse_placeholder(tf.float32, [None, 5], name="sparse")
        w = v1.get_variable("w", [2, 1], use_resource=False)
        y = tf.matmul(x, w, name="y")
        text = v1.placeholder(tf.string, name="text")
        s.run(v1.global_variables_initializer())
        info = v1.saved_model.build_tensor_info
        sign = v1.saved_model.build_signature_def
        one = sign({"x": info(x)}, {"y": info(y)}, "tensorflow/serving/predict")
        two = sign({"x": info(x), "s": info(sparse), "text": info(text)}, {"scores": info(tf.squeeze(y))}, "tensorflow/serving/regress")
        b = v1.saved_model.Builder(path)
        b.add_meta_graph_and_variables(s, ["serve"], {"serving_default": one, "other": two})
        b.add_meta_graph(["serve", "gpu"], {"it's": one})
        b.add_meta_graph([], {})
        b.save()


def unknown_op(tf, path):
    """An operation that TensorFlow does not know, in a function."""
    edit(tf, path, "empty", lambda m: m.meta_graphs[0].graph_def.library.function[0].node_def.add(name="own", op="MyOwnOp"))


def two_graphs(tf, path):
    """Two parts, one of which has objects."""

    def change(m):
        m.meta_graphs.add().CopyFrom(m.meta_graphs[0])
        m.meta_graphs[1].meta_info_def.tags.append("train")
        m.meta_graphs[1].ClearField("object_graph_def")

    edit(tf, path, "empty", change)


def edit(tf, path, other, change):
    from tensorflow.core.protobuf import saved_model_pb2

    with open(os.path.join(os.path.dirname(path), other, "saved_model.pb"), "rb") as f:
        m = saved_model_pb2.SavedModel.FromString(f.read())
    change(m)
    os.makedirs(path)
    with open(os.path.join(path, "saved_model.pb"), "wb") as f:
        f.write(m.SerializeToString(deterministic=True))


def text(tf, path):
    """A SavedModel stored as text."""
    from google.protobuf import text_format
    from tensorflow.core.protobuf import saved_model_pb2

    with open(os.path.join(os.path.dirname(path), "empty", "saved_model.pb"), "rb") as f:
        m = saved_model_pb2.SavedModel.FromString(f.read())
    os.makedirs(path)
    with open(os.path.join(path, "saved_model.pbtxt"), "w") as f:
        f.write(text_format.MessageToString(m))


MODULES = [arguments, specs, signatures, empty, custom_gradient, keras3]
FOLDERS = [tf1, unknown_op, two_graphs, text]


def make(out, work):
    import tensorflow as tf

    os.chdir(work)
    for make_one in MODULES:
        path = os.path.join(out, make_one.__name__)
        model, signs = make_one(tf)
        if signs is None:
            model.export(path, verbose=False)
        else:
            tf.saved_model.save(model, path, signatures=signs)
    for make_one in FOLDERS:
        make_one(tf, os.path.join(out, make_one.__name__))


# ---------------------------------------------------------------- text

COMMANDS = {
    "show": [],
    "show_all": ["--all"],
    "show_list_ops": ["--list_ops"],
    "show_tag_set": ["--tag_set", "serve"],
    "show_ops": ["--tag_set", "serve", "--list_ops"],
    "show_signature": ["--tag_set", "serve", "--signature_def", "serving_default"],
    "scan": [],
    "scan_ops": ["--op_denylist", "NoOp, Const,MatMul"],
    "scan_tag_set": ["--tag_set", "serve", "--op_denylist", "SomeOp"],
}


def forked(work, quiet=True):
    """What work prints, in a process of its own: load names functions by a counter."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        os.dup2(write, 1)
        if quiet:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            work()
        except BaseException as e:  # the words of an error are gotf's own
            print("error:", type(e).__name__)
            if not quiet:
                traceback.print_exc()
        sys.stdout.flush()
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as f:
        data = f.read()
    os.waitpid(pid, 0)
    return data.decode()


def command(name, path):
    def work():
        from absl import flags
        from tensorflow.python.tools import saved_model_cli

        flags.FLAGS(["saved_model_cli", "--dir", path] + COMMANDS[name])
        getattr(saved_model_cli, name.split("_")[0])()

    return work


def sort_ops(text):
    def ops(m):
        return m.group(1) + "{" + ", ".join(sorted(m.group(2).split(", "))) + "}"

    return re.sub(r"(ops: )\{(.*)\}", ops, text)


def sort_dicts():
    from tensorflow.python.saved_model import nested_structure_coder as coder

    coder._DictCodec.do_decode = lambda self, value, decode: {
        k: decode(v) for k, v in sorted(value.dict_value.fields.items())}


def record(path, name, to):
    texts = {c: sort_ops(forked(command(c, path))) for c in COMMANDS}
    with open(os.path.join(to, name + ".json"), "w") as f:
        json.dump({"tensorflow": tf_version(), "text": texts}, f, indent=1, ensure_ascii=False, sort_keys=True)
        f.write("\n")


def tf_version():
    import tensorflow as tf

    return tf.__version__


def main(args):
    out = os.path.abspath(args[0] if args else OUT)
    with tempfile.TemporaryDirectory() as tmp, tempfile.TemporaryDirectory() as work:
        forked(lambda: make(tmp, work), quiet=False)
        names = sorted(os.listdir(tmp))
        if len(names) != len(MODULES) + len(FOLDERS):
            sys.exit(f"only {names} could be made")
        import tensorflow.python.tools.saved_model_cli  # noqa: F401

        sort_dicts()
        os.makedirs(out, exist_ok=True)
        for name in names:
            shutil.rmtree(os.path.join(out, name), ignore_errors=True)
            os.makedirs(os.path.join(out, name))
            for file in os.listdir(os.path.join(tmp, name)):
                if file.startswith("saved_model.pb"):
                    shutil.copyfile(os.path.join(tmp, name, file), os.path.join(out, name, file))
            record(os.path.join(out, name), name, out)


if __name__ == "__main__":
    main(sys.argv[1:])
