"""How NumPy prints arrays: python scripts/golden/print.py

Needs only numpy (2.0, as tensorflow-cpu 2.18.0 does). Writes cmd/gotf/internal/npprint/testdata/print.json:
"numpy" (the version) and cases "name" "dtype" "shape" "text" with "raw", base64 of the
little-endian values in C order, or "strings", a list of base64.
"""

import base64
import json
from pathlib import Path

import numpy as np

OUT = Path(__file__).resolve().parents[2] / "cmd/gotf/internal/npprint/testdata/print.json"


def b64(b):
    return base64.b64encode(b).decode()


def case(name, a):
    c = {"name": name, "dtype": a.dtype.name, "shape": list(a.shape), "text": str(a)}
    if a.dtype == object:
        c["dtype"], c["strings"] = "bytes", [b64(v) for v in a.ravel()]
    else:
        c["raw"] = b64(np.ascontiguousarray(a).tobytes())
    return c


def main():
    rng = np.random.default_rng(3)
    softmax = np.exp(rng.standard_normal((2, 10)))
    cases = [
        case("softmax", (softmax / softmax.sum(1, keepdims=True)).astype("float32")),
        case("wide range", np.array([[1e-9, 1], [12345, -2.5e-7]], "float32")),
        case("powers", np.array([1e-9, 1, -1e-5], "float32")),
        case("large", np.array([1e8, 1.5, -2], "float32")),
        case("ratio", np.array([1000.5, 1], "float32")),
        case("ratio over 1000", np.array([1001, 1], "float32")),
        case("whole", np.arange(6, dtype="float32").reshape(2, 3)),
        case("zeros", np.zeros(3, "float32")),
        case("negative zero", np.array([-0.0, 1.25], "float32")),
        case("special", np.array([np.nan, np.inf, -np.inf, 0.5], "float32")),
        case("infinite", np.array([np.inf, 1], "float32")),
        case("only nan", np.array([np.nan], "float32")),
        case("third", np.array([1 / 3, 2 / 3, 100], "float64")),
        case("pi", np.array([np.pi * 1e5, np.e], "float64")),
        case("half", np.array([0.1, 1 / 3, 65504], "float16")),
        case("lines", rng.standard_normal(40).astype("float32")),
        case("rank 3", rng.standard_normal((2, 3, 4)).astype("float32")),
        case("rank 4", np.arange(16, dtype="int64").reshape(2, 2, 2, 2)),
        case("edges", np.arange(2000, dtype="int32")),
        case("edges of rank 2", np.arange(4000, dtype="float32").reshape(40, 100) / 8),
        case("edges of one axis", np.arange(3000, dtype="int16").reshape(3, 1000)),
        case("int8", np.array([-128, 127, 0], "int8")),
        case("uint8", np.arange(100, dtype="uint8").reshape(4, 25)),
        case("int16", np.array([[-5], [300]], "int16")),
        case("uint16", np.array([65535, 1], "uint16")),
        case("uint32", np.array([4294967295], "uint32")),
        case("uint64", np.array([18446744073709551615, 0], "uint64")),
        case("bool", np.array([[True, False], [False, False]])),
        case("strings", np.array([[b"gotf", b""], ["Größe".encode(), b"a'b"]], object)),
        case("escapes", np.array([b"\\ \n \t \r \x00 \" '", b"only 'one'"], object)),
        case("complex", np.array([1 + 2j, -0.5 - 1.25j], "complex64")),
        case("complex wide", np.array([1e-9 + 20j, -3 - 1.5j], "complex128")),
        case("empty", np.zeros((0, 3), "float32")),
        case("scalar", np.array(0.1, "float32")),
        case("scalar whole", np.array(3, "float32")),
        case("scalar small", np.array(1.5e-7, "float32")),
        case("scalar double", np.array(1e17, "float64")),
        case("scalar int", np.array(-7, "int64")),
        case("scalar bool", np.array(True)),
        case("scalar half", np.array(0.1, "float16")),
    ]
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps({"numpy": np.__version__, "cases": cases}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
