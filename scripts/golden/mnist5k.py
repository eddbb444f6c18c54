#!/usr/bin/env python3
"""Makes testdata/mnist-5k and keras/datasets/testdata/mnist.json.

mnist-5k is the first 4,000 training and 1,000 test digits of MNIST, as gzipped
idx files. mnist.json records, for it and for the whole MNIST, what a reader
must find: counts, labels' histogram, sum of pixels, sha256 of the bytes.

Needs the whole MNIST (scripts/data mnist). Run from the repository's root:

    python3 scripts/golden/mnist5k.py FOLDER_WITH_MNIST
"""

import gzip
import hashlib
import json
import struct
import sys
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "testdata" / "mnist-5k"
PARTS = {"train": ("train", 4000), "test": ("t10k", 1000)}


def read(path, dims):
    """Returns the header's sizes and the bytes of an idx file of bytes."""
    b = path.read_bytes()
    magic, *sizes = struct.unpack(f">{1 + dims}I", b[: 4 + 4 * dims])
    assert magic == 0x800 + dims, path
    data = b[4 + 4 * dims :]
    want = 1
    for s in sizes:
        want *= s
    assert len(data) == want, path
    return sizes, data


def facts(sizes, images, labels):
    return {
        "count": sizes[0],
        "rows": sizes[1],
        "cols": sizes[2],
        "labels": [labels.count(c) for c in range(10)],
        "first_labels": list(labels[:10]),
        "pixel_sum": sum(images),
        "images_sha256": hashlib.sha256(images).hexdigest(),
        "labels_sha256": hashlib.sha256(labels).hexdigest(),
    }


def write(name, sizes, data):
    idx = struct.pack(f">{1 + len(sizes)}I", 0x800 + len(sizes), *sizes) + data
    # No time and no name in the header: the same input gives the same file.
    (OUT / (name + ".gz")).write_bytes(gzip.compress(idx, 9, mtime=0))


def main(folder):
    OUT.mkdir(parents=True, exist_ok=True)
    found = {"mnist": {}, "mnist-5k": {}}
    for part, (prefix, n) in PARTS.items():
        sizes, images = read(folder / f"{prefix}-images-idx3-ubyte", 3)
        _, labels = read(folder / f"{prefix}-labels-idx1-ubyte", 1)
        found["mnist"][part] = facts(sizes, images, labels)
        sizes = [n, *sizes[1:]]
        images, labels = images[: n * sizes[1] * sizes[2]], labels[:n]
        found["mnist-5k"][part] = facts(sizes, images, labels)
        write(f"{prefix}-images-idx3-ubyte", sizes, images)
        write(f"{prefix}-labels-idx1-ubyte", [n], labels)
    found["versions"] = {"python": sys.version.split()[0], "zlib": zlib.ZLIB_RUNTIME_VERSION}
    golden = ROOT / "keras" / "datasets" / "testdata" / "mnist.json"
    golden.parent.mkdir(parents=True, exist_ok=True)
    golden.write_text(json.dumps(found, indent=1) + "\n")


if len(sys.argv) != 2:
    sys.exit(__doc__)
main(Path(sys.argv[1]))
