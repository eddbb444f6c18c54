"""Models of one operator for scripts/golden/micro_operators.py.

MODELS lists (names, options, signatures). A signature is the operator's inputs, "->" and its
outputs: TYPE[:SHAPE][=VALUES][@SCALE,ZERO], T for the type that is tried, - for an absent input;
@I*K is the product of the scales of tensors I and K, as biases have it; .variable keeps its value.
Values make a constant; a ! behind them, a constant that is tried as an input as well.
"""

import re

import flatbuffers
import ml_dtypes
import numpy as np
from tflite_micro.tensorflow.lite.micro.python import schema_py_generated as schema

TYPES = ["float32", "float16", "bfloat16", "float64", "int8", "uint8", "int16", "uint16", "int32", "uint32",
         "int64", "uint64", "int4", "bool", "complex64"]
SCALES = {"int8": (0.1, 0), "uint8": (0.1, 128), "int16": (0.01, 0), "int4": (0.1, 0)}
IMAGE = "T:1x4x4x2"
PAIR = "T:2x2"
CONV = {"padding": 0, "strideW": 1, "strideH": 1, "dilationWFactor": 1, "dilationHFactor": 1}
POOL = {"padding": 0, "strideW": 2, "strideH": 2, "filterWidth": 2, "filterHeight": 2}


def weighted(image, weights, bias, out):
    """The types that kernels with weights are known to tell apart."""
    found = []
    for w in ("T", "int8", "int4"):
        before = f"T:{image} {w}:{weights}=1"
        found += [f"{before} -> T:{out}", f"{before} - -> T:{out}"]
        found += [f"{before} {b}:{bias}=1@0*1 -> T:{out}" for b in ("T", "int32", "int64", "float32")[w != "T":]]
    return found


def lstm(weights, bias, cell):
    w, b = f" {weights}:2x2=1" * 8, f" {bias}:2=1@0*1" * 4
    return f"T:1x1x2{w} - - -{b} - - T.variable:1x2 {cell}.variable:1x2@0.000030517578125,0 - - - - -> T:1x1x2"


