"""Runs every .tflite below a folder: python tflite_models.py FOLDER --out DIR

Each model's main graph gets seeded inputs in Python's interpreter: LiteRT's where
ai_edge_litert is installed, else tf.lite's. DIR gets index.json, {"interpreter": name and version,
"models": [{"model": path, "error": text or null, "runs": [{"range": text, "inputs": [TENSOR],
"outputs": [TENSOR]}]}]}, TENSOR = {"name", "dtype", "shape", "file"}, and the values row-major in the
files (strings: UTF-8 lines). The runs follow each other in one interpreter; their floats are of
different ranges. Inputs of unknown shape keep the shape that the model has for them.
"""

import argparse
import importlib.metadata
import json
import pathlib

import peer  # noqa: F401  sets the environment
import numpy as np


RANGES = [(0, 1), (-1, 1), (0, 255)]


def interpreter():
    """The class, and its name and version."""
    try:
        from ai_edge_litert.interpreter import Interpreter

        return Interpreter, "LiteRT " + importlib.metadata.version("ai-edge-litert")
    except ImportError:
        import tensorflow as tf

        return tf.lite.Interpreter, "tf.lite " + tf.__version__


def sample(rng, detail, low, high):
    shape, dtype = tuple(detail["shape"]), np.dtype(detail["dtype"])
    if dtype.kind == "f":
        return rng.uniform(low, high, shape).astype(dtype)
    if dtype.kind == "c":
        return (rng.uniform(low, high, shape) + 1j * rng.uniform(low, high, shape)).astype(dtype)
    if dtype.kind in "OSU":
        return np.array(["one", "zwei", "три"], object)[rng.integers(0, 3, shape)].reshape(shape)
    if dtype.itemsize == 1 and dtype.kind != "b":
        i = np.iinfo(dtype)
        return rng.integers(i.min, i.max, shape, endpoint=True).astype(dtype)
    return rng.integers(0, 2, shape).astype(dtype)  # also as an index


def save(out, name, detail, value):
    dtype = np.dtype(detail["dtype"])
    if dtype.kind in "OSU":
        text = [v.decode() if isinstance(v, bytes) else str(v) for v in np.ravel(value)]
        (out / name).write_text("\n".join(text))
    else:
        (out / name).write_bytes(np.ascontiguousarray(value).tobytes())
    return {"name": detail["name"], "dtype": "string" if dtype.kind in "OSU" else dtype.name,
            "shape": list(np.shape(value)), "file": name}


def run(make, path, out, number):
    entry = {"model": str(path), "error": None, "runs": []}
    try:
        it = make(model_path=str(path), num_threads=1)
        it.allocate_tensors()
        for seed, (low, high) in enumerate(RANGES):
            rng = np.random.default_rng(7 + seed)
            one = {"range": f"seed {7 + seed}, floats from {low} to {high}", "inputs": [], "outputs": []}
            for k, d in enumerate(it.get_input_details()):
                x = sample(rng, d, low, high)
                it.set_tensor(d["index"], x)
                one["inputs"].append(save(out, f"{number}.{seed}.in{k}", d, x))
            it.invoke()
            for k, d in enumerate(it.get_output_details()):
                one["outputs"].append(save(out, f"{number}.{seed}.out{k}", d, it.get_tensor(d["index"])))
            entry["runs"].append(one)
    except (RuntimeError, ValueError) as e:
        entry["error"] = str(e)
    return entry


def main():
    p = argparse.ArgumentParser()
    p.add_argument("folder", type=pathlib.Path)
    p.add_argument("--out", type=pathlib.Path, required=True)
    args = p.parse_args()
    make, name = interpreter()
    args.out.mkdir(parents=True, exist_ok=True)
    entries = [run(make, f, args.out, i) for i, f in enumerate(sorted(args.folder.rglob("*.tflite")))]
    (args.out / "index.json").write_text(json.dumps({"interpreter": name, "models": entries}))
    failed = sum(e["error"] is not None for e in entries)
    print(json.dumps({"interpreter": name, "models": len(entries), "failed": failed}))


if __name__ == "__main__":
    main()
