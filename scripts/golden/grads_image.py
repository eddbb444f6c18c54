"""Cases of grads.py: resizing, cropping, warping and colours."""

import numpy as np


def cases(g):
    f64 = lambda *s: g.normal(*s, dtype="float64")
    f32 = lambda *s: g.normal(*s)
    i32 = lambda *v: np.array(v, "int32")
    yield from _resize(f64, f32, i32)
    yield from _crop(g, f64, f32, i32)
    yield from _warp(f32, i32)
    yield "RGBToHSV", "RGBToHSV", {"images": g.rng.random((2, 5, 4, 3))}, {}
    yield "RGBToHSV/bright", "RGBToHSV", {"images": 0.1 + 3 * g.rng.random((6, 3))}, {}
    grey = np.array([[0.5, 0.5, 0.5], [0.7, 0.7, 0.2], [0.2, 0.7, 0.7], [0.7, 0.2, 0.7], [0.7, 0.2, 0.2], [0.2, 0.2, 0.7]])
    yield "RGBToHSV/ties", "RGBToHSV", {"images": grey}, {}


def _resize(f64, f32, i32):
    sizes = {"up": ((2, 3, 4, 2), (5, 7)), "down": ((1, 7, 6, 2), (3, 4)), "one": ((1, 1, 1, 2), (2, 3)), "to_one": ((1, 3, 4, 1), (1, 1))}
    for op in ("ResizeBilinear", "ResizeBicubic", "ResizeNearestNeighbor"):
        for kind, attrs in [("plain", {}), ("corners", {"align_corners": True}), ("centers", {"half_pixel_centers": True})]:
            for name, (x, size) in sizes.items():
                n = f64 if op == "ResizeNearestNeighbor" else f32
                yield f"{op}/{kind}/{name}", op, {"images": n(*x), "size": i32(*size)}, attrs
    for op in ("ResizeBilinear", "ResizeBicubic"):
        yield f"{op}/float64", op, {"images": f64(1, 3, 4, 2), "size": i32(5, 6)}, {}
    for kernel in ("lanczos1", "lanczos3", "lanczos5", "gaussian", "box", "triangle", "keyscubic", "mitchellcubic"):
        for name, x, size, scale, antialias in [("up", (2, 3, 4, 2), (5, 6), (1.7, 1.4), True),
                                                ("down", (1, 7, 6, 1), (3, 4), (0.4, 0.6), True),
                                                ("alias", (1, 7, 6, 1), (3, 4), (0.4, 0.6), False)]:
            yield (f"ScaleAndTranslate/{kernel}/{name}", "ScaleAndTranslate", {
                "images": f32(*x), "size": i32(*size), "scale": np.array(scale, "float32"),
                "translation": np.array([0.3, -0.2], "float32")}, {"kernel_type": kernel, "antialias": antialias})


def _crop(g, f64, f32, i32):
    boxes = np.array([[0.1, 0.22, 0.83, 0.81], [0.9, 0.1, 0.15, 0.64], [-0.2, 0.3, 0.73, 1.37], [0.33, 0.43, 0.33, 0.43]], "float32")
    where = {"boxes": boxes, "box_ind": i32(1, 0, 1, 0)}
    yield "CropAndResize/bilinear", "CropAndResize", {"image": f32(2, 5, 6, 2), **where, "crop_size": i32(3, 4)}, {}
    yield "CropAndResize/one", "CropAndResize", {"image": f32(2, 5, 6, 2), **where, "crop_size": i32(1, 1)}, {}
    none = {"boxes": np.zeros((0, 4), "float32"), "box_ind": np.zeros(0, "int32")}
    yield "CropAndResize/no_boxes", "CropAndResize", {"image": f32(2, 5, 6, 2), **none, "crop_size": i32(3, 4)}, {}
    yield ("CropAndResize/extrapolation", "CropAndResize", {"image": f64(2, 5, 6, 2), **where, "crop_size": i32(2, 3)},
           {"extrapolation_value": 0.5})
    yield ("CropAndResize/nearest", "CropAndResize", {"image": f32(2, 5, 6, 2), **where, "crop_size": i32(3, 4)},
           {"method": "nearest"})


def _warp(f32, i32):
    turn = np.array([[0.9, -0.27, 1.13, 0.31, 0.87, -0.66, 0.011, -0.023]], "float32")
    far = np.array([[1.7, 0.23, -3.31, -0.19, 2.1, -4.43, 0, 0], [0.8, 0.3, 2.37, 0.11, 1.2, 3.27, 0.02, 0.01]], "float32")
    move = np.array([[1, 0, 2, 0, 1, -1, 0, 0]], "float32")
    for name, transforms, attrs in [
        ("bilinear", turn, {"interpolation": "BILINEAR"}),
        ("nearest", turn, {"interpolation": "NEAREST"}),
        ("reflect", far, {"interpolation": "BILINEAR", "fill_mode": "REFLECT"}),
        ("wrap", far, {"interpolation": "BILINEAR", "fill_mode": "WRAP"}),
        ("edge", far, {"interpolation": "BILINEAR", "fill_mode": "NEAREST"}),
        ("edge_nearest", far, {"interpolation": "NEAREST", "fill_mode": "NEAREST"}),
        ("move", move, {"interpolation": "NEAREST"}),
    ]:
        inputs = {"images": f32(2, 5, 6, 2), "transforms": transforms, "output_shape": i32(4, 7)}
        if name == "move":
            inputs["output_shape"] = i32(5, 6)
        yield f"ImageProjectiveTransformV2/{name}", "ImageProjectiveTransformV2", inputs, attrs
        yield (f"ImageProjectiveTransformV3/{name}", "ImageProjectiveTransformV3",
               {**inputs, "fill_value": np.array(0.7, "float32")}, {"fill_mode": "CONSTANT", **attrs})
