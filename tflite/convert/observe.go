package convert

import (
	"cmp"
	"context"
	"iter"
	"math"
	"slices"

	"github.com/gotf/gotf/savedmodel"
)

// InputRange is the range of the numbers that samples held for an input: what
// an int8 model was calibrated for.
type InputRange struct {
	Signature string  `json:"signature"`
	Input     string  `json:"input"`
	DType     string  `json:"dtype"` // of the samples
	Min       float64 `json:"min"`
	Max       float64 `json:"max"`
}

// Observe gives the same samples and a function that tells the ranges of the
// inputs of those that were ranged over so far, by signature and input. Inputs
// that are no numbers are left out. Of no samples it gives nil.
func Observe(s Samples) (Samples, func() []InputRange) {
	seen := map[[2]string]*InputRange{}
	var samples Samples
	observed := func(ctx context.Context, signatures []savedmodel.Signature) iter.Seq2[Sample, error] {
		return func(yield func(Sample, error) bool) {
			for sample, err := range s(ctx, signatures) {
				if err == nil {
					err = widen(seen, sample)
				}
				if !yield(sample, err) {
					return
				}
			}
		}
	}
	if s != nil {
		samples = observed
	}
	return samples, func() (list []InputRange) {
		for _, r := range seen {
			list = append(list, *r)
		}
		slices.SortFunc(list, func(a, b InputRange) int {
			return cmp.Or(cmp.Compare(a.Signature, b.Signature), cmp.Compare(a.Input, b.Input))
		})
		return list
	}
}

// widen takes in a sample's finite numbers.
func widen(seen map[[2]string]*InputRange, sample Sample) error {
	for name, t := range sample.Inputs {
		values, err := numbers(t)
		if err != nil {
			return err
		}
		key := [2]string{sample.Signature, name}
		for _, v := range values {
			if v-v != 0 {
				continue
			}
			r := seen[key]
			if r == nil {
				r = &InputRange{sample.Signature, name, t.DType().String(), math.Inf(1), math.Inf(-1)}
				seen[key] = r
			}
			r.Min, r.Max = min(r.Min, v), max(r.Max, v)
		}
	}
	return nil
}
