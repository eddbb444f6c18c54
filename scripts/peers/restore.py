"""Does Python restore the checkpoint that Go wrote? python restore.py PREFIX --want W.npz [--objects]

W.npz holds the values by their keys; with --objects the keys are paths of attributes from
the root, "a/b" for checkpoint.a.b. Each is a check of the printed report:

  reader   tf.train.load_checkpoint and tf.train.list_variables
  saver    tf.compat.v1.train.Saver into variables of these names (without --objects)
  objects  tf.train.Checkpoint(...).restore(PREFIX).assert_consumed() (with --objects)
"""

import argparse

import peer

VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("prefix")
    p.add_argument("--want", required=True)
    p.add_argument("--objects", action="store_true")
    return p.parse_args()


def main():
    args = arguments()
    import numpy as np
    import tensorflow as tf

    want = dict(np.load(args.want))

    def reader():
        r, end = tf.train.load_checkpoint(args.prefix), VALUE if args.objects else ""
        listed = dict(tf.train.list_variables(args.prefix))
        if missing := [k for k in want if list(want[k].shape) != listed.get(k + end)]:
            return f"list_variables lacks {missing}: {listed}"
        return peer.compare_all({k: r.get_tensor(k + end) for k in want}, want)

    def saver():
        v1 = tf.compat.v1
        with tf.Graph().as_default(), v1.Session() as session:
            variables = {k: v1.get_variable(k, initializer=np.zeros_like(w)) for k, w in want.items()}
            v1.train.Saver(variables).restore(session, args.prefix)
            return peer.compare_all({k: session.run(v) for k, v in variables.items()}, want)

    def objects():
        root, variables = tf.train.Checkpoint(), {}
        for key, value in want.items():
            *path, name = key.split("/")
            at = root
            for part in path:
                if not hasattr(at, part):
                    setattr(at, part, tf.Module())
                at = getattr(at, part)
            variables[key] = tf.Variable(np.zeros_like(value))
            setattr(at, name, variables[key])
        root.restore(args.prefix).assert_consumed()
        return peer.compare_all({k: v.numpy() for k, v in variables.items()}, want)

    checks = {"reader": reader, **({"objects": objects} if args.objects else {"saver": saver})}
    peer.report({name: peer.attempt(check) for name, check in checks.items()})


if __name__ == "__main__":
    main()
