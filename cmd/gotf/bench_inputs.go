package main

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/tf"
)

// benchLargest is the most bytes of one random input.
const benchLargest = 1 << 30

// inputs makes an array for each port: read from its file, or random.
func (o *benchOptions) inputs(ports []port) (map[string]*npy.Array, error) {
	arrays := map[string]*npy.Array{}
	for _, p := range ports {
		var a *npy.Array
		var err error
		if file := o.files[p.name]; file != "" {
			a, err = benchFile(file, p)
		} else {
			a, err = o.random(p)
		}
		if err != nil {
			return nil, err
		}
		arrays[p.name] = a
	}
	return arrays, nil
}

func benchFile(file string, p port) (*npy.Array, error) {
	a, err := loadArray(file)
	if err != nil {
		return nil, err
	}
	want := p.dtype.String()
	if p.dtype == tf.String {
		want = npy.Bytes
	}
	if a.DType != want || !p.shape.Accepts(a.Shape) {
		return nil, fmt.Errorf("%s holds %s %v; input %q takes %v %v", file, a.DType, tf.Shape(a.Shape), p.name, p.dtype, p.shape)
	}
	return a, nil
}

// random makes values that depend on the input's name, type and shape only, so
// that two models get the same.
func (o *benchOptions) random(p port) (*npy.Array, error) {
	shape, err := o.shapeOf(p)
	if err != nil {
		return nil, err
	}
	n, size := shape.NumElements(), int64(max(p.dtype.Size(), 1))
	if n < 0 || n > benchLargest/size {
		return nil, fmt.Errorf("input %q: an array of shape %v and type %v is more than the 1 GiB that gotf bench makes", p.name, shape, p.dtype)
	}
	h := fnv.New64a()
	h.Write([]byte(p.name))
	rng := rand.New(rand.NewPCG(h.Sum64(), uint64(n)))
	a := &npy.Array{DType: p.dtype.String(), Shape: shape}
	if p.dtype == tf.String {
		a.DType, a.Strings = npy.Bytes, make([][]byte, n)
		for i := range a.Strings {
			a.Strings[i] = []byte(benchWords[rng.IntN(len(benchWords))])
		}
		return a, nil
	}
	next := benchNumbers[p.dtype]
	if next == nil {
		return nil, fmt.Errorf("input %q is of type %v, of which gotf bench cannot make values", p.name, p.dtype)
	}
	a.Raw = make([]byte, 0, n*size)
	for range n {
		a.Raw = next(a.Raw, rng)
	}
	return a, nil
}

var benchWords = []string{"to", "be", "or", "not", "that", "is", "the", "question"}

// benchNumbers append a random value: floats from 0 to 1, integers of 8 bits
// from all of them, larger ones, which often are indices, 0 or 1.
var benchNumbers = map[tf.DType]func([]byte, *rand.Rand) []byte{
	tf.Float32: func(b []byte, r *rand.Rand) []byte {
		return binary.LittleEndian.AppendUint32(b, math.Float32bits(r.Float32()))
	},
	tf.Float64: func(b []byte, r *rand.Rand) []byte {
		return binary.LittleEndian.AppendUint64(b, math.Float64bits(r.Float64()))
	},
	tf.Float16: func(b []byte, r *rand.Rand) []byte { // 0.5 to 1
		return binary.LittleEndian.AppendUint16(b, 0x3800|uint16(r.IntN(1<<10)))
	},
	tf.BFloat16: func(b []byte, r *rand.Rand) []byte {
		return binary.LittleEndian.AppendUint16(b, uint16(math.Float32bits(r.Float32())>>16))
	},
	tf.Complex64: func(b []byte, r *rand.Rand) []byte {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(r.Float32()))
		return binary.LittleEndian.AppendUint32(b, math.Float32bits(r.Float32()))
	},
	tf.Uint8:  func(b []byte, r *rand.Rand) []byte { return append(b, byte(r.Uint32())) },
	tf.Int8:   func(b []byte, r *rand.Rand) []byte { return append(b, byte(r.Uint32())) },
	tf.Bool:   func(b []byte, r *rand.Rand) []byte { return append(b, byte(r.IntN(2))) },
	tf.Int16:  benchBit16,
	tf.Uint16: benchBit16,
	tf.Int32:  benchBit32,
	tf.Uint32: benchBit32,
	tf.Int64:  benchBit64,
	tf.Uint64: benchBit64,
}

func benchBit16(b []byte, r *rand.Rand) []byte {
	return binary.LittleEndian.AppendUint16(b, uint16(r.IntN(2)))
}

func benchBit32(b []byte, r *rand.Rand) []byte {
	return binary.LittleEndian.AppendUint32(b, uint32(r.IntN(2)))
}

func benchBit64(b []byte, r *rand.Rand) []byte {
	return binary.LittleEndian.AppendUint64(b, uint64(r.IntN(2)))
}

// shapeOf is the shape that an input gets: --shape's, or the model's with
// --batch for an unknown first dimension and 1 for others.
func (o *benchOptions) shapeOf(p port) (tf.Shape, error) {
	if asked, ok := o.shapes[p.name]; ok {
		if !p.shape.Accepts(asked) {
			return nil, fmt.Errorf("--shape gives input %q the shape %v; it takes %v", p.name, tf.Shape(asked), p.shape)
		}
		return asked, nil
	}
	if p.shape == nil {
		return nil, fmt.Errorf("input %q is of unknown rank; give its shape with --shape '%s=...'", p.name, p.name)
	}
	shape := slices.Clone(p.shape)
	for i, d := range shape {
		switch {
		case d < 0 && i == 0:
			shape[i] = o.batch
		case d < 0:
			shape[i] = 1
		}
	}
	if o.batch > 1 && len(shape) > 0 && p.shape[0] >= 0 && p.shape[0] != o.batch {
		return nil, fmt.Errorf("input %q has the fixed shape %v: its first dimension cannot be --batch %d", p.name, p.shape, o.batch)
	}
	return shape, nil
}

// checkNames finds a name in --inputs or --shape that is no model's input.
func (o *benchOptions) checkNames(models []*benchModel) error {
	var have []string
	for _, m := range models {
		for _, in := range m.about.Inputs {
			if !slices.Contains(have, in.Name) {
				have = append(have, in.Name)
			}
		}
	}
	for flag, names := range map[string][]string{"inputs": slices.Sorted(maps.Keys(o.files)), "shape": slices.Sorted(maps.Keys(o.shapes))} {
		for _, name := range names {
			if !slices.Contains(have, name) {
				return fmt.Errorf("--%s: no input %q%s (there are %q)", flag, name, didYouMean(name, have), have)
			}
		}
	}
	return nil
}