MODELS = [
    ("ABS CEIL COS EXP FLOOR LOG NEG ROUND RSQRT SIN SQRT SQUARE ELU HARD_SWISH RELU RELU6 ZEROS_LIKE LOGICAL_NOT "
     "L2_NORMALIZATION", {}, [f"{PAIR} -> {PAIR}"]),
    ("LOGISTIC", {}, [f"{PAIR} -> {PAIR}@0.00390625,-128", f"{PAIR} -> {PAIR}@0.000030517578125,0"]),
    ("TANH", {}, [f"{PAIR} -> {PAIR}@0.0078125,0", f"{PAIR} -> {PAIR}@0.000030517578125,0"]),
    ("SOFTMAX", {"beta": 1.0}, [f"{PAIR} -> {PAIR}@0.00390625,-128", f"{PAIR} -> {PAIR}@0.000030517578125,0",
                                f"{PAIR} -> int16:2x2@0.0000152587890625,-32768"]),
    ("LOG_SOFTMAX", {}, [f"{PAIR} -> {PAIR}@0.0625,127"]),
    ("LEAKY_RELU", {"alpha": 0.2}, [f"{PAIR} -> {PAIR}"]),
    ("ADD SUB MUL DIV MAXIMUM MINIMUM FLOOR_DIV FLOOR_MOD SQUARED_DIFFERENCE LOGICAL_AND LOGICAL_OR PRELU ADD_N", {},
     [f"{PAIR} {PAIR} -> {PAIR}"]),
    ("EQUAL NOT_EQUAL LESS LESS_EQUAL GREATER GREATER_EQUAL", {}, [f"{PAIR} {PAIR} -> bool:2x2"]),
    ("CONV_2D", CONV, weighted("1x4x4x2", "3x1x1x2", "3", "1x4x4x3")),
    ("DEPTHWISE_CONV_2D", CONV | {"depthMultiplier": 1}, weighted("1x4x4x2", "1x1x1x2", "2", "1x4x4x2")),
    ("FULLY_CONNECTED", {}, weighted("1x4", "3x4", "3", "1x3")),
    ("TRANSPOSE_CONV", {"padding": 0, "strideW": 1, "strideH": 1},
     [f"int32:4=1,4,4,3! {w}:3x1x1x2=1 {IMAGE}{b} -> T:1x4x4x3" for w in ("T", "int8")
      for b in ("", " T:3=1", " int32:3=1@1*2", " int64:3=1@1*2")]),
    ("AVERAGE_POOL_2D MAX_POOL_2D L2_POOL_2D", POOL, [f"{IMAGE} -> T:1x2x2x2"]),
    ("ARG_MAX ARG_MIN", {"outputType": 2}, [f"{PAIR} int32:=1! -> {o}:2" for o in ("int32", "int64")]),
    ("MEAN SUM REDUCE_MAX REDUCE_MIN REDUCE_ALL", {"keepDims": True}, [f"{IMAGE} int32:2=1,2! -> T:1x1x1x2"]),
    ("CAST", {}, [f"{PAIR} -> {t}:2x2" for t in TYPES]),
    ("QUANTIZE", {}, [f"{PAIR} -> {t}:2x2@0.2,0" for t in TYPES]),
    ("DEQUANTIZE", {}, [f"{PAIR} -> {t}:2x2" for t in TYPES]),
    ("CONCATENATION", {"axis": 1}, [f"{PAIR} {PAIR} -> T:2x4"]),
    ("PACK", {"axis": 0, "valuesCount": 2}, [f"{PAIR} {PAIR} -> T:2x2x2"]),
    ("UNPACK", {"axis": 0, "num": 2}, [f"{PAIR} -> T:2 T:2"]),
    ("SPLIT", {"numSplits": 2}, [f"int32:=1! {PAIR} -> T:2x1 T:2x1"]),
    ("SPLIT_V", {"numSplits": 2}, [f"{PAIR} {i}:2=1,1! int32:=1! -> T:2x1 T:2x1" for i in ("int32", "int64")]),
    ("GATHER", {"axis": 0}, [f"{PAIR} {i}:2=1,0! -> {PAIR}" for i in ("int32", "int64", "int16", "int8")]),
    ("GATHER_ND", {}, [f"{PAIR} {i}:2x1=1,0! -> {PAIR}" for i in ("int32", "int64", "int16", "int8")]),
    ("EMBEDDING_LOOKUP", {}, ["int32:2=1,0! T:2x2=1 -> T:2x2", "int32:2=1,0! int8:2x2=1 -> T:2x2"]),
    ("RESHAPE", {}, [f"{PAIR} int32:1=4! -> T:4", f"{PAIR} -> T:4"]),
    ("SQUEEZE", {"squeezeDims": [0]}, ["T:1x4 -> T:4"]),
    ("EXPAND_DIMS", {}, [f"{PAIR} {i}:=0! -> T:1x2x2" for i in ("int32", "int64")]),
    ("TRANSPOSE", {}, ["T:2x3 int32:2=1,0! -> T:3x2"]),
    ("PAD", {}, [f"{PAIR} {i}:2x2=0! -> {PAIR}" for i in ("int32", "int64")]),
    ("PADV2", {}, [f"{PAIR} {i}:2x2=0! T:=1! -> {PAIR}" for i in ("int32", "int64")]),
    ("MIRROR_PAD", {"mode": 0}, [f"{PAIR} {i}:2x2=0! -> {PAIR}" for i in ("int32", "int64")]),
    ("SLICE", {}, [f"{PAIR} {i}:2=0! {i}:2=1! -> T:1x1" for i in ("int32", "int64")]),
    ("STRIDED_SLICE", {}, [f"{PAIR} int32:2=0! int32:2=1! int32:2=1! -> T:1x1"]),
    ("DYNAMIC_UPDATE_SLICE", {}, [f"{PAIR} T:1x1 {i}:2=0! -> {PAIR}" for i in ("int32", "int64")]),
    ("BATCH_TO_SPACE_ND", {}, ["T:4x2x2x2 int32:2=2! int32:2x2=0! -> T:1x4x4x2"]),
    ("SPACE_TO_BATCH_ND", {}, [f"{IMAGE} int32:2=2! int32:2x2=0! -> T:4x2x2x2"]),
    ("DEPTH_TO_SPACE", {"blockSize": 2}, ["T:1x2x2x8 -> T:1x4x4x2"]),
    ("SPACE_TO_DEPTH", {"blockSize": 2}, [f"{IMAGE} -> T:1x2x2x8"]),
    ("RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR", {}, [f"{IMAGE} int32:2=8! -> T:1x8x8x2"]),
    ("BROADCAST_ARGS", {}, ["T:2=1! T:2=2! -> T:2"]),
    ("BROADCAST_TO", {}, [f"{PAIR} {i}:3=2! -> T:2x2x2" for i in ("int32", "int64")]),
    ("FILL", {}, [f"{i}:2=2! T:=1! -> {PAIR}" for i in ("int32", "int64")]),
    ("SHAPE", {"outType": 2}, [f"{PAIR} -> {o}:2" for o in ("int32", "int64")]),
    ("CUMSUM", {}, [f"{PAIR} int32:=0! -> {PAIR}"]),
    ("REVERSE_V2", {}, [f"{PAIR} int32:1=0! -> {PAIR}"]),
    ("SELECT_V2", {}, [f"bool:2x2 {PAIR} {PAIR} -> {PAIR}"]),
    ("BATCH_MATMUL", {}, [f"{PAIR} {PAIR} -> {PAIR}", f"{PAIR} int8:2x2=1! -> {PAIR}"]),
    ("SVDF", {"rank": 1}, ["T:1x4 T:2x4=1 T:2x3=1 T:2=1 T.variable:1x6 -> T:1x2", "T:1x4 T:2x4=1 T:2x3=1 - T.variable:1x6 -> T:1x2",
                           "int8:1x4 int8:2x4=1 T:2x3=1 int32:2=1@2*2 T.variable:1x6 -> int8:1x2",
                           "T:1x4 int8:2x4=1 T:2x3=1 T:2=1 T.variable:1x6 -> T:1x2"]),
    ("UNIDIRECTIONAL_SEQUENCE_LSTM", {"fusedActivationFunction": 4},
     [lstm("T", "T", "T"), lstm("int8", "T", "T"), lstm("int8", "int32", "int16"), lstm("int8", "int64", "int16")]),
]


