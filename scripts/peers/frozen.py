"""Does Python run a frozen graph? python frozen.py FILE --inputs X.npz --want Y.npz

X.npz and Y.npz hold inputs and outputs by the names of their nodes. Each is a check of the
printed report:

  session   import into a graph, run in a session
  function  tf.compat.v1.wrap_function over the import, pruned to the outputs
"""

import argparse

import peer


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("file")
    p.add_argument("--inputs", required=True)
    p.add_argument("--want", required=True)
    return p.parse_args()


def main():
    args = arguments()
    import numpy as np
    import tensorflow as tf

    inputs, want = dict(np.load(args.inputs)), dict(np.load(args.want))
    graph_def = tf.compat.v1.GraphDef()
    with open(args.file, "rb") as f:
        graph_def.ParseFromString(f.read())

    def session():
        with tf.Graph().as_default(), tf.compat.v1.Session() as s:
            tf.import_graph_def(graph_def, name="")
            return peer.compare_all(s.run({k: k + ":0" for k in want}, {k + ":0": v for k, v in inputs.items()}), want)

    def function():
        whole = tf.compat.v1.wrap_function(lambda: tf.import_graph_def(graph_def, name=""), [])
        names = sorted(inputs)
        f = whole.prune([whole.graph.get_tensor_by_name(k + ":0") for k in names],
                        {k: whole.graph.get_tensor_by_name(k + ":0") for k in want})
        out = f(*[tf.constant(inputs[k]) for k in names])
        return peer.compare_all({k: v.numpy() for k, v in out.items()}, want)

    peer.report({"session": peer.attempt(session), "function": peer.attempt(function)})


if __name__ == "__main__":
    main()
