"""Full int8 as Python makes it: python tflite_int8.py DIR --calibration F.npz --out FOLDER [--io int8]

F.npz holds arrays named as the inputs, whose first dimension counts the samples. Writes
native.tflite (what the converter made with int8 in mind), calibrated.tflite (the same with
ranges), quantized.tflite (what the native quantizer returned) and whole.tflite (what
converter.convert() returned) into FOLDER. A SavedModel that TFLiteConverter cannot load
(_UserObject has no attribute add_slot) goes through the same native calls, with the flags that
the converter passes, and has no whole.tflite.
"""

import argparse
import json
import os

import peer


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("dir")
    p.add_argument("--calibration", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--io", choices=("float32", "int8", "uint8"), default="float32")
    p.add_argument("--signature", default="serving_default")
    return p.parse_args()


def main():
    args = arguments()
    import numpy as np
    import tensorflow as tf
    from tensorflow.lite.python import convert as module

    arrays = dict(np.load(args.calibration))
    count = len(next(iter(arrays.values())))
    calls = module.wrap_converter
    native, quantize = calls.wrapped_convert, calls.wrapped_experimental_mlir_quantize

    def write(name, data):
        with open(os.path.join(args.out, name + ".tflite"), "wb") as f:
            f.write(data)

    def record_native(*rest):
        data = native(*rest)
        write("native", data)
        return data

    def record_quantize(calibrated, *rest):
        write("calibrated", calibrated)
        data = quantize(calibrated, *rest)
        write("quantized", data)
        return data

    calls.wrapped_convert, calls.wrapped_experimental_mlir_quantize = record_native, record_quantize

    def samples():
        for i in range(count):
            yield {name: a[i : i + 1] for name, a in arrays.items()}

    io = getattr(tf, args.io)
    whole = True
    try:
        converter = tf.lite.TFLiteConverter.from_saved_model(args.dir, signature_keys=[args.signature])
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = samples
        converter.inference_input_type = converter.inference_output_type = io
        write("whole", converter.convert())
    except AttributeError as e:
        if "add_slot" not in str(e):
            raise
        whole = False
        by_calls(module, args, samples, io)
    print(json.dumps({**peer.versions(), "samples": count, "whole": whole}))


def by_calls(module, args, samples, io):
    import tensorflow as tf
    from tensorflow.lite.python import lite
    from tensorflow.lite.python.optimize import calibrator

    base = lite.TFLiteConverterBaseV2()
    base.optimizations = [tf.lite.Optimize.DEFAULT]
    base.representative_dataset = samples
    base.saved_model_dir = args.dir
    base._saved_model_version = 1
    base._saved_model_tags = {"serve"}
    base._saved_model_exported_names = [args.signature]
    options = {"enable_tflite_resource_variables": True, **base._get_base_converter_args()}
    mode = lite.QuantizationMode(base.optimizations, base.target_spec, lite.RepresentativeDataset(samples), None)
    options.update(mode.converter_flags())
    data = calibrator.add_intermediate_tensors(module.convert_saved_model(**options))
    calibrated = calibrator.Calibrator(data).calibrate(samples)
    module.mlir_quantize(calibrated, input_data_type=io, output_data_type=io)


if __name__ == "__main__":
    main()
