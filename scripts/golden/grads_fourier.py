"""Cases of grads.py: Fourier transforms."""

import numpy as np
import tensorflow as tf

SHAPES = {"": (2, 5), "2D": (2, 4, 3), "3D": (2, 3, 4, 2)}


def cases(g):
    """Yields name, op, inputs {argument: array or list of arrays}, attributes."""
    n = lambda *s: g.normal(*s, dtype="float64")
    z = lambda *s: n(*s) + 1j * n(*s)
    for kind, shape in SHAPES.items():
        for op in ("FFT", "IFFT"):
            yield f"{op}{kind}", f"{op}{kind}", {"input": z(*shape)}, {}
    yield "FFT/one", "FFT", {"input": z(3, 1)}, {}
    yield "FFT/complex64", "FFT", {"input": z(2, 4).astype("complex64")}, {}
    yield "IFFT2D/complex64", "IFFT2D", {"input": z(2, 4).astype("complex64")}, {}
    length = lambda v: {"fft_length": np.array(v, "int32")}
    for name, shape, v in [("even", (2, 6), [6]), ("odd", (2, 5), [5]), ("one", (3, 1), [1]), ("two", (2,), [2])]:
        yield f"RFFT/{name}", "RFFT", {"input": n(*shape), **length(v)}, {"Tcomplex": tf.complex128}
        half = (*shape[:-1], v[0] // 2 + 1)
        yield f"IRFFT/{name}", "IRFFT", {"input": z(*half), **length(v)}, {"Treal": tf.float64}
    for name, shape, v in [("even", (2, 3, 4), [3, 4]), ("odd", (4, 3), [4, 3])]:
        yield f"RFFT2D/{name}", "RFFT2D", {"input": n(*shape), **length(v)}, {"Tcomplex": tf.complex128}
        half = (*shape[:-1], v[1] // 2 + 1)
        yield f"IRFFT2D/{name}", "IRFFT2D", {"input": z(*half), **length(v)}, {"Treal": tf.float64}
    yield "RFFT/float32", "RFFT", {"input": n(2, 6).astype("float32"), **length([6])}, {}
    yield "IRFFT/float32", "IRFFT", {"input": z(2, 4).astype("complex64"), **length([6])}, {}
