"""What the checking peers share: the rule for equal numbers and the printed report."""

import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

TOLERANCE = {"float16": 1e-3, "float32": 1e-5, "float64": 1e-12}


def versions():
    import keras
    import tensorflow as tf

    return {"tensorflow": tf.__version__, "keras": keras.__version__}


def compare(got, want, tolerance=None):
    """None if |got-want| <= tolerance*(|want| + max|want|) for all, else what differs."""
    import numpy as np

    got, want = np.asarray(got), np.asarray(want)
    if got.shape != want.shape:
        return f"shape {list(got.shape)}, want {list(want.shape)}"
    if want.dtype.kind not in "fc":
        return None if np.array_equal(got, want) else "values differ"
    if got.dtype != want.dtype:
        return f"dtype {got.dtype}, want {want.dtype}"
    if want.size == 0:
        return None
    if tolerance is None:
        tolerance = TOLERANCE.get(want.dtype.name, 1e-5)
    with np.errstate(invalid="ignore"):
        far = np.abs(got - want) / (np.abs(want) + np.max(np.abs(want)) + np.finfo(want.dtype).tiny)
    far = np.where(got == want, 0, far)
    worst = np.unravel_index(np.argmax(np.where(np.isnan(far), np.inf, far)), far.shape)
    if far[worst] <= tolerance:
        return None
    return f"at {[int(i) for i in worst]}: {got[worst]}, want {want[worst]} (off by {far[worst]:.1e}, allowed {tolerance:.0e})"


def compare_all(got, want, tolerance=None):
    """compare over dicts of arrays: None or one line."""
    if set(got) != set(want):
        return f"outputs {sorted(got)}, want {sorted(want)}"
    bad = [f"{name}: {why}" for name in sorted(want) if (why := compare(got[name], want[name], tolerance))]
    return "; ".join(bad) or None


def report(checks, **more):
    """Prints the report and ends with 0 if all checks are right, else with 1.

    checks maps a name to None or to one line that says what is wrong.
    """
    ok = not any(checks.values())
    doc = {"ok": ok, **versions(), "checks": {k: v or "ok" for k, v in checks.items()}, **more}
    print(json.dumps(doc, indent=1))
    sys.exit(not ok)


def attempt(check, *args, **kwargs):
    """What check returns (None or a line); an exception becomes a line."""
    try:
        return check(*args, **kwargs)
    except Exception as e:  # whatever Python's loaders raise is the finding
        return f"{type(e).__name__}: {' '.join(str(e).split())[:500]}"
