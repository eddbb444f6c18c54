"""Checkpoints that Python wrote: python scripts/golden/checkpoints.py

Run with tensorflow-cpu 2.18.0 and keras 3.15.1. Writes into tf/bundle/testdata:

  types       every element type that a checkpoint can hold, by raw_ops.SaveV2
  bare/       a prefix that is a folder: files ".index" and ".data-00000-of-00001"
  object/     tf.train.CheckpointManager over a Keras model and its optimizer, ckpt-2 and ckpt-3
  saver       TensorFlow 1's Saver, in two files of values, with partitioned variables
  old         the same in the older format of a single file
  old-sharded the same in the older format, in several files

and values.json: a case for each, with "prefix" and "values" [{"name", "dtype", "shape",
"sha256" of the bytes, or "strings" in base64}] as Python's reader gives them, and for
object "objects" [[name of a variable, key]].
"""

import base64
import hashlib
import os
import shutil
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
SCRIPTS = Path(__file__).resolve().parents[1]
sys.path[0] = str(SCRIPTS)

import keras
import numpy as np
import tensorflow as tf
from golden.goldenfile import Golden
from tensorflow.core.protobuf import saver_pb2
from tensorflow.core.protobuf import trackable_object_graph_pb2

OUT = SCRIPTS.parent / "tf" / "bundle" / "testdata"
SEED = 5
GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"


def main():
    g = Golden(SEED)
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    os.chdir(OUT)
    save("types", types(g))
    record(g, "types", "types")
    os.mkdir("bare")
    save("bare/", {"w": g.normal(2, 3), "s": np.array("text", object)})
    record(g, "bare", "bare/")
    make_object(g)
    old = saver_pb2.SaverDef.V1
    make_saver("saver", sharded=True, devices=["/cpu:0", "/cpu:1"])
    record(g, "saver", "saver")
    make_saver("old", write_version=old)
    record(g, "old", "old")
    make_saver("old-sharded", write_version=old, sharded=True, devices=["/cpu:0", "/cpu:1"])
    record(g, "old-sharded", "old-sharded-?????-of-?????")
    for f in OUT.glob("checkpoint"):
        f.unlink()
    g.save(str(OUT / "values"))


def types(g):
    out = {}
    for name in ("float32", "float64", "float16", "bfloat16", "float8_e5m2", "float8_e4m3fn"):
        out[name] = tf.cast(tf.constant(g.normal(2, 3)), tf.dtypes.as_dtype(name))
    for name in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"):
        out[name] = g.rng.integers(0, 100, (5,)).astype(name)
    for name in ("int4", "uint4"):
        out[name] = tf.cast(tf.constant([1, 2, 7], tf.int8), tf.dtypes.as_dtype(name))
    for name in ("qint8", "quint8", "qint32"):
        out[name] = tf.bitcast(tf.constant([1, 2, 3], {"qint8": "int8", "quint8": "uint8", "qint32": "int32"}[name]),
                               tf.dtypes.as_dtype(name))
    out["complex64"] = (g.normal(3) + 1j * g.normal(3)).astype("complex64")
    out["complex128"] = g.normal(2, dtype="float64") - 2j
    out["bool"] = np.array([[True, False], [False, True]])
    out["scalar"] = np.float32(2.5)
    out["empty"] = np.zeros((0, 4), "float32")
    out["strings"] = np.array([["", "Größe"], ["a\0b", "x" * 300]], object)
    out["string"] = np.array(b"\xff\x00\xfe", object)
    out["no strings"] = np.array([], object)
    for i in range(40):  # keys with long common beginnings, more than a restart of the index
        out[f"layer/with/a/long/name/{i}/kernel"] = np.int32(i)
    return out


def save(prefix, values):
    names = sorted(values, key=str.encode)
    tf.raw_ops.SaveV2(prefix=prefix, tensor_names=names, shape_and_slices=[""] * len(names),
                      tensors=[tf.convert_to_tensor(values[n]) for n in names])


def make_object(g):
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(4, activation="relu"),
                              keras.layers.BatchNormalization(), keras.layers.Dense(2)])
    model.compile(keras.optimizers.Adam(1e-2), "mse")
    checkpoint = tf.train.Checkpoint(model=model, optimizer=model.optimizer, step=tf.Variable(0, dtype=tf.int64))
    manager = tf.train.CheckpointManager(checkpoint, "object", max_to_keep=2)
    x, y = g.normal(8, 3), g.normal(8, 2)
    for _ in range(3):
        model.fit(x, y, verbose=0)
        checkpoint.step.assign_add(1)
        manager.save()
    graph = trackable_object_graph_pb2.TrackableObjectGraph()
    graph.ParseFromString(tf.train.load_checkpoint("object").get_tensor(GRAPH))
    keys = [[a.full_name, a.checkpoint_key] for n in graph.nodes for a in n.attributes]
    record(g, "object", "object/ckpt-3", objects=keys)


def make_saver(prefix, devices=("/cpu:0",), **options):
    v1 = tf.compat.v1
    with tf.Graph().as_default():
        v1.set_random_seed(SEED)
        with v1.device(devices[0]):
            v1.get_variable("rows", (5, 3), partitioner=v1.fixed_size_partitioner(2, axis=0))
            v1.get_variable("columns", (2, 3, 4), partitioner=v1.fixed_size_partitioner(3, axis=1))
        with v1.device(devices[-1]):
            v1.get_variable("whole", (2, 2), use_resource=True)
            for name in ("int32", "int64", "float64", "bool", "uint8", "int16", "float16", "complex64"):
                v1.get_variable("of_" + name, initializer=np.array([0, 1, 1], name))
            v1.get_variable("minus", initializer=tf.constant([-1, -128, 127], "int8"))
            v1.get_variable("words", initializer=tf.constant(["a", "", "long" * 20]))
        with v1.Session(config=v1.ConfigProto(device_count={"CPU": len(devices)})) as sess:
            sess.run(v1.global_variables_initializer())
            v1.train.Saver(**options).save(sess, prefix, write_meta_graph=False)


def record(g, name, prefix, **fields):
    reader = tf.compat.v1.train.NewCheckpointReader(prefix)
    shapes, types = reader.get_variable_to_shape_map(), reader.get_variable_to_dtype_map()
    values = []
    for key in sorted(shapes, key=lambda k: k.encode()):
        value = tf.raw_ops.RestoreV2(prefix=prefix, tensor_names=[key], shape_and_slices=[""], dtypes=[types[key]])[0].numpy()
        entry = {"name": key, "dtype": types[key].name, "shape": shapes[key]}
        if types[key] == tf.string:
            value = np.asarray(value, object)
            items = [s if isinstance(s, bytes) else str(s).encode() for s in value.ravel().tolist()]
            entry["strings"] = [base64.b64encode(s).decode() for s in items]
        else:
            entry["sha256"] = hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
        values.append(entry)
    g.case(name, prefix=prefix.removesuffix("-?????-of-?????"), values=values, **fields)


if __name__ == "__main__":
    main()
