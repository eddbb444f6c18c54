"""What NumPy makes of expressions, for cmd/gotf/internal/npexpr: python scripts/golden/npexpr.py

Writes testdata/values.json: for each expression the dtype, shape and bytes (hex,
little-endian, C order; of text a list of strings) of np.asarray of it.
"""

import json
import os
import warnings

import numpy as np

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "cmd", "gotf", "internal", "npexpr", "testdata", "values.json")

EXPRESSIONS = """
1
-3
2.5
1e-3
.5
5.
1_000.5e2
0x1f
0b101
0o17
2j
1+2j
True
[1, 2, 3]
[1, 2.5, True]
[[1, 2], [3, 4.5]]
((1, 2), [3, 4],)
[True, False]
[]
[[], []]
[[[1.5]]]
(1,)
(1)
'text'
["a", 'b' "c", b'bytes']
['it\\'s', "tab\\there", "\\x41\\u00e9\\U0001f600"]
1 + 2 * 3 ** 2
-2 ** 2
2 ** -1
2 ** 3 ** 2
7 // 2 + -7 // 2 + 7 % -3
7 / 2
-7.5 // 2
-7.5 % 2
1 - 2 - 3
2 * (3 + 4)
[0] * 3
[[0.0] * 2] * 3
[1] + [2, 3]
(1, 2) + (3,)
np.ones((2, 3))
np.ones(3, dtype=np.float32)
np.ones(shape=[1, 2], dtype='int64')
np.zeros((2,), 'float16')
np.zeros(())
np.zeros((0, 4))
np.zeros(2, dtype=bool)
np.full((2, 2), 7)
np.full((2, 2), 1.5)
np.full(3, True)
np.full((2, 3), [1, 2, 3])
np.full((2, 2), 1, dtype=np.uint8)
np.eye(3)
np.eye(2, 3, k=1, dtype=np.int32)
np.eye(3, k=-1)
np.identity(2)
np.arange(5)
np.arange(2, 5)
np.arange(5, 0, -2)
np.arange(0, 1, 0.1)
np.arange(0.5)
np.arange(3.0)
np.arange(10, dtype=np.float32) / 3
np.arange(0, 2, 0.3, dtype=np.float32)
np.arange(7, dtype='float16')
np.arange(1, 300, 50, dtype=np.uint8)
np.linspace(0, 1, 5)
np.linspace(0, 1, 7, endpoint=False)
np.linspace(1, 2, num=1)
np.linspace(3, 3, 4)
np.linspace(-1, 1, 10, dtype=np.float32)
np.linspace(0, 10, 4, dtype=int)
np.linspace(0, 1)
np.array([1, 2])
np.array([[1, 2], [3, 4]], dtype=np.float32)
np.array([1.7, -1.7]).astype(np.int32)
np.array([300, -1]).astype(np.uint8)
np.array([1e-8, 65504, 0.1], dtype=np.float16)
np.array([0, 1.5, 2j])
np.array(['a', 'bcd'])
np.array([np.ones(2), np.zeros(2)])
[np.arange(2), np.arange(2) * 1.5]
np.asarray([True, 2])
np.float32(0.1)
np.int8(5)
np.float32([1.5, 2])
np.pi
np.array([np.inf, -np.inf, np.nan, np.e])
np.ones((2, 3)) * 0.5
0.5 * np.ones(2, dtype=np.float32)
np.arange(6).reshape(2, 3)
np.arange(6).reshape((3, -1))
np.arange(6).reshape(2, 3).T
np.arange(24).reshape(2, 3, 4).T
np.arange(6).reshape(-1).astype('float32')
np.arange(3) + np.arange(3).reshape(3, 1)
np.arange(4, dtype=np.int8) + np.arange(4, dtype=np.uint8)
np.arange(4, dtype=np.uint32) + np.arange(4, dtype=np.int32)
np.arange(4, dtype=np.uint64) * np.arange(4, dtype=np.int64)
np.arange(4, dtype=np.int16) * np.ones(4, dtype=np.float16)
np.arange(4, dtype=np.int32) * np.ones(4, dtype=np.float32)
np.arange(4, dtype=np.float32) * np.ones(4)
np.arange(4, dtype=np.float32) + 1j
np.arange(4) + 1j
np.ones(2, dtype=np.complex64) * np.ones(2)
np.ones(2, dtype=np.complex64) / 3
np.ones(2, dtype=np.complex64) * np.arange(2, dtype=np.int32)
np.arange(4) / 3
np.arange(4, dtype=np.float32) / 3
np.arange(4, dtype=np.float16) / 3
np.arange(1, 4) ** 2
np.arange(1, 4, dtype=np.int8) ** 7
np.arange(4) ** 0.5
2 ** np.arange(5)
-np.arange(3)
-np.ones(2, dtype=np.float32)
+np.arange(3)
np.arange(-4, 5) // 3
np.arange(-4, 5) % 3
np.arange(-4, 5) % -3
np.arange(-4, 5) / 2 // 1.5
np.arange(-4, 5) / 2 % 1.5
np.arange(250, 256, dtype=np.uint8) + 10
np.arange(3, dtype=np.uint8) - 1
[1, 2] * np.array([3, 4])
np.array([1, 2]) - [1, 1]
np.array([True, False]) + 1
np.array([True, False]) * 2.5
np.array([True, False]) + np.array([True, True])
np.array(1) + np.array(2.5, dtype=np.float32)
(np.arange(12, dtype=np.float32).reshape(3, 4) - 5.5) / 3
np.ones((1, 2, 3), np.float32) * np.arange(3, dtype=np.float32)
""".strip().split("\n")


def value(text):
    a = np.asarray(eval(text))
    if a.dtype.kind in "US":
        return {"dtype": "string", "shape": list(a.shape),
                "strings": [s if isinstance(s, str) else s.decode() for s in a.ravel().tolist()]}
    return {"dtype": a.dtype.name, "shape": list(a.shape), "bytes": np.ascontiguousarray(a).tobytes().hex()}


def main():
    warnings.simplefilter("ignore")
    cases = [{"expr": e, **value(e)} for e in EXPRESSIONS]
    with open(OUT, "w") as f:
        json.dump({"numpy": np.__version__, "cases": cases}, f, indent=0, ensure_ascii=False)
        f.write("\n")


if __name__ == "__main__":
    main()
