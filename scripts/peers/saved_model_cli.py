"""Does gotf print what saved_model_cli prints? python saved_model_cli.py GOTF FOLDER...

GOTF is the gotf command; each FOLDER is searched for SavedModels. For each the texts of
show (--all, --tag_set, --signature_def, --list_ops) and scan must be equal, with sets and
dicts sorted; and each signature with inputs is run on random files by both: the lines must
be equal and the saved outputs within 1e-4 of their size.

Every saved_model_cli runs in a process forked from this one, as functions are named by a
counter of the process.
"""

import os
import subprocess
import sys
import tempfile

import peer

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden"))
import show as texts  # scripts/golden/show.py


def models(folders):
    for folder in folders:
        for path, _, files in os.walk(folder):
            if any(f in ("saved_model.pb", "saved_model.pbtxt") for f in files):
                yield path


def python(path, args, verb):
    def work():
        from absl import flags
        from tensorflow.python.tools import saved_model_cli

        flags.FLAGS(["saved_model_cli", "--dir", path] + args)
        getattr(saved_model_cli, verb)()

    return texts.sort_ops(texts.forked(work))


def gotf(exe, path, args, verb):
    p = subprocess.run([exe, verb, "--dir", path] + args, capture_output=True, text=True)
    return p.stdout if p.returncode == 0 else "error: " + p.stderr


def first_difference(got, want):
    if want.startswith("error: "):  # gotf may do more, or say it in its own words
        return None
    for a, b in zip(got.split("\n"), want.split("\n")):
        if a != b:
            return f"line {a!r}, want {b!r}"
    return None if got == want else f"{len(got)} characters, want {len(want)}"


def commands(meta_graphs):
    yield "show", []
    yield "show", ["--all"]
    yield "scan", ["--op_denylist", "NoOp,Const"]
    for g in meta_graphs:
        tags = ",".join(g.meta_info_def.tags)
        if tags:
            yield "show", ["--tag_set", tags, "--list_ops"]
            for key in g.signature_def:
                yield "show", ["--tag_set", tags, "--signature_def", key]


def random_inputs(signature, folder):
    """A .npy file for each input, or None where one is no plain tensor."""
    import numpy as np
    import tensorflow as tf

    rng, words = np.random.default_rng(1), []
    for name, info in signature.inputs.items():
        if not info.name or name != info.name.split(":")[0] and "=" in name:
            return None
        shape = [d.size if d.size >= 0 else 2 for d in info.tensor_shape.dim]
        dtype = tf.dtypes.as_dtype(info.dtype)
        if dtype == tf.string:
            a = np.array(["one", "two"])[rng.integers(0, 2, shape)]
        elif dtype == tf.bool or dtype.is_integer:
            a = rng.integers(0, 2, shape).astype(dtype.as_numpy_dtype)
        elif dtype.is_floating:
            a = rng.random(shape).astype("float64")  # becomes what the input takes
        else:
            return None
        np.save(os.path.join(folder, name + ".npy"), np.asarray(a))
        words.append(f"{name}={folder}/{name}.npy")
    return ";".join(words)


def words_only(text):
    return [line for line in text.split("\n") if line.startswith(("Result for", "Output "))]


def run(exe, path, tags, key, signature):
    import numpy as np

    with tempfile.TemporaryDirectory() as tmp:
        inputs = random_inputs(signature, tmp)
        if not inputs:
            return None
        args = ["--tag_set", tags, "--signature_def", key, "--inputs", inputs, "--overwrite", "--outdir"]
        out = {}
        for who, call in (("python", lambda a: python(path, a, "run")), ("gotf", lambda a: gotf(exe, path, a, "run"))):
            text = call(args + [os.path.join(tmp, who)])
            if text.endswith("Error\n") and text.startswith("error: "):
                return None  # Python cannot run it on these inputs
            if text.startswith("error: "):
                return text
            arrays = {f: np.load(os.path.join(tmp, who, f), allow_pickle=True) for f in os.listdir(os.path.join(tmp, who))}
            out[who] = (words_only(text.replace(os.path.join(tmp, who), "OUT")),
                        {f: a.astype("S") if a.dtype == object else a for f, a in arrays.items()})
        if out["python"][0] != out["gotf"][0]:
            return f"lines {out['gotf'][0]}, want {out['python'][0]}"
        return peer.compare_all(out["gotf"][1], out["python"][1], 1e-4)


def main():
    exe, folders = sys.argv[1], sys.argv[2:]
    from tensorflow.python.tools import saved_model_utils

    import tensorflow.python.tools.saved_model_cli  # noqa: F401

    texts.sort_dicts()
    checks = {}
    for path in models(folders):
        graphs = saved_model_utils.read_saved_model(path).meta_graphs
        for verb, args in commands(graphs):
            checks[f"{path} {verb} {' '.join(args)}"] = first_difference(gotf(exe, path, args, verb), python(path, args, verb))
        if not os.path.isdir(os.path.join(path, "variables")):
            continue
        for g in graphs:
            for key, signature in g.signature_def.items():
                if signature.inputs:
                    checks[f"{path} run {key}"] = run(exe, path, ",".join(g.meta_info_def.tags), key, signature)
    peer.report(checks)


if __name__ == "__main__":
    main()
