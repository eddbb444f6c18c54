package convert

import (
	"context"
	"math"
)

// A Range is what calibration saw a tensor hold.
type Range struct{ Min, Max float32 }

// Near says that ranges are the same but for the last bits of their ends.
func (r Range) Near(o Range) bool {
	size := 1e-6 * max(math.Abs(float64(o.Min)), math.Abs(float64(o.Max)))
	return math.Abs(float64(r.Min-o.Min)) <= size && math.Abs(float64(r.Max-o.Max)) <= size
}

// Ranges are those of a model with ranges noted in it, by subgraph and tensor.
func Ranges(model []byte) map[[2]int]Range {
	list := map[[2]int]Range{}
	for i, g := range unpack(model).Subgraphs {
		for j, t := range g.Tensors {
			if q := t.Quantization; q != nil && len(q.Min) > 0 {
				list[[2]int{i, j}] = Range{q.Min[0], q.Max[0]}
			}
		}
	}
	return list
}

// Calibrated is the model that TensorFlow's quantizer gets.
func Calibrated(ctx context.Context, dir string, o *Options) ([]byte, error) {
	p, err := newPlan(dir, o)
	if err != nil {
		return nil, err
	}
	model, _, err := p.native(p.converterFlags())
	if err != nil {
		return nil, err
	}
	m := unpack(model)
	if err := p.noteRanges(ctx, m); err != nil {
		return nil, err
	}
	return pack(m), nil
}

// Overwritten are the ranges of a calibrated model that Python's calibrator may
// have in place of those that are true: it reads what an operator took once more
// when that is done, and some kernels have then written their output over it.
func Overwritten(model []byte) map[[2]int]Range {
	exact, list := Ranges(model), map[[2]int]Range{}
	for i, g := range unpack(model).Subgraphs {
		for _, o := range g.Operators {
			for _, t := range o.Inputs {
				at := [2]int{i, int(t)}
				in, taken := exact[at]
				if len(o.Outputs) == 0 || !taken {
					continue
				}
				if out, ok := exact[[2]int{i, int(o.Outputs[0])}]; ok { // of the last one that takes it
					list[at] = Range{min(in.Min, out.Min), max(in.Max, out.Max)}
				}
			}
		}
	}
	return list
}
