"""Writes golden values in the form that Go's internal/golden reads.

A set of golden values is two files (the first alone where there are no arrays):

  NAME.json            {"versions": {"tensorflow": ..., "keras": ..., "python": ...},
                        "seed": N, "cases": [{"name": CASE, ...}, ...]}
  NAME.safetensors.gz  the arrays, named CASE/ROLE, gzip'd: 8 bytes little-endian
                       header length, a JSON header {name: {"dtype": "F32",
                       "shape": [..], "data_offsets": [from, to]}}, the raw values

Which roles there are stands at the top of each script. Both files come out the same
byte for byte when the script runs again on the same versions and processor.
"""

import gzip
import json
import os
import platform
import struct

import numpy as np

DTYPES = {"f": "F", "i": "I", "u": "U"}


def versions():
    import keras
    import tensorflow as tf

    return {
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "python": platform.python_version(),
    }


def one_thread():
    """Sums are added in one order, so that a script gives the same bytes twice."""
    import tensorflow as tf

    for threads in (tf.config.threading.set_intra_op_parallelism_threads,
                    tf.config.threading.set_inter_op_parallelism_threads):
        try:
            threads(1)
        except RuntimeError:  # the runtime runs already, on one thread since the first Golden
            pass


class Golden:
    """Collects cases and arrays, then writes the two files."""

    def __init__(self, seed):
        one_thread()
        self.seed = seed
        self.rng = np.random.default_rng(seed)
        self.cases = []
        self.arrays = {}

    def normal(self, *shape, dtype="float32"):
        return self.rng.standard_normal(shape).astype(dtype)

    def put(self, name, value):
        if name in self.arrays:
            raise ValueError(f"array {name} was put twice")
        self.arrays[name] = np.ascontiguousarray(value)
        if np.ndim(value) == 0:  # ascontiguousarray makes vectors of scalars
            self.arrays[name] = np.asarray(value)
        return self.arrays[name]

    def case(self, name, **fields):
        if any(c["name"] == name for c in self.cases):
            raise ValueError(f"case {name} exists already")
        self.cases.append({"name": name, **fields})

    def save(self, path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        doc = {"versions": versions(), "seed": self.seed, "cases": self.cases}
        with open(path + ".json", "w", encoding="utf-8") as f:
            json.dump(doc, f, indent=1, ensure_ascii=False)
            f.write("\n")
        size = os.path.getsize(path + ".json")
        if self.arrays:
            with open(path + ".safetensors.gz", "wb") as f:
                with gzip.GzipFile(filename="", mode="wb", fileobj=f, compresslevel=9, mtime=0) as z:
                    z.write(self._safetensors())
            size += os.path.getsize(path + ".safetensors.gz")
        print(f"{path}: {len(self.cases)} cases, {len(self.arrays)} arrays, {size} bytes")

    def _safetensors(self):
        header, data, at = {}, [], 0
        for name, a in self.arrays.items():
            raw = a.tobytes()
            header[name] = {
                "dtype": _dtype(a.dtype),
                "shape": list(a.shape),
                "data_offsets": [at, at + len(raw)],
            }
            data.append(raw)
            at += len(raw)
        text = json.dumps(header, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 8)
        return struct.pack("<Q", len(text)) + text + b"".join(data)


def _dtype(dtype):
    if dtype == np.bool_:
        return "BOOL"
    if dtype.kind not in DTYPES:
        raise ValueError(f"dtype {dtype} has no name in safetensors")
    return f"{DTYPES[dtype.kind]}{dtype.itemsize * 8}"
