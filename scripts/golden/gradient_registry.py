"""Names of the ops that Python differentiates: python scripts/golden/gradient_registry.py

Run with tensorflow-cpu 2.18.0 (2.21.0 gives the same names). Writes
tf/grad/testdata/registry.json: "versions" as goldenfile.py says, "gradients" the types of
all ops that have a gradient function in Python's registry, sorted. Ops that are registered
as not differentiable are left out.
"""

import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
SCRIPTS = Path(__file__).resolve().parents[1]
sys.path[0] = str(SCRIPTS)


def main():
    import tensorflow as tf  # registers the gradients
    from tensorflow.python.framework import ops

    from golden.goldenfile import versions

    registry = ops.gradient_registry
    names = sorted(n for n in registry.list() if registry.lookup(n) is not None)
    path = SCRIPTS.parent / "tf" / "grad" / "testdata" / "registry.json"
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"versions": versions(), "gradients": names}, f, indent=1)
        f.write("\n")
    print(f"{path}: {len(names)} ops of {tf.__version__}")


if __name__ == "__main__":
    main()
