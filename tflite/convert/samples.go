package convert

import (
	"context"
	"iter"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
)

// A Sample is one call of a signature of a model.
type Sample struct {
	Signature string
	Inputs    map[string]*tf.Tensor // by the names of the signature's inputs

	keep bool   // the tensors are somebody else's
	from string // the file that holds it, "" if none does
}

// Close frees the tensors, unless they came from [Tensors].
func (s Sample) Close() error {
	if !s.keep {
		for _, t := range s.Inputs {
			t.Close()
		}
	}
	return nil
}

// of names the file, for errors.
func (s Sample) of() string {
	if s.from == "" {
		return ""
	}
	return " (" + s.from + ")"
}

// Samples yields samples for a model with these signatures, of which at least
// one is to be called. It may be ranged over again. Who ranges over it closes
// each sample.
type Samples func(ctx context.Context, signatures []savedmodel.Signature) iter.Seq2[Sample, error]

// Tensors are samples that are in memory: the inputs of each, by name. The tensors
// stay the caller's, who closes them when the conversion is done.
func Tensors(signature string, inputs ...map[string]*tf.Tensor) Samples {
	return func(ctx context.Context, _ []savedmodel.Signature) iter.Seq2[Sample, error] {
		return func(yield func(Sample, error) bool) {
			for _, in := range inputs {
				if ctx.Err() != nil {
					yield(Sample{}, context.Cause(ctx))
					return
				}
				if !yield(Sample{Signature: signature, Inputs: in, keep: true}, nil) {
					return
				}
			}
		}
	}
}

// First are the first n samples; of none, nil.
func (s Samples) First(n int) Samples {
	if s == nil {
		return nil
	}
	return func(ctx context.Context, signatures []savedmodel.Signature) iter.Seq2[Sample, error] {
		return func(yield func(Sample, error) bool) {
			left := n
			if left <= 0 {
				return
			}
			for sample, err := range s(ctx, signatures) {
				if left--; !yield(sample, err) || left == 0 {
					return
				}
			}
		}
	}
}

// Join is all of several samples, such as those for several signatures, one after
// the other.
func Join(all ...Samples) Samples {
	return func(ctx context.Context, signatures []savedmodel.Signature) iter.Seq2[Sample, error] {
		return func(yield func(Sample, error) bool) {
			for _, s := range all {
				if s == nil {
					continue
				}
				for sample, err := range s(ctx, signatures) {
					if !yield(sample, err) {
						return
					}
				}
			}
		}
	}
}

// signatures describes those to convert.
func (p *plan) signatures() (list []savedmodel.Signature) {
	all := savedmodel.Signatures(p.graph)
	for _, key := range p.Signatures {
		for _, s := range all {
			if s.Key == key {
				list = append(list, s)
			}
		}
	}
	return list
}
