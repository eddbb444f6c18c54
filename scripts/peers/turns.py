"""The line protocol of the speed peers; README.md describes it."""

import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

# What the libraries print goes to stderr: stdout carries the answers.
_answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)


def set_threads(intra, inter=None):
    """Must come before TensorFlow runs its first op. 0 leaves TensorFlow's choice."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(intra)
    tf.config.threading.set_inter_op_parallelism_threads(intra if inter is None else inter)


def answer(**fields):
    print(json.dumps(fields), file=_answers, flush=True)


def serve(turn, unit, better, versions=None, **about):
    """Answers each line "turn" with one timed turn, until "quit" or the end of stdin.

    turn returns the value in unit and the seconds it took. versions are those of what
    is timed; None: TensorFlow and Keras.
    """
    if versions is None:
        import keras
        import tensorflow as tf

        versions = {"tensorflow": tf.__version__, "keras": keras.__version__}
    answer(ready=True, unit=unit, better=better, **versions, **about)
    for line in sys.stdin:
        word = line.strip()
        if word == "quit":
            return
        if word != "turn":
            answer(error=f"unknown line {word!r}: expected turn or quit")
            continue
        value, seconds = turn()
        answer(unit=unit, value=value, seconds=seconds)
