"""How grads.py differentiates one case."""

import numpy as np
import tensorflow as tf


def run(g, family):
    """family is a module with

    cases(g)               yields name, op, inputs {argument: array or list of arrays}, attributes
    OUTPUTS                optional: {op: the outputs whose gradient is asked for}, where not all are
    call(op, inputs, attrs)  optional: what to differentiate instead of tf.raw_ops.OP
    extra(g)               optional: cases of another kind
    """
    for name, op, inputs, attrs in family.cases(g):
        _Case(g, name, op, getattr(family, "OUTPUTS", {})).differentiate(inputs, attrs, getattr(family, "call", _raw))
    if hasattr(family, "extra"):
        family.extra(g)


def _raw(op, arguments, attrs):
    return getattr(tf.raw_ops, op)(**arguments, **attrs)


def _differentiable(t):
    return t.dtype.is_floating or t.dtype.is_complex


class _Case:
    def __init__(self, g, name, op, outputs):
        self.g, self.name, self.op, self.outputs, self.complex = g, name, op, outputs, []

    def put(self, role, value):
        """Complex arrays get a last axis: real and imaginary part."""
        value = np.asarray(value)
        if np.iscomplexobj(value):
            self.complex.append(role)
            self.g.put(f"{self.name}/{role}", np.stack([value.real, value.imag], -1))
        else:
            self.g.put(f"{self.name}/{role}", value)
        return tf.constant(value)

    def random(self, role, like):
        d = like.dtype.real_dtype.name
        v = self.g.normal(*like.shape, dtype=d)
        if like.dtype.is_complex:
            v = v + 1j * self.g.normal(*like.shape, dtype=d)
        return self.put(role, v)

    def arguments(self, inputs):
        names, xs, arguments = [], [], {}
        for argument, value in inputs.items():
            many = isinstance(value, list)
            tensors = [self.put(f"x{len(xs) + i}", v) for i, v in enumerate(value if many else [value])]
            names += [f"{argument}:{i}" for i in range(len(tensors))] if many else [argument]
            xs += tensors
            arguments[argument] = tensors if many else tensors[0]
        return names, xs, arguments

    def differentiate(self, inputs, attrs, call):
        names, xs, arguments = self.arguments(inputs)
        wrt = [i for i, x in enumerate(xs) if _differentiable(x) and x.shape.num_elements()]
        by = [xs[i] for i in wrt]
        second, dys = True, []
        with tf.GradientTape(persistent=True) as outer:
            outer.watch(by)
            with tf.GradientTape() as inner:
                inner.watch(by)
                ys = tf.nest.flatten(call(self.op, arguments, attrs))
                chosen = self.outputs.get(self.op, [j for j, y in enumerate(ys) if _differentiable(y)])
                dys = [self.random(f"dy{j}", ys[j]) for j in chosen]
                outer.watch(dys)
                total = _dot([ys[j] for j in chosen], dys)
            dxs = [d if d is None else tf.convert_to_tensor(d) for d in inner.gradient(total, by)]
            rs = [None if d is None else self.random(f"r{i}", d) for i, d in zip(wrt, dxs)]
            product = _dot(dxs, rs)
        try:
            dd = outer.gradient(product, by + dys)
        except (LookupError, NotImplementedError, tf.errors.OpError) as e:
            second, dd = str(e).splitlines()[0], []
        for j in chosen:
            self.put(f"y{j}", ys[j])
        roles = [f"dx{i}" for i in wrt] + [f"ddx{i}" for i in wrt] + [f"ddy{j}" for j in chosen]
        for role, d in zip(roles, dxs + (dd or [None] * (len(by) + len(dys)))):
            if d is not None:
                self.put(role, tf.convert_to_tensor(d))
        double = all(t.dtype in (tf.float64, tf.complex128) for t in [*ys, *by] if _differentiable(t))
        attrs = {k: v.name if isinstance(v, tf.DType) else v for k, v in attrs.items()}
        fields = {"complex": self.complex} if self.complex else {}
        self.g.case(self.name, op=self.op, attrs=attrs, inputs=names, outputs=len(ys), wrt=wrt,
                    tolerance=1e-12 if double else 1e-5, second=second, **fields)


def _dot(a, b):
    """The sum of the real parts of a*b, in float64."""
    return tf.add_n([tf.reduce_sum(tf.cast(tf.math.real(x * y), tf.float64)) for x, y in zip(a, b) if x is not None])
