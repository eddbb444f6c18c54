"""LiteRT's inference time in Python, by turns: python tflite_bench.py [--threads N] [--seconds S] MODEL.tflite

A turn answers the median time of a call in microseconds. A call goes from NumPy arrays
to NumPy arrays. The fastest of LiteRT's ways is found at the start and kept: the
interpreter with XNNPACK or without, through its methods, its tensors' memory, or a
signature's runner, and the compiled model.
"""

import argparse
import time

from turns import serve

BLOCK = 20e-6  # the least time that is measured at once


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--seconds", type=float, default=1)
    p.add_argument("model")
    return p.parse_args()


def random_inputs(details):
    import numpy as np

    rng = np.random.default_rng(0)
    return [rng.random(d["shape"], dtype="float32") for d in details]


def by_methods(make):
    it = make()
    inputs = [d["index"] for d in it.get_input_details()]
    outputs = [d["index"] for d in it.get_output_details()]
    pairs = list(zip(inputs, random_inputs(it.get_input_details())))

    def call():
        for i, x in pairs:
            it.set_tensor(i, x)
        it.invoke()
        return [it.get_tensor(i) for i in outputs]

    return call


def by_memory(make):
    import numpy as np

    it = make()
    pairs = list(zip([it.tensor(d["index"]) for d in it.get_input_details()], random_inputs(it.get_input_details())))
    outputs = [it.tensor(d["index"]) for d in it.get_output_details()]

    def call():
        for view, x in pairs:
            np.copyto(view(), x)
        it.invoke()
        return [view().copy() for view in outputs]

    return call


def by_signature(make):
    it = make()
    keys = list(it.get_signature_list())
    if not keys:
        raise ValueError("no signature")
    run = it.get_signature_runner(keys[0])
    details = run.get_input_details()
    inputs = dict(zip(details, random_inputs(details.values())))
    return lambda: run(**inputs)


def by_compiled_model(path, threads):
    import numpy as np
    from ai_edge_litert.compiled_model import CompiledModel
    from ai_edge_litert.cpu_options import CpuOptions
    from ai_edge_litert.interpreter import Interpreter
    from ai_edge_litert.options import Options

    details = Interpreter(path).get_input_details()
    sizes = [int(np.prod(d["shape"])) for d in Interpreter(path).get_output_details()]
    model = CompiledModel.from_file(path, options=Options(cpu_options=CpuOptions(num_threads=threads)))
    to, of = model.create_input_buffers(0), model.create_output_buffers(0)
    pairs = list(zip(to, random_inputs(details)))

    def call():
        for buffer, x in pairs:
            buffer.write(x)
        model.run_by_index(0, to, of)
        return [buffer.read(n, np.float32) for buffer, n in zip(of, sizes)]

    return call


def ways(path, threads):
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    def make(resolver):
        def made():
            it = Interpreter(path, num_threads=threads, experimental_op_resolver_type=resolver)
            it.allocate_tensors()
            return it

        return made

    for name, resolver in (("XNNPACK", OpResolverType.AUTO), ("no XNNPACK", OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)):
        for how in (by_methods, by_memory, by_signature):
            yield f"{how.__name__}, {name}", lambda: how(make(resolver))
    yield by_compiled_model.__name__, lambda: by_compiled_model(path, threads)


def median(call, seconds, block=None):
    """The median time of a call in microseconds."""
    if block is None:
        start = time.perf_counter()
        call()
        block = max(1, int(BLOCK / (time.perf_counter() - start)))
    times = []
    start = now = time.perf_counter()
    while now - start < seconds:
        for _ in range(block):
            call()
        last, now = now, time.perf_counter()
        times.append(now - last)
    times.sort()
    return 1e6 * times[len(times) // 2] / block


def fastest(path, threads):
    """The name and the call of the way with the least median."""
    best, failed = None, []
    for name, prepare in ways(path, threads):
        try:
            call = prepare()
            for _ in range(20):
                call()
        except Exception as e:  # a way that this model does not go
            failed.append(f"{name}: {e}")
            continue
        us = min(median(call, 0.2) for _ in range(3))
        if best is None or us < best[0]:
            best = us, name, call
    if best is None:
        raise RuntimeError(f"{path}: {'; '.join(failed)}")
    return best[1:]


def main():
    args = arguments()
    way, call = fastest(args.model, args.threads)

    def turn():
        start = time.perf_counter()
        return median(call, args.seconds), time.perf_counter() - start

    from importlib.metadata import version

    about = {"litert": version("ai-edge-litert")}
    serve(turn, unit="us", better="lower", versions=about, threads=args.threads, way=way)


if __name__ == "__main__":
    main()
