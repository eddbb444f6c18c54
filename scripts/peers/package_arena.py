"""Measures what TensorFlow Lite Micro does with .tflite files, in tflite_micro.

Needs the Python of scripts/venv tflite.

  package_arena.py MODEL.tflite...
      a line of JSON for each model: what RecordingMicroAllocator counts and, for
      models of one operator, the size of that operator's kernel as
      tflite/metadata/micro/kernels.txt has it; "error" where it cannot load the model, "fails"
      where it cannot run it
  package_arena.py --run MODEL.tflite --arena BYTES --inputs FOLDER --want FOLDER [--tolerance T]
      runs the model in an arena of that size; inputs and outputs are 0.npy, 1.npy, ...
"""

import argparse
import json
import os
import re
import subprocess
import sys

import numpy as np
from tflite_micro.python.tflite_micro import runtime
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

OPERATORS = {v: k for k, v in vars(schema.BuiltinOperator).items() if isinstance(v, int)}
FIXED = 488  # of the interpreter, for one subgraph


def operators(data):
    model = schema.Model.GetRootAsModel(data, 0)
    graph = model.Subgraphs(0)
    names = []
    for i in range(graph.OperatorsLength()):
        code = model.OperatorCodes(graph.Operators(i).OpcodeIndex())
        names.append(OPERATORS[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())])
    return names


def measure(path):
    """Runs in a process of its own: tflite_micro ends it for some models."""
    with open(path, "rb") as f:
        data = f.read()
    interpreter = runtime.Interpreter.from_bytes(data, arena_size=max(10 * len(data), 32 << 20))
    interpreter.print_allocations()
    sys.stderr.flush()
    interpreter.invoke()


def report(path):
    done = subprocess.run([sys.executable, __file__, "--measure", path], capture_output=True, text=True, errors="replace")
    out = {"model": path}
    parts = 0
    for line in done.stderr.splitlines():
        if m := re.search(r"Arena allocation (total|head|tail) (\d+)", line):
            out[m[1]] = int(m[2])
        elif m := re.search(r"'(.*)' used (\d+) bytes .*requested (\d+) bytes", line):
            parts += int(m[2])
            if m[1] == "Persistent buffer data":
                out["buffers"] = int(m[3])
    if "total" not in out:
        return {"model": path, "error": (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[0]}
    if done.returncode:
        out["fails"] = " ".join(done.stderr.splitlines()[-1:]) or f"ended with {done.returncode}"
    with open(path, "rb") as f:
        names = operators(f.read())
    if len(names) == 1:
        out |= {"operator": names[0], "params": out["tail"] - parts - FIXED}
    return out


def arrays(folder):
    return [np.load(os.path.join(folder, f"{i}.npy")) for i in range(len(os.listdir(folder)))]


def run(args):
    inputs, want = arrays(args.inputs), arrays(args.want)
    interpreter = runtime.Interpreter.from_file(args.run, arena_size=args.arena)
    for i, value in enumerate(inputs):
        interpreter.set_input(value, i)
    interpreter.invoke()
    for name, right in enumerate(want):
        got = interpreter.get_output(name)
        if got.shape != right.shape or got.dtype != right.dtype:
            sys.exit(f"output {name}: {got.dtype} {got.shape}, want {right.dtype} {right.shape}")
        far = np.max(np.abs(got.astype("f8") - right.astype("f8"))) if got.size else 0
        if far > args.tolerance:
            sys.exit(f"output {name}: off by {far}, allowed {args.tolerance}")
    print("ok")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("models", nargs="*")
    parser.add_argument("--measure")
    parser.add_argument("--run")
    parser.add_argument("--arena", type=int)
    parser.add_argument("--inputs")
    parser.add_argument("--want")
    parser.add_argument("--tolerance", type=float, default=0)
    args = parser.parse_args()
    if args.measure:
        return measure(args.measure)
    if args.run:
        return run(args)
    for path in args.models:
        print(json.dumps(report(path)), flush=True)


if __name__ == "__main__":
    main()
