"""Golden gradients: python scripts/golden/grads.py [FAMILY...]

Run with tensorflow-cpu 2.18.0. For each family, all if none is named, writes
tf/grad/testdata/FAMILY.json and FAMILY.safetensors.gz (goldenfile.py says how these
look): what tf.GradientTape gives for one op at a time, and a second time for the gradient
itself. The cases of a family are in grads_FAMILY.py. A case holds

  "op" "attrs" {name: value}   the op, its attributes but for types and counts
  "inputs" [name, ...]         its input arguments, in order; a list argument stands
                               once for each of its tensors ("inputs:0", "inputs:1")
  "outputs" N                  how many outputs
  "wrt" [i, ...]               the inputs that have a gradient
  "tolerance"                  1e-12, or 1e-5 where the op runs in float32 only
  "second"                     true, or in words why Python has no second gradient
  "complex" [role, ...]        arrays whose last axis is real and imaginary part

and the arrays, float64 unless the op wants others:

  CASE/x0..                    all inputs
  CASE/y0..                    all outputs
  CASE/dy0..                   random, of each output that is differentiated
  CASE/dx<i>                   gradient of L = sum over outputs of sum(real(y*dy)) by input i;
                               missing where that is nil
  CASE/r<i>                    random, of dx<i>'s shape
  CASE/ddx<i> CASE/ddy<j>      gradients of sum over i of sum(real(dx<i>*r<i>)) by input i and
                               by dy<j>; missing where nil

The case "mlp" is no op: x w1 b1 w2 b2 labels, y0 = the mean over the rows of
SparseSoftmaxCrossEntropy(tanh(x*w1+b1)*w2+b2, labels), dy0 = 1.
"""

import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
SCRIPTS = Path(__file__).resolve().parents[1]
sys.path[0] = str(SCRIPTS)

SEED = 414


def main(families):
    from importlib import import_module

    from golden import grads_driver
    from golden.goldenfile import Golden

    here = SCRIPTS / "golden"
    every = sorted(f.stem.removeprefix("grads_") for f in here.glob("grads_*.py") if f.stem != "grads_driver")
    for family in families or every:
        g = Golden(SEED)
        grads_driver.run(g, import_module(f"golden.grads_{family}"))
        g.save(str(SCRIPTS.parent / "tf" / "grad" / "testdata" / family))


if __name__ == "__main__":
    main(sys.argv[1:])
