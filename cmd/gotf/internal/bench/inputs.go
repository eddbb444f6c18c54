package bench

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gotf/gotf/cmd/gotf/internal/modelio"
	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/tf"
)

// largest is the most bytes of one random input.
const largest = 1 << 30

// inputs makes an array for each port: read from its file, or random.
func (o *options) inputs(ports []modelio.Port) (map[string]*npy.Array, error) {
	arrays := map[string]*npy.Array{}
	for _, p := range ports {
		var a *npy.Array
		var err error
		if file := o.files[p.Name]; file != "" {
			a, err = readInput(file, p)
		} else {
			a, err = o.random(p)
		}
		if err != nil {
			return nil, err
		}
		arrays[p.Name] = a
	}
	return arrays, nil
}

func readInput(file string, p modelio.Port) (*npy.Array, error) {
	a, err := modelio.LoadArray(file)
	if err != nil {
		return nil, err
	}
	want := p.DType.String()
	if p.DType == tf.String {
		want = npy.Bytes
	}
	if a.DType != want || !p.Shape.Accepts(a.Shape) {
		return nil, fmt.Errorf("%s holds %s %v; input %q takes %v %v", file, a.DType, tf.Shape(a.Shape), p.Name, p.DType, p.Shape)
	}
	return a, nil
}

// random makes values that depend on the input's name, type and shape only, so
// that two models get the same.
func (o *options) random(p modelio.Port) (*npy.Array, error) {
	shape, err := o.shapeOf(p)
	if err != nil {
		return nil, err
	}
	n, size := shape.NumElements(), int64(max(p.DType.Size(), 1))
	if n < 0 || n > largest/size {
		return nil, fmt.Errorf("input %q: an array of shape %v and type %v is more than the 1 GiB that gotf bench makes", p.Name, shape, p.DType)
	}
	h := fnv.New64a()
	h.Write([]byte(p.Name))
	rng := rand.New(rand.NewPCG(h.Sum64(), uint64(n)))
	a := &npy.Array{DType: p.DType.String(), Shape: shape}
	if p.DType == tf.String {
		a.DType, a.Strings = npy.Bytes, make([][]byte, n)
		for i := range a.Strings {
			a.Strings[i] = []byte(words[rng.IntN(len(words))])
		}
		return a, nil
	}
	next := numbers[p.DType]
	if next == nil {
		return nil, fmt.Errorf("input %q is of type %v, of which gotf bench cannot make values", p.Name, p.DType)
	}
	a.Raw = make([]byte, 0, n*size)
	for range n {
		a.Raw = next(a.Raw, rng)
	}
	return a, nil
}

var words = []string{"to", "be", "or", "not", "that", "is", "the", "question"}

// numbers append a random value: floats from 0 to 1, integers of 8 bits
// from all of them, larger ones, which often are indices, 0 or 1.
var numbers = map[tf.DType]func([]byte, *rand.Rand) []byte{
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
	tf.Int16:  bit16,
	tf.Uint16: bit16,
	tf.Int32:  bit32,
	tf.Uint32: bit32,
	tf.Int64:  bit64,
	tf.Uint64: bit64,
}

func bit16(b []byte, r *rand.Rand) []byte {
	return binary.LittleEndian.AppendUint16(b, uint16(r.IntN(2)))
}

func bit32(b []byte, r *rand.Rand) []byte {
	return binary.LittleEndian.AppendUint32(b, uint32(r.IntN(2)))
}

func bit64(b []byte, r *rand.Rand) []byte {
	return binary.LittleEndian.AppendUint64(b, uint64(r.IntN(2)))
}

// shapeOf is the shape that an input gets: --shape's, or the model's with
// --batch for an unknown first dimension and 1 for others.
func (o *options) shapeOf(p modelio.Port) (tf.Shape, error) {
	if asked, ok := o.shapes[p.Name]; ok {
		if !p.Shape.Accepts(asked) {
			return nil, fmt.Errorf("--shape gives input %q the shape %v; it takes %v", p.Name, tf.Shape(asked), p.Shape)
		}
		return asked, nil
	}
	if p.Shape == nil {
		return nil, fmt.Errorf("input %q is of unknown rank; give its shape with --shape '%s=...'", p.Name, p.Name)
	}
	shape := slices.Clone(p.Shape)
	for i, d := range shape {
		switch {
		case d < 0 && i == 0:
			shape[i] = o.batch
		case d < 0:
			shape[i] = 1
		}
	}
	if o.batch > 1 && len(shape) > 0 && p.Shape[0] >= 0 && p.Shape[0] != o.batch {
		return nil, fmt.Errorf("input %q has the fixed shape %v: its first dimension cannot be --batch %d", p.Name, p.Shape, o.batch)
	}
	return shape, nil
}

// checkNames finds a name in --inputs or --shape that is no model's input.
func (o *options) checkNames(models []*contender) error {
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
				return fmt.Errorf("--%s: no input %q%s (there are %q)", flag, name, suggest.DidYouMean(name, have), have)
			}
		}
	}
	return nil
}
