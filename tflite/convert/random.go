package convert

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
)

// openSizes are tried, in turn, for open dimensions but the first, which is 1:
// convolutions need room, and what the graph computes from them may need one.
var openSizes = []int64{32, 1, 256}

// random makes n samples for each signature, the same ones every time.
func random(open int64, n int) Samples {
	return func(_ context.Context, signatures []savedmodel.Signature) iter.Seq2[Sample, error] {
		return func(yield func(Sample, error) bool) {
			r := rand.New(rand.NewPCG(1, 2))
			for _, s := range signatures {
				for range n {
					inputs := map[string]*tf.Tensor{}
					for _, in := range s.Inputs {
						t, err := randomTensor(r, in, open)
						if err != nil {
							Sample{Inputs: inputs}.Close()
							yield(Sample{}, err)
							return
						}
						inputs[in.Name] = t
					}
					if !yield(Sample{Signature: s.Key, Inputs: inputs}, nil) {
						return
					}
				}
			}
		}
	}
}

// mostRandom bounds an input's elements.
const mostRandom = 1 << 26

// randomTensor holds floats from -1 to 1, bytes of all values, or the integers 0
// and 1, which index most things.
func randomTensor(r *rand.Rand, in savedmodel.TensorInfo, open int64) (*tf.Tensor, error) {
	if in.Shape == nil {
		return nil, fmt.Errorf("random samples: input %q may have any shape", in.Name)
	}
	shape, n := append(tf.Shape{}, in.Shape...), int64(1)
	for i := range shape {
		if shape[i] < 0 {
			shape[i] = open
			if i == 0 {
				shape[i] = 1
			}
		}
		if n *= shape[i]; n > mostRandom {
			return nil, fmt.Errorf("random samples: input %q of shape %v is too large", in.Name, in.Shape)
		}
	}
	switch in.DType {
	case tf.Float32:
		return fill(shape, n, func() float32 { return r.Float32()*2 - 1 })
	case tf.Float64:
		return fill(shape, n, func() float64 { return r.Float64()*2 - 1 })
	case tf.Float16:
		return fill(shape, n, func() tf.F16 { return tf.ToF16(r.Float32()*2 - 1) })
	case tf.BFloat16:
		return fill(shape, n, func() tf.BF16 { return tf.ToBF16(r.Float32()*2 - 1) })
	case tf.Complex64:
		return fill(shape, n, func() complex64 { return complex(r.Float32()*2-1, r.Float32()*2-1) })
	case tf.Complex128:
		return fill(shape, n, func() complex128 { return complex(r.Float64()*2-1, r.Float64()*2-1) })
	case tf.Uint8:
		return fill(shape, n, func() uint8 { return uint8(r.Uint32()) })
	case tf.Int8:
		return fill(shape, n, func() int8 { return int8(r.Uint32()) })
	case tf.Int16:
		return fill(shape, n, func() int16 { return int16(r.IntN(2)) })
	case tf.Uint16:
		return fill(shape, n, func() uint16 { return uint16(r.IntN(2)) })
	case tf.Uint32:
		return fill(shape, n, func() uint32 { return uint32(r.IntN(2)) })
	case tf.Uint64:
		return fill(shape, n, func() uint64 { return uint64(r.IntN(2)) })
	case tf.Int32:
		return fill(shape, n, func() int32 { return int32(r.IntN(2)) })
	case tf.Int64:
		return fill(shape, n, func() int64 { return int64(r.IntN(2)) })
	case tf.Bool:
		return fill(shape, n, func() bool { return r.IntN(2) == 1 })
	}
	return nil, fmt.Errorf("random samples: input %q is %v", in.Name, in.DType)
}

func fill[T tf.Element](shape tf.Shape, n int64, next func() T) (*tf.Tensor, error) {
	values := make([]T, n)
	for i := range values {
		values[i] = next()
	}
	if len(shape) == 0 {
		return tf.NewScalar(values[0])
	}
	return tf.NewTensor(values, shape...)
}
