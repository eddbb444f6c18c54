"""Names of the ops that Python differentiates: python scripts/golden/gradient_registry.py

Run with tensorflow-cpu 2.18.0 (2.21.0 gives the same names). Writes
tf/grad/testdata/registry.json: "versions" as goldenfile.py says, "gradients" the types of
all ops that have a gradient function in Python's registry, sorted, and "no_cpu_kernel"
those of them that no kernel computes on the CPU. Ops that are registered as not
differentiable are left out.
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
    from tensorflow.python.framework import kernels, ops

    from golden.goldenfile import versions

    registry = ops.gradient_registry
    names = sorted(n for n in registry.list() if registry.lookup(n) is not None)
    devices = {n: {k.device_type for k in kernels.get_registered_kernels_for_op(n).kernel} for n in names}
    no_cpu = [n for n in names if not devices[n] & {"CPU", "DEFAULT"}]
    path = SCRIPTS.parent / "tf" / "grad" / "testdata" / "registry.json"
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"versions": versions(), "gradients": names, "no_cpu_kernel": no_cpu}, f, indent=1)
        f.write("\n")
    print(f"{path}: {len(names)} ops, {len(no_cpu)} without a kernel, of {tf.__version__}")


if __name__ == "__main__":
    main()
