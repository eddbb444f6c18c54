"""Reads a folder of event files and a profile that tf/summary and tf wrote, with
TensorFlow's and TensorBoard's own readers.

usage: events.py FOLDER
"""

import glob
import gzip
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
from tensorflow.core.framework import graph_pb2
from tensorflow.core.protobuf import config_pb2


def events(folder):
    [path] = glob.glob(os.path.join(folder, "events.out.tfevents.*"))
    graphs, metadata = [], {}
    for event in tf.compat.v1.train.summary_iterator(path):
        if event.HasField("graph_def"):
            graphs.append(graph_pb2.GraphDef.FromString(event.graph_def))
        if event.HasField("tagged_run_metadata"):
            tagged = event.tagged_run_metadata
            metadata[tagged.tag, event.step] = config_pb2.RunMetadata.FromString(tagged.run_metadata)
    [graph] = graphs
    assert [n.op for n in graph.node if n.name == "y"] == ["MatMul"], graph
    [function] = graph.library.function
    assert [n.op for n in function.node_def if n.name == "inner"] == ["Exp"], function
    with tf.Graph().as_default():
        tf.import_graph_def(graph, name="")
    names = {n.node_name for d in metadata["step 7", 7].step_stats.dev_stats for n in d.node_stats}
    assert "y" in names, names


def board(folder):
    """TensorBoard's reader, which comes with TensorFlow up to 2.20."""
    try:
        from tensorboard.backend.event_processing import event_accumulator
    except ImportError:
        return
    shown = event_accumulator.EventAccumulator(folder)
    shown.Reload()
    assert shown.Tags()["graph"] and shown.Tags()["run_metadata"] == ["step 7"], shown.Tags()
    assert any(n.name == "y" for n in shown.Graph().node)
    assert shown.RunMetadata("step 7").step_stats.dev_stats


def xplane_pb2():
    """The module, whose place differs by version."""
    try:
        from tensorflow.tsl.profiler.protobuf import xplane_pb2
    except ImportError:
        from tensorflow.core.profiler.protobuf import xplane_pb2
    return xplane_pb2


def profile(folder):
    [run] = glob.glob(os.path.join(folder, "plugins", "profile", "*"))
    [path] = glob.glob(os.path.join(run, "*.xplane.pb"))
    with open(path, "rb") as f:
        space = xplane_pb2().XSpace.FromString(f.read())
    ops = {}
    for plane in space.planes:
        for line in plane.lines:
            for event in line.events:
                [stat] = event.stats
                assert plane.stat_metadata[stat.metadata_id].name == "tf_op"
                ops[stat.str_value.split(":")[0]] = plane.name, event.duration_ps
    assert ops["y"][0] == "/host:CPU" and ops["y"][1] > 0, ops
    [path] = glob.glob(os.path.join(run, "*.trace.json.gz"))
    with gzip.open(path) as f:
        assert {e["args"]["name"] for e in json.load(f)["traceEvents"]} > {"y"}
    return space, path


def tool(run):
    """What the profile plugin shows, made by TensorFlow's own converter."""
    try:
        from tensorflow.python.profiler.internal._pywrap_profiler_plugin import xspace_to_tools_data as convert
    except ImportError:
        from tensorflow.python.profiler.internal._pywrap_profiler import xspace_to_tools_data as convert
    [path] = glob.glob(os.path.join(run, "plugins", "profile", "*", "*.xplane.pb"))
    data, ok = convert([path], "trace_viewer")
    assert ok and b"y:" in data, (ok, data[:500])


folder = sys.argv[1]
events(folder)
board(folder)
profile(folder)
tool(folder)
print("read", folder)