def cube(rank, *first):
    """A shape of that many dimensions."""
    return "x".join(map(str, list(first) + [2] * (rank - len(first))))


RANKED = {  # models of a number of dimensions, where kernels are known to have a limit
    "PRELU": lambda r: f"T:{cube(r)} T:{cube(r)} -> T:{cube(r)}",
    "CONCATENATION": lambda r: f"T:{cube(r)} T:{cube(r)} -> T:{cube(r, 4)}",
    "TRANSPOSE": lambda r: f"T:{cube(r)} int32:{r}={','.join(map(str, reversed(range(r))))} -> T:{cube(r)}",
    "PAD": lambda r: f"T:{cube(r)} int32:{r}x2=0 -> T:{cube(r)}",
    "PADV2": lambda r: f"T:{cube(r)} int32:{r}x2=0 T:=1 -> T:{cube(r)}",
    "MIRROR_PAD": lambda r: f"T:{cube(r)} int32:{r}x2=0 -> T:{cube(r)}",
    "SLICE": lambda r: f"T:{cube(r)} int32:{r}=0 int32:{r}=1 -> T:{cube(r, *[1] * r)}",
    "STRIDED_SLICE": lambda r: f"T:{cube(r)} int32:{r}=0 int32:{r}=1 int32:{r}=1 -> T:{cube(r, *[1] * r)}",
    "DYNAMIC_UPDATE_SLICE": lambda r: f"T:{cube(r)} T:{cube(r)} int32:{r}=0 -> T:{cube(r)}",
    "BATCH_MATMUL": lambda r: f"T:{cube(r)} T:{cube(r)} -> T:{cube(r)}",
    "BROADCAST_TO": lambda r: f"T:2 int32:{r}=2 -> T:{cube(r)}",
    "REVERSE_V2": lambda r: f"T:{cube(r)} int32:1=0 -> T:{cube(r)}",
    "SELECT_V2": lambda r: f"bool:{cube(r)} T:{cube(r)} T:{cube(r)} -> T:{cube(r)}",
    "GATHER_ND": lambda r: f"T:{cube(r)} int32:2x{r}=1 -> T:2",
}
EXAMPLES = {  # that TFLM refuses: tflite/metadata/micro/testdata
    "lstm_peephole": ("UNIDIRECTIONAL_SEQUENCE_LSTM", {"fusedActivationFunction": 4}, lstm("T", "T", "T").replace("- - -", "T:2=1 T:2=1 T:2=1", 1)),
    "slice_5d": ("STRIDED_SLICE", {}, RANKED["STRIDED_SLICE"](5)),
    "fill_dims": ("FILL", {}, "int32:2 T:=1 -> T:2x2"),
}
OPTIONS = {  # where the name of the options' table is not that of the operator
    "CONV_2D": "Conv2D", "DEPTHWISE_CONV_2D": "DepthwiseConv2D", "AVERAGE_POOL_2D": "Pool2D", "MAX_POOL_2D": "Pool2D",
    "L2_POOL_2D": "Pool2D", "MEAN": "Reducer", "SUM": "Reducer", "REDUCE_MAX": "Reducer", "REDUCE_MIN": "Reducer",
    "REDUCE_ALL": "Reducer", "PADV2": "PadV2", "L2_NORMALIZATION": "L2Norm", "EMBEDDING_LOOKUP": "", "RELU": "",
    "BATCH_MATMUL": "BatchMatMul", "SVDF": "SVDF", "CUMSUM": "Cumsum",
    "UNIDIRECTIONAL_SEQUENCE_LSTM": "UnidirectionalSequenceLSTM",
}


