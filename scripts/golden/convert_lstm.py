"""What Python's calibrator sees inside of an LSTM: python scripts/golden/convert_lstm.py

Run under tensorflow-cpu 2.18.0, after convert_loops.py. Writes into tflite/convert/testdata:

  lstm-KIND.tflite   the LSTM of 2.18.0/loops-lstm-calibrated.tflite with layer normalization, peepholes
                     and projection, and clipped ("full"), or with the input gate coupled to the forget
                     gate ("coupled"), with the ranges seen on loops.npy
"""

import os
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import flatbuffers
import numpy as np
from tensorflow.lite.python import schema_py_generated as schema
from tensorflow.lite.python.optimize import calibrator

OUT = Path(__file__).resolve().parents[2] / "tflite" / "convert" / "testdata"
UNITS = 5
rng = np.random.default_rng(222)


def load():
    m = schema.ModelT.InitFromPackedBuf((OUT / "2.18.0" / "loops-lstm-calibrated.tflite").read_bytes(), 0)
    g = m.subgraphs[0]
    for t in g.tensors:
        t.quantization = None
    o = g.operators[0]
    g.tensors = g.tensors[: min(o.intermediates)]
    o.intermediates, o.inputs = None, [int(i) for i in o.inputs]
    return m, g, o


def constant(m, g, values):
    b, t = schema.BufferT(), schema.TensorT()
    b.data = np.frombuffer(np.asarray(values, "<f4").tobytes(), "u1")
    m.buffers.append(b)
    t.name, t.shape = f"added{len(g.tensors)}", list(values.shape)
    t.type, t.buffer = schema.TensorType.FLOAT32, len(m.buffers) - 1
    g.tensors.append(t)
    return len(g.tensors) - 1


def write(m, name):
    builder = flatbuffers.Builder(1024)
    builder.Finish(m.Pack(builder), b"TFL3")
    model = calibrator.add_intermediate_tensors(bytes(builder.Output()))
    x = np.load(OUT / "loops.npy")
    calibrated = calibrator.Calibrator(model).calibrate(lambda: ([x[i : i + 1]] for i in range(len(x))))
    (OUT / name).write_bytes(calibrated)


def main():
    m, g, o = load()
    for i in range(20, 24):
        o.inputs[i] = constant(m, g, rng.uniform(0.5, 1.5, UNITS))
    for i in range(9, 12):
        o.inputs[i] = constant(m, g, rng.normal(size=UNITS))
    o.inputs[16], o.inputs[17] = constant(m, g, rng.normal(size=(UNITS, UNITS))), constant(m, g, rng.normal(size=UNITS))
    o.builtinOptions.cellClip, o.builtinOptions.projClip = 1.5, 2.0
    write(m, "lstm-full.tflite")
    m, g, o = load()
    o.inputs[1] = o.inputs[5] = o.inputs[12] = -1
    for i in range(21, 24):
        o.inputs[i] = constant(m, g, rng.uniform(0.5, 1.5, UNITS))
    write(m, "lstm-coupled.tflite")


if __name__ == "__main__":
    main()
