"""Writes tflite/internal/verify/schema.txt: the tables and unions of the
.tflite format, from the accessors that TensorFlow ships for Python.

    python scripts/golden/tflite_schema.py
"""

import pathlib
import re

import tensorflow
from tensorflow.lite.python import schema_py_generated

OUT = pathlib.Path(__file__).parents[2] / "tflite/internal/verify/schema.txt"
SIZES = {"Bool": 1, "Int8": 1, "Uint8": 1, "Int16": 2, "Uint16": 2, "Int32": 4, "Uint32": 4, "Float32": 4,
         "Int64": 8, "Uint64": 8, "Float64": 8}
OFFSET = re.compile(r"_tab\.Offset\((\d+)\)")

source = pathlib.Path(schema_py_generated.__file__).read_text()


def kind(body):
    """How a field is stored, from the text of its accessor."""
    scalar = re.search(r"number_types\.(\w+)Flags, (?:a|o) \+", body)
    table = re.search(r"obj = (\w+)\(\)", body)
    if "_tab.Vector(" in body:
        if "_tab.String(" in body:
            return "[s]"
        return f"[{table[1]}]" if table else f"[{SIZES[scalar[1]]}]"
    if "_tab.String(" in body:
        return "s"
    if "_tab.Union(" in body:
        return "union"
    if "_tab.Indirect(" in body:
        return table[1]
    return str(SIZES[scalar[1]])


def tables():
    for name, body in re.findall(r"^class (\w+)\(object\):\n(    __slots__.*?)(?=^class |^def )", source, re.S | re.M):
        fields = {}
        for method, text in re.findall(r"    def (\w+)\(self(?:, j)?\):\n(.*?)(?=\n    # |\n    @|\Z)", body, re.S):
            offset = OFFSET.search(text)
            if offset and not re.search(r".(AsNumpy|Length|IsNone)$", method):
                fields[(int(offset[1]) - 4) // 2] = f"{method}:{kind(text)}"
        yield name, [fields.get(i, "_:0") for i in range(max(fields, default=-1) + 1)]


def unions():
    """Unions by the name of the field: its members by number."""
    for name, body in re.findall(r"^def (\w+)Creator\(unionType, table\):\n(.*?)\n    return None\n\n", source, re.S | re.M):
        members = re.findall(rf"unionType == {name}\.(\w+):\n        return (\w+)T\.Init", body)
        enum = getattr(schema_py_generated, name)
        yield name, [f"{getattr(enum, m)}:{table}" for m, table in members]


# The name of a union's type where a field is not called after it.
FIELD_UNIONS = {"Details": "QuantizationDetails", "ArraySegments": "SparseIndexVector",
                "ArrayIndices": "SparseIndexVector"}

lines = [f"# The .tflite format, from TensorFlow {tensorflow.__version__}; written by scripts/golden/tflite_schema.py.",
         "# Fields stand in the order of the vtable. N: a scalar of N bytes, s: a string,",
         "# T: a table, <U: a union whose type is the field before, [x]: a vector."]
for name, members in unions():
    lines.append(f"union {name} {' '.join(members)}")
for name, fields in tables():
    fields = [f.replace(":union", ":<" + FIELD_UNIONS.get(f.split(":")[0], f.split(":")[0])) for f in fields]
    lines.append(" ".join(["table", name, *fields]))
OUT.write_text("\n".join(lines) + "\n")
