#!/usr/bin/env python3
"""Writes internal/npy/testdata: arrays as NumPy stores them, and what they hold.

Needs numpy and ml_dtypes. Run from the repository's root:

    python3 scripts/golden/npy.py

expected.json records the versions and, per file, dtype, shape and values:
"raw" is base64 of the little-endian values in C order, "strings" a list of
base64 (text in UTF-8). "same" marks files that gotf must write byte for byte.
"""

import base64
import io
import json
import pickle
import sys
from pathlib import Path

import ml_dtypes
import numpy as np
from numpy.lib import format as npformat

OUT = Path(__file__).resolve().parents[2] / "internal" / "npy" / "testdata"
cases = []


def b64(b):
    return base64.b64encode(b).decode()


def expect(file, a, same=False):
    """Records what reading file must give."""
    case = {"file": file, "shape": list(a.shape), "same": same}
    if a.dtype.kind in "SUO":
        case["dtype"] = "bytes"
        values = [v.encode() if isinstance(v, str) else bytes(v) for v in a.ravel().tolist()]
        case["strings"] = [b64(v) for v in values]
    else:
        case["dtype"] = a.dtype.name
        case["raw"] = b64(np.ascontiguousarray(a).astype(a.dtype.newbyteorder("<")).tobytes())
    cases.append(case)


def save(name, a, version=None, same=False):
    b = io.BytesIO()
    if version:
        npformat.write_array(b, a, version=version)
    else:
        np.save(b, a)
    (OUT / (name + ".npy")).write_bytes(b.getvalue())
    expect(name + ".npy", a, same)


def numbers():
    grid = np.arange(-12, 12).reshape(2, 3, 4)
    for t in "int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128".split():
        a = grid.astype(t)
        if a.dtype.kind == "c":
            a = a + a[::-1] * 1j
            a = a.astype(t)
        save(t, a, same=True)
        if a.dtype.itemsize > 1:
            save(t + "_big", a.astype(a.dtype.newbyteorder(">")))
    save("bool", grid % 3 == 0, same=True)
    save("bfloat16", grid.astype(ml_dtypes.bfloat16), same=True)
    save("bfloat16_fortran", np.asfortranarray(grid.astype(ml_dtypes.bfloat16)))
    save("fortran", np.asfortranarray(grid.astype("f4")))
    save("fortran_big", np.asfortranarray(grid.astype(">i2")))
    save("scalar", np.array(2.5, "f4"), same=True)
    save("empty", np.zeros((0, 3), "f4"), same=True)
    save("vector", np.array([np.nan, np.inf, -0.0, 1e-40], "f4"), same=True)
    save("wide", np.zeros((1,) * 64, "i1"), same=True)
    save("version2", grid.astype("i4"), version=(2, 0))
    save("version3", grid.astype("i4"), version=(3, 0))


def texts():
    save("s", np.array([[b"a", b"bc", b""], [b"\xff\x00x", b" ", b"abcd"]]), same=True)
    save("s_scalar", np.array(b"one"), same=True)
    save("s_empty", np.zeros((0,), "S1"), same=True)
    save("s_fortran", np.asfortranarray(np.array([[b"a", b"bc"], [b"d", b"efg"]])))
    words = np.array([["é", "a\0b"], ["", "日本🙂"]])
    save("u", words)
    save("u_big", words.astype(words.dtype.newbyteorder(">")))
    save("u_fortran", np.asfortranarray(words))


def objects():
    mixed = np.array([[b"a\xff\0", "é"], [b"x" * 300, ""]], dtype=object)
    save("o", mixed)
    save("o_fortran", np.asfortranarray(mixed))
    save("o_scalar", np.array(b"alone", dtype=object))
    save("o_empty", np.zeros((2, 0), dtype=object))
    save("o_long", np.array([b"w%d" % (i % 300) for i in range(1200)] + [b"same"] * 10, dtype=object))
    save("o_scalars", np.array([np.bytes_(b"ab"), np.str_("cé"), "d"], dtype=object))
    tricky = np.array([b"", b"a\xe9", "b", "\\u back\n日🙂", b"b"], dtype=object)
    for protocol in range(6):
        head = io.BytesIO()
        npformat.write_array_header_1_0(head, {"descr": "|O", "fortran_order": False, "shape": tricky.shape})
        file = f"o_protocol{protocol}.npy"
        (OUT / file).write_bytes(head.getvalue() + pickle.dumps(tricky, protocol=protocol))
        expect(file, tricky)
    # As NumPy 1 wrote it: protocol 3 and the old module name.
    old = pickle.dumps(tricky, protocol=3).replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
    (OUT / "o_numpy1.npy").write_bytes(head.getvalue() + old)
    expect("o_numpy1.npy", tricky)


def archives():
    a, b = np.arange(6, dtype="i4").reshape(2, 3), np.array([b"x", "y"], dtype=object)
    np.savez(OUT / "two.npz", a=a, b=b)
    np.savez_compressed(OUT / "packed.npz", a=a, b=b)
    np.savez(OUT / "one.npz", a)
    for file in "two.npz", "packed.npz":
        expect(file + "[a]", a)
        expect(file + "[b]", b)
    expect("one.npz", a)
    expect("one.npz[arr_0]", a)


OUT.mkdir(parents=True, exist_ok=True)
for part in numbers, texts, objects, archives:
    part()
versions = {"python": sys.version.split()[0], "numpy": np.__version__, "ml_dtypes": ml_dtypes.__version__}
(OUT / "expected.json").write_text(json.dumps({"versions": versions, "cases": cases}, indent=1) + "\n")
