"""The native converter's bytes: python tflite_native.py DIR --quantize none|dynamic|float16 --out F

Python's TFLiteConverter calls a native converter and then appends metadata of its own.
This writes what the native call returned, which gotf's in-process conversion must equal
byte for byte, and prints its flags, sizes and sha256 as JSON. --python-out writes what
Python makes of it.
"""

import argparse
import hashlib
import json

import peer


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("dir")
    p.add_argument("--quantize", choices=("none", "dynamic", "float16"), default="none")
    p.add_argument("--signature", help="default: the converter's choice, serving_default")
    p.add_argument("--out", required=True)
    p.add_argument("--python-out")
    return p.parse_args()


def convert(directory, quantize="none", signature=None):
    """Returns the native result, Python's result, and the serialized ModelFlags and ConverterFlags."""
    import tensorflow as tf
    from tensorflow.lite.python import convert as module

    calls = []
    native = module.wrap_converter.wrapped_convert

    def record(model_flags, converter_flags, *rest):
        calls.append((native(model_flags, converter_flags, *rest), model_flags, converter_flags))
        return calls[-1][0]

    module.wrap_converter.wrapped_convert = record
    try:
        keys = {"signature_keys": [signature]} if signature else {}
        converter = tf.lite.TFLiteConverter.from_saved_model(directory, **keys)
        if quantize != "none":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if quantize == "float16":
            converter.target_spec.supported_types = [tf.float16]
        whole = converter.convert()
    finally:
        module.wrap_converter.wrapped_convert = native
    raw, model_flags, converter_flags = calls[-1]
    return raw, whole, model_flags, converter_flags


def main():
    args = arguments()
    raw, whole, model_flags, converter_flags = convert(args.dir, args.quantize, args.signature)
    with open(args.out, "wb") as f:
        f.write(raw)
    if args.python_out:
        with open(args.python_out, "wb") as f:
            f.write(whole)
    print(json.dumps({
        **peer.versions(), "quantize": args.quantize, "bytes": len(raw), "python_bytes": len(whole),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "model_flags": model_flags.hex(), "converter_flags": converter_flags.hex(),
    }, indent=1))


if __name__ == "__main__":
    main()
