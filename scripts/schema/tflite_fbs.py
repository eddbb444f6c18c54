"""Writes schema.fbs, the .tflite format in flatc's language, from the Python
accessors that TensorFlow ships (the wheel holds no schema file).

    python scripts/schema/tflite_fbs.py tflite/internal/schema/schema.fbs
"""

import pathlib
import re
import sys

import tensorflow
from tensorflow.lite.python import schema_py_generated

SOURCE = pathlib.Path(schema_py_generated.__file__).read_text()
SCALARS = {"Bool": "bool", "Int8": "byte", "Uint8": "ubyte", "Int16": "short", "Uint16": "ushort", "Int32": "int",
           "Uint32": "uint", "Int64": "long", "Uint64": "ulong", "Float32": "float", "Float64": "double"}
# Fields that are enumerations, where their names are of use to a reader.
ENUMS = {("Tensor", "Type"): "TensorType", ("OperatorCode", "BuiltinCode"): "BuiltinOperator",
         ("CastOptions", "InDataType"): "TensorType", ("CastOptions", "OutDataType"): "TensorType"}
ENUM_FIELDS = {"FusedActivationFunction": "ActivationFunctionType", "Padding": "Padding"}
# Unions where the field is not called after them.
UNIONS = {"Details": "QuantizationDetails", "ArraySegments": "SparseIndexVector", "ArrayIndices": "SparseIndexVector"}


def classes(pattern):
    return re.findall(rf"^class (\w+)\(object\):\n(?={pattern})(.*?)(?=^class |^def |\Z)", SOURCE, re.S | re.M)


def snake(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def unions():
    return {name: re.findall(rf"unionType == {name}\.(\w+):", body) for name, body in
            re.findall(r"^def (\w+)Creator\(unionType, table\):\n(.*?)\n    return None\n\n", SOURCE, re.S | re.M)}


def enums():
    """Yields the enumerations' names, storage and members. Unions are left out."""
    stored = {ENUMS.get(k) or ENUM_FIELDS.get(k[1]): t for k, t in scalar_slots().items()}
    for name, body in classes(r"    \w+ = -?\d"):
        if name not in unions():
            yield name, stored.get(name, "int"), re.findall(r"    (\w+) = (-?\d+)", body)


def slots(table):
    """Yields a table's fields in the order of the vtable: name, storage, default."""
    pattern = rf"^def {table}Add(\w+)\(builder, \w+\):\n    builder\.Prepend(\w+)Slot\((\d+), .*, ([^,\n]+)\)\n"
    found = {int(i): (name, kind, default) for name, kind, i, default in re.findall(pattern, SOURCE, re.M)}
    size = re.search(rf"^def {table}Start\(builder\):\n    builder\.StartObject\((\d+)\)", SOURCE, re.M)
    for i in range(int(size[1])):
        yield found.get(i, (f"Unused{i}", "Bool", "0"))


def scalar_slots():
    return {(table, name): SCALARS[kind] for table, _ in classes("    __slots__")
            for name, kind, _ in slots(table) if kind in SCALARS}


def reference(body, name):
    """The type of a field that is no scalar, from its accessor."""
    text = re.search(rf"    def {name}\(self(?:, j)?\):\n(.*?)(?=\n    # |\n    @|\Z)", body, re.S)[1]
    table = re.search(r"obj = (\w+)\(\)", text)
    if "_tab.Vector(" in text:
        if "_tab.String(" in text:
            return "[string]"
        if table:
            return f"[{table[1]}]"
        scalar = re.search(r"number_types\.(\w+)Flags, a", text)
        return f"[{SCALARS[scalar[1]]}]"
    if "_tab.String(" in text:
        return "string"
    if "_tab.Union(" in text:
        return UNIONS.get(name, name)
    return table[1]


def fields(table, body):
    for name, kind, default in slots(table):
        if name.endswith("Type") and name[:-4] in {n for n, k, _ in slots(table) if k not in SCALARS} and kind == "Uint8":
            continue  # the hidden half of a union
        if kind not in SCALARS:
            align = " (force_align: 16)" if (table, name) == ("Buffer", "Data") else ""
            yield f"  {snake(name)}:{reference(body, name)}{align};"
            continue
        enum = ENUMS.get((table, name)) or (kind == "Int8" and ENUM_FIELDS.get(name))
        default = f" = {default}" if default not in ("0", "0.0", "False") and not enum else ""
        default = {" = True": " = true"}.get(default, default)
        unused = " (deprecated)" if name.startswith("Unused") else ""
        yield f"  {snake(name)}:{enum or SCALARS[kind]}{default}{unused};"


def write(out):
    print(f"// The .tflite format, from TensorFlow {tensorflow.__version__}; written by scripts/schema/tflite_fbs.py.", file=out)
    print('namespace schema;\nfile_identifier "TFL3";\nfile_extension "tflite";', file=out)
    for name, storage, members in enums():
        print(f"\nenum {name}:{storage} {{ {', '.join(f'{m} = {n}' for m, n in members)} }}", file=out)
    for name, members in unions().items():
        print(f"\nunion {name} {{ {', '.join(members)} }}", file=out)
    for name, body in classes("    __slots__"):
        print(f"\ntable {name} {{", *fields(name, body), "}", sep="\n", file=out)
    print("\nroot_type Model;", file=out)


with open(sys.argv[1], "w") as out:
    write(out)
