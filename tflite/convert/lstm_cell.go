package convert

import (
	"fmt"
	"math"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
	"github.com/gotf/gotf/tflite/internal/schema"
)

// cell is what a fused LSTM computes at one step of one sequence. Weights are by
// gate: input, forget, cell, output; what an LSTM lacks is nil.
type cell struct {
	input, recurrent, peephole, bias, norm [4][]float32
	projection, projectionBias             []float32
	cellClip, projClip                     float32
	activation                             schema.ActivationFunctionType

	h, c []float32                 // the state
	see  func(k int, of []float32) // the tensors that the LSTM does not show
}

// trace runs an LSTM on what its operator takes and gives what it does not show
// to see.
func (l lstm) trace(n *tflite.Node, see func(place, []float32) error) error {
	var failed error
	values := func(i int) []float32 {
		if !n.Input(i).Present() {
			return nil
		}
		v, err := tflite.View[float32](n.Input(i))
		if err != nil && failed == nil {
			failed = fmt.Errorf("%w: input %d of an LSTM: %w", tf.Unimplemented, i, err)
		}
		return v
	}
	c := &cell{projection: values(lstmProjection), projectionBias: values(lstmProjection + 1)}
	c.see = func(k int, of []float32) {
		if failed == nil {
			failed = see(place{l.graph, l.o.Intermediates[k]}, of)
		}
	}
	for gate := range 4 {
		c.input[gate], c.recurrent[gate] = values(1+gate), values(5+gate)
		c.bias[gate], c.norm[gate] = values(12+gate), values(lstmNorm-1+gate)
	}
	c.peephole = [4][]float32{values(9), values(10), nil, values(11)}
	x, h, state := values(0), values(18), values(19)
	timeMajor := true
	switch o := l.o.BuiltinOptions.Value.(type) {
	case *schema.UnidirectionalSequenceLSTMOptionsT:
		c.activation, c.cellClip, c.projClip, timeMajor = o.FusedActivationFunction, o.CellClip, o.ProjClip, o.TimeMajor
	case *schema.LSTMOptionsT:
		c.activation, c.cellClip, c.projClip = o.FusedActivationFunction, o.CellClip, o.ProjClip
	}
	if failed != nil {
		return failed
	}
	shape := n.Input(0).Shape()
	units, size := len(c.bias[1]), int(shape[len(shape)-1])
	outputs := len(c.recurrent[3]) / units
	batch := len(state) / units
	steps := len(x) / (batch * size)
	for b := range batch {
		c.h, c.c = append([]float32(nil), h[b*outputs:(b+1)*outputs]...), append([]float32(nil), state[b*units:(b+1)*units]...)
		for t := range steps {
			at := b*steps + t
			if timeMajor {
				at = t*batch + b
			}
			c.step(x[at*size : (at+1)*size])
		}
	}
	return failed
}

// step takes one input in.
func (c *cell) step(x []float32) {
	gates := [4][]float32{}
	for _, g := range []int{0, 1, 2} {
		gates[g] = c.gate(g, x)
	}
	for i := range c.c {
		share := 1 - gates[1][i] // of a coupled input gate
		if gates[0] != nil {
			share = gates[0][i]
		}
		c.c[i] = clip(gates[1][i]*c.c[i]+share*gates[2][i], c.cellClip)
	}
	hidden := c.gate(3, x)
	for i := range hidden {
		hidden[i] *= activate(c.activation, c.c[i])
	}
	c.see(4, hidden)
	if c.projection == nil {
		c.h = hidden
		return
	}
	h := make([]float32, len(c.h))
	copy(h, c.projectionBias)
	multiply(h, c.projection, hidden)
	for i := range h {
		h[i] = clip(h[i], c.projClip)
	}
	c.h = h
}

// gate is the value of one gate, nil where the LSTM lacks it.
func (c *cell) gate(g int, x []float32) []float32 {
	if c.input[g] == nil {
		return nil
	}
	z := make([]float32, len(c.c))
	if c.norm[g] == nil {
		copy(z, c.bias[g])
	}
	multiply(z, c.input[g], x)
	multiply(z, c.recurrent[g], c.h)
	for i, p := range c.peephole[g] {
		z[i] += p * c.c[i]
	}
	if c.norm[g] != nil {
		c.see(g, z)
		normalize(z)
		for i := range z {
			z[i] = z[i]*c.norm[g][i] + c.bias[g][i]
		}
	}
	for i := range z {
		if g == 2 {
			z[i] = activate(c.activation, z[i])
		} else {
			z[i] = float32(1 / (1 + math.Exp(-float64(z[i]))))
		}
	}
	return z
}

// multiply adds weights·x to z; weights has a row for each element of z.
func multiply(z, weights, x []float32) {
	for i := range z {
		row := weights[i*len(x) : (i+1)*len(x)]
		var sum float32
		for j, w := range row {
			sum += w * x[j]
		}
		z[i] += sum
	}
}

// normalize makes the mean 0 and the variance 1.
func normalize(z []float32) {
	var mean, variance float64
	for _, v := range z {
		mean += float64(v) / float64(len(z))
	}
	for _, v := range z {
		variance += (float64(v) - mean) * (float64(v) - mean) / float64(len(z))
	}
	for i, v := range z {
		z[i] = float32((float64(v) - mean) / math.Sqrt(variance+1e-8))
	}
}

func activate(f schema.ActivationFunctionType, v float32) float32 {
	switch f {
	case schema.ActivationFunctionTypeRELU:
		return max(v, 0)
	case schema.ActivationFunctionTypeRELU_N1_TO_1:
		return max(-1, min(v, 1))
	case schema.ActivationFunctionTypeRELU6:
		return max(0, min(v, 6))
	case schema.ActivationFunctionTypeTANH:
		return float32(math.Tanh(float64(v)))
	}
	return v
}

// clip keeps v within limit of 0, if there is a limit.
func clip(v, limit float32) float32 {
	if limit <= 0 {
		return v
	}
	return max(-limit, min(v, limit))
}