def options(operator, values):
    """The options' table, with values in it, and its number in the union."""
    name = OPTIONS.get(operator, operator.title().replace("_", "")) + "Options"
    if not hasattr(schema, name + "T"):
        if values:
            raise SystemExit(f"{operator}: no {name} in the schema")
        return None, 0
    table = getattr(schema, name + "T")()
    for key, value in values.items():
        if not hasattr(table, key):
            raise SystemExit(f"{name} has no {key}")
        setattr(table, key, value)
    return table, getattr(schema.BuiltinOptions, name)


def bytes_of(dtype, shape, values):
    n = int(np.prod(shape))
    if dtype == "int4":
        return np.full((n + 1) // 2, 0x11, "u1").tobytes()
    kind = ml_dtypes.bfloat16 if dtype == "bfloat16" else np.dtype(dtype)
    return np.resize(np.array([float(v) for v in values]), n).astype(kind).tobytes()


TOKEN = re.compile(r"(?P<type>\w+)(?P<variable>\.variable)?(:(?P<shape>[\dx]*))?(=(?P<values>[\d,]+))?(?P<both>!)?(@(?P<quant>[-\d.,*]+))?$")


class Model:
    """The model of one signature, for a type in place of T."""

    def __init__(self, operator, values, signature, dtype, loose=None):
        self.model = schema.ModelT()
        self.model.version, self.model.buffers = 3, [schema.BufferT()]
        self.graph = schema.SubGraphT()
        self.graph.tensors, self.graph.inputs, self.graph.outputs = [], [], []
        self.feed = []  # of each input of the graph
        self.dtype = dtype
        node = schema.OperatorT()
        inputs, outputs = (side.split() for side in signature.split("->"))
        node.inputs = [self.tensor(token, i == loose) for i, token in enumerate(inputs)]
        node.outputs = self.graph.outputs = [self.tensor(token, None) for token in outputs]
        node.builtinOptions, node.builtinOptionsType = options(operator, values)
        code = schema.OperatorCodeT()
        code.builtinCode = getattr(schema.BuiltinOperator, operator)
        code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), 1
        self.graph.operators, self.model.operatorCodes, self.model.subgraphs = [node], [code], [self.graph]

    def tensor(self, token, loose):
        """Adds a tensor: an output if loose is None, an input in place of a constant if it is true."""
        if token == "-":
            return -1
        m = TOKEN.match(token)
        if not m:
            raise SystemExit(f"signature {token}")
        t = schema.TensorT()
        dtype = self.dtype if m["type"] == "T" else m["type"]
        t.isVariable = bool(m["variable"])
        t.type = getattr(schema.TensorType, dtype.upper())
        t.shape = [int(d) for d in (m["shape"] or "").split("x") if d]
        t.name = f"t{len(self.graph.tensors)}"
        self.quantize(t, dtype, m["quant"])
        raw = bytes_of(dtype, t.shape, (m["values"] or "1").split(","))
        t.buffer = 0
        if loose is not None and m["values"] and not loose:
            b = schema.BufferT()
            b.data = np.frombuffer(raw, "u1")
            t.buffer = len(self.model.buffers)
            self.model.buffers.append(b)
        elif loose is not None and not t.isVariable:
            self.graph.inputs.append(len(self.graph.tensors))
            self.feed.append((dtype, t.shape, raw))
        self.graph.tensors.append(t)
        return len(self.graph.tensors) - 1

    def quantize(self, t, dtype, text):
        if dtype.startswith(("int", "uint")) and text and "*" in text:
            parts = [self.graph.tensors[int(i)].quantization for i in text.split("*")]
            scale = (float(np.prod([q.scale[0] for q in parts])), 0) if all(parts) else None
        elif dtype.startswith(("int", "uint")) and text:
            scale = text.split(",")
        else:
            scale = SCALES.get(dtype)
        if scale:
            t.quantization = schema.QuantizationParametersT()
            t.quantization.scale, t.quantization.zeroPoint = [float(scale[0])], [int(scale[1])]

    def pack(self):
        b = flatbuffers.Builder(1024)
        b.Finish(self.model.Pack(b), b"TFL3")
        return bytes(b.Output())


def bare(code, custom=None):
    """A model of one operator without options."""
    m = Model("ABS", {}, f"{PAIR} -> {PAIR}", "float32")
    c = m.model.operatorCodes[0]
    c.builtinCode, c.deprecatedBuiltinCode, c.customCode = code, min(code, 127), custom
    m.graph.operators[0].builtinOptions, m.graph.operators[0].builtinOptionsType = None, 0
    return m.pack()
