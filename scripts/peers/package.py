"""Holds packaged .tflite files against tflite-support, and makes some with it.

Needs the Python of scripts/venv tflite.

  package.py check MODEL.tflite --want FOLDER   FOLDER is what gotf package --extract wrote of MODEL
  package.py make MODEL.tflite --kind KIND --out F.tflite
      KIND: image (the official writer for image classifiers), everything
  package.py versions MODEL.tflite...           min_parser_version as the official rules have it
"""

import argparse
import ctypes
import importlib.util
import json
import os
import sys
import tempfile
import zipfile

# tflite-support links libusb, which not every machine has: that of libusb-package
# answers where it is loaded first.
if usb := importlib.util.find_spec("libusb_package"):
    for folder in usb.submodule_search_locations:
        ctypes.CDLL(os.path.join(folder, "libusb-1.0.so"), mode=ctypes.RTLD_GLOBAL)

from tensorflow_lite_support.metadata import metadata_schema_py_generated as fb
from tensorflow_lite_support.metadata.cc.python import _pywrap_metadata_version
from tflite_support import metadata
from tflite_support.metadata_writers import image_classifier


def lean(value):
    """Without what is empty, and floats as float32: two writers differ in that."""
    if isinstance(value, dict):
        out = {k: lean(v) for k, v in value.items()}
        return {k: v for k, v in out.items() if v not in ([], None, "")}
    if isinstance(value, list):
        return [lean(v) for v in value]
    if isinstance(value, float):
        return float("%.6g" % value)
    return value


def numbers(value):
    """Integers that stand for floats compare as floats."""
    return json.loads(json.dumps(value), parse_int=float)


def check(model, folder):
    shown = metadata.MetadataDisplayer.with_model_file(model)
    with open(os.path.join(folder, "metadata.json"), encoding="utf-8") as f:
        want = numbers(lean(json.load(f)))
    got = numbers(lean(json.loads(shown.get_metadata_json())))
    if got != want:
        return f"metadata {got}, want {want}"
    names = set(os.listdir(folder)) - {"metadata.json"}
    packed = shown.get_packed_associated_file_list()
    if sorted(packed) != sorted(names):
        return f"files {sorted(packed)}, want {sorted(names)}"
    for name in names:
        with open(os.path.join(folder, name), "rb") as f:
            if shown.get_associated_file_buffer(name) != f.read():
                return f"file {name} differs"
    if names and zipfile.ZipFile(model).testzip():
        return "zipfile finds a damaged file"
    raw = bytes(shown.get_metadata_buffer())
    version = _pywrap_metadata_version.GetMinimumMetadataParserVersion(raw)
    recorded = json.loads(shown.get_metadata_json()).get("min_parser_version")
    if version != recorded:
        return f"min_parser_version {recorded}, want {version}"
    with open(model, "rb") as f:
        again = metadata.MetadataPopulator.with_model_buffer(f.read())
    again.load_metadata_buffer(raw)
    if sorted(again.get_packed_associated_file_list()) != sorted(names):
        return "the populator finds other files"
    again.populate()
    if metadata.get_metadata_buffer(bytes(again.get_model_buffer())) is None:
        return "the populator lost the metadata"
    return None


def make(model, kind, out):
    with open(model, "rb") as f:
        data = f.read()
    with tempfile.TemporaryDirectory() as folder:
        labels = os.path.join(folder, "labels.txt")
        with open(labels, "w", encoding="utf-8") as f:
            f.write("one\ntwo\n")
        if kind == "image":
            made = image_classifier.MetadataWriter.create_for_inference(bytearray(data), [127.5], [127.5], [labels]).populate()
        else:
            made = everything(data)
    with open(out, "wb") as f:
        f.write(made)


def everything(data):
    m = fb.ModelMetadataT()
    m.name, m.description, m.version, m.author, m.license = "n", "d", "v", "a", "l"
    s = fb.SubGraphMetadataT()
    tensor = fb.TensorMetadataT()
    tensor.name, tensor.dimensionNames = "sound", ["a", "b", "c", "d"]
    tensor.content = fb.ContentT()
    tensor.content.contentPropertiesType = fb.ContentProperties.AudioProperties
    tensor.content.contentProperties = fb.AudioPropertiesT()
    tensor.content.contentProperties.sampleRate = 16000
    tensor.content.contentProperties.channels = 2
    tensor.content.range = fb.ValueRangeT()
    tensor.content.range.min = tensor.content.range.max = 2
    unit = fb.ProcessUnitT()
    unit.optionsType = fb.ProcessUnitOptions.RegexTokenizerOptions
    unit.options = fb.RegexTokenizerOptionsT()
    unit.options.delimRegexPattern = "\\W+"
    vocab = fb.AssociatedFileT()
    vocab.name, vocab.type, vocab.locale, vocab.version = "vocab.txt", fb.AssociatedFileType.VOCABULARY, "en", "3"
    unit.options.vocabFile = [vocab]
    tensor.processUnits = [unit]
    out = fb.TensorMetadataT()
    out.name = "out"
    group = fb.TensorGroupT()
    group.name, group.tensorNames = "g", ["out"]
    s.inputTensorMetadata, s.outputTensorMetadata, s.outputTensorGroups = [tensor], [out], [group]
    custom = fb.CustomMetadataT()
    custom.name, custom.data = "c", [1, 2, 255]
    s.customMetadata = [custom]
    m.subgraphMetadata = [s]
    import flatbuffers

    b = flatbuffers.Builder(0)
    b.Finish(m.Pack(b), metadata.MetadataPopulator.METADATA_FILE_IDENTIFIER)
    populator = metadata.MetadataPopulator.with_model_buffer(data)
    populator.load_metadata_buffer(bytearray(b.Output()))
    populator.load_associated_file_buffers({"vocab.txt": b"word\n"})
    populator.populate()
    return bytes(populator.get_model_buffer())


def versions(models):
    out = []
    for model in models:
        shown = metadata.MetadataDisplayer.with_model_file(model)
        out.append(_pywrap_metadata_version.GetMinimumMetadataParserVersion(bytes(shown.get_metadata_buffer())))
    print(json.dumps(out))


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("check", "make", "versions"):
        p = commands.add_parser(name)
        p.add_argument("models", nargs="+")
        p.add_argument("--want")
        p.add_argument("--kind", default="image")
        p.add_argument("--out")
    args = parser.parse_args()
    if args.command == "versions":
        versions(args.models)
    elif args.command == "make":
        make(args.models[0], args.kind, args.out)
        print(args.out)
    elif why := check(args.models[0], args.want):
        sys.exit(why)
    else:
        print("ok")


if __name__ == "__main__":
    main()
