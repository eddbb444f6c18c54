package micro

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"

	"github.com/gotf/gotf/tflite/internal/schema"
)

// kernel is what TFLM keeps for one operator, in bytes: the parameters that it
// reads from the model and the kernel's own data.
type kernel struct{ params, data int }

//go:embed kernels.txt
var kernelText string

// kernels are the sizes of the kernels by the operator's name, as
// scripts/peers/package_arena.py measures them.
var kernels = sync.OnceValue(func() map[string]kernel {
	out := map[string]kernel{}
	for line := range strings.Lines(kernelText) {
		words := strings.Fields(line)
		if len(words) != 3 || words[0] == "#" {
			continue
		}
		params, _ := strconv.Atoi(words[1])
		data, _ := strconv.Atoi(words[2])
		out[words[0]] = kernel{params, data}
	}
	return out
})

// guess stands for a kernel that is not in the table: no known one is larger.
var guess = kernel{params: 64, data: 704}

// extra is what an operator's kernel keeps by the sizes of its tensors: blocks
// of persistent memory, and scratch memory while it runs.
func (o operator) extra() (persistent, scratch []int) {
	switch o.code {
	case schema.BuiltinOperatorCONV_2D, schema.BuiltinOperatorDEPTHWISE_CONV_2D, schema.BuiltinOperatorTRANSPOSE_CONV:
		persistent, scratch = o.channels()
		return persistent, append(scratch, o.unpacked()...)
	case schema.BuiltinOperatorFULLY_CONNECTED:
		if w := o.input(1); w.scales > 1 {
			persistent = []int{4 * w.scales, 4 * w.scales}
		}
		return persistent, o.unpacked()
	case schema.BuiltinOperatorMEAN, schema.BuiltinOperatorSUM:
		scratch = o.axes()
		if o.input(0).integer() {
			scratch = append(scratch, 4*o.output(0).elements())
		}
		return nil, scratch
	case schema.BuiltinOperatorREDUCE_MAX, schema.BuiltinOperatorREDUCE_MIN, schema.BuiltinOperatorREDUCE_ALL:
		return nil, o.axes()
	case schema.BuiltinOperatorADD_N:
		return o.factors(), []int{pointer * len(o.inputs)}
	case schema.BuiltinOperatorCUMSUM:
		return o.factors(), nil
	case schema.BuiltinOperatorSOFTMAX:
		if o.input(0).dtype == schema.TensorTypeINT16 {
			return []int{2 * 513, 2 * 513}, nil // tables of exp(x) and 1/(1+x)
		}
	case schema.BuiltinOperatorMIRROR_PAD:
		return nil, []int{4 * len(o.input(0).shape), 4 * len(o.input(0).shape)}
	case schema.BuiltinOperatorBATCH_MATMUL:
		return o.transposed(), nil
	case schema.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_LSTM:
		return nil, o.lstmScratch()
	case schema.BuiltinOperatorSVDF:
		return nil, o.svdfScratch()
	}
	return nil, nil
}

// axes is what reductions take for the axes of the input and those to reduce.
func (o operator) axes() []int {
	return []int{4 * len(o.input(0).shape), 4 * o.input(1).elements()}
}

// factors is what sums of integers keep to scale them.
func (o operator) factors() []int {
	if o.input(0).integer() {
		return []int{48}
	}
	return nil
}

// unpacked is the room for weights of 4 bits, unpacked to 8.
func (o operator) unpacked() []int {
	if w := o.input(1); w.dtype == schema.TensorTypeINT4 {
		return []int{w.elements()}
	}
	return nil
}

// channels is what convolutions keep for each channel of the output.
func (o operator) channels() (persistent, scratch []int) {
	out, in := o.output(0), o.input(1)
	n := in.shape
	if len(n) == 0 {
		return nil, nil
	}
	c := n[0]
	if o.code == schema.BuiltinOperatorDEPTHWISE_CONV_2D {
		c = n[len(n)-1]
	}
	if o.code == schema.BuiltinOperatorTRANSPOSE_CONV && out.integer() {
		scratch = []int{4 * out.elements() * (1 + b2i(out.dtype == schema.TensorTypeINT16))}
		if bias := o.input(3); bias.dtype == schema.TensorTypeINT16 {
			scratch = append(scratch, 8*bias.elements()) // widened
		}
	}
	return []int{4 * c, 4 * c}, scratch
}

// transposed is what a product of matrices keeps: copies of the sides that are
// not stored as its loops want them.
func (o operator) transposed() []int {
	side := func(t tensor) []int { return []int{perTensor, 4 + 4*len(t.shape), t.bytes()} }
	blocks := []int{4 + 4*len(o.input(1).shape)}
	if o.adjoint[0] {
		blocks = append(blocks, side(o.input(0))...)
	}
	if !o.adjoint[1] {
		blocks = append(blocks, side(o.input(1))...)
	}
	if o.input(0).integer() {
		blocks = append(blocks, 28)
	}
	return blocks
}

// lstmScratch is four gates of a batch and, for integers, the output's sums.
func (o operator) lstmScratch() []int {
	state, cells := o.input(18), o.input(19)
	gate := max(cells.elements(), state.elements())
	size := gate * 2
	if !o.input(0).integer() {
		size = gate * 4
	}
	return []int{size, size, size, size}
}

func (o operator) svdfScratch() []int {
	units, batch := o.input(1).first(), o.input(0).first()
	if !o.input(0).integer() {
		return []int{4 * batch * units}
	}
	return []int{4 * batch * units, 4 * batch * max(1, o.output(0).elements()/max(1, batch))}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
