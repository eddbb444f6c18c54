"""Writes small TFRecord files to tf/tfrecord/testdata, and an event file of
each format of summaries to tf/summary/testdata.

    python scripts/golden/record_files.py

The records of {plain,gzip,zlib}.tfrecord are tf.train.Example messages with an
image of i bytes, a label i and, in every other one, two scores; those of
sequences.tfrecord are tf.train.SequenceExample messages.
"""

import os
import pathlib
import shutil
import tempfile

os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np
import tensorflow as tf

ROOT = pathlib.Path(__file__).parents[2]


def ints(*values):
    return tf.train.Feature(int64_list=tf.train.Int64List(value=values))


def floats(*values):
    return tf.train.Feature(float_list=tf.train.FloatList(value=values))


def strings(*values):
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))


def example(i):
    feature = {"image": strings(bytes(range(i))), "label": ints(i)}
    if i % 2:
        feature["scores"] = floats(i / 2, -i)
    return tf.train.Example(features=tf.train.Features(feature=feature))


def sequence(i):
    return tf.train.SequenceExample(
        context=tf.train.Features(feature={"id": ints(i)}),
        feature_lists=tf.train.FeatureLists(
            feature_list={"tokens": tf.train.FeatureList(feature=[ints(k) for k in range(i + 1)])}
        ),
    )


def records(folder):
    folder.mkdir(exist_ok=True)
    for name, kind in ("plain", ""), ("gzip", "GZIP"), ("zlib", "ZLIB"):
        with tf.io.TFRecordWriter(str(folder / f"{name}.tfrecord"), kind) as w:
            for i in range(20):
                w.write(example(i).SerializeToString(deterministic=True))
    with tf.io.TFRecordWriter(str(folder / "sequences.tfrecord")) as w:
        for i in range(5):
            w.write(sequence(i).SerializeToString(deterministic=True))


def events(folder):
    folder.mkdir(exist_ok=True)
    for name, write in ("v2", events_v2), ("v1", events_v1):
        with tempfile.TemporaryDirectory() as tmp:
            write(tmp)
            (file,) = pathlib.Path(tmp).iterdir()
            shutil.copy(file, folder / f"{name}.tfevents")


def events_v2(tmp):
    with tf.summary.create_file_writer(tmp).as_default():
        for step in range(5):
            tf.summary.scalar("loss", 1 / (step + 1), step=step)
            tf.summary.scalar("epoch/accuracy", step / 4, step=10 * step, description="of the validation set")
        tf.summary.histogram("weights", np.linspace(-1, 1, 100), step=4)
        tf.summary.image("picture", np.zeros([2, 4, 5, 3], np.uint8), step=4)
        tf.summary.text("note", "a *word*", step=4)
        tf.summary.write("own", np.arange(6, dtype=np.float32).reshape(2, 3), step=3)


def events_v1(tmp):
    with tf.Graph().as_default(), tf.compat.v1.summary.FileWriter(tmp) as w:
        for step in range(3):
            w.add_summary(tf.compat.v1.Summary(value=[{"tag": "loss", "simple_value": 0.5 * step}]), step)
        histogram = tf.compat.v1.summary.histogram("weights", tf.linspace(-1.0, 1.0, 100))
        picture = tf.compat.v1.summary.image("picture", tf.zeros([1, 4, 5, 3], tf.uint8))
        with tf.compat.v1.Session() as s:
            w.add_summary(s.run(histogram), 2)
            w.add_summary(s.run(picture), 2)
        w.add_graph(tf.compat.v1.get_default_graph())


if __name__ == "__main__":
    records(ROOT / "tf/tfrecord/testdata")
    events(ROOT / "tf/summary/testdata")
