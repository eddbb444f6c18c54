package convert

import (
	"fmt"

	"github.com/gotf/gotf/tflite/internal/schema"
)

// Inputs of TFLite's fused LSTM operators, which may be left out.
const (
	lstmProjection = 16 // weights
	lstmNorm       = 21 // coefficients of layer normalization, of the forget gate
)

// lstm is a fused LSTM, which TensorFlow's quantizer wants to have five tensors
// more: what the four gates are before layer normalization, and the hidden state
// before projection. Keras's have neither.
type lstm struct {
	graph int32
	o     *schema.OperatorT
}

// addIntermediates gives the fused LSTMs of a model those tensors, as Python's
// converter does.
func addIntermediates(m *schema.ModelT) (list []lstm) {
	for i, g := range m.Subgraphs {
		for k, o := range g.Operators {
			if !fusedLSTM(m, o) || len(o.Intermediates) > 0 {
				continue
			}
			for j := range 5 {
				o.Intermediates = append(o.Intermediates, int32(len(g.Tensors)))
				g.Tensors = append(g.Tensors, &schema.TensorT{Name: fmt.Sprintf("intermediate_%d_%d", k, j), Shape: []int32{0}})
			}
			list = append(list, lstm{int32(i), o})
		}
	}
	return list
}

// fusedLSTM leaves out the small LSTM of five inputs, which is not quantized.
func fusedLSTM(m *schema.ModelT, o *schema.OperatorT) bool {
	code := builtin(m, o)
	return (code == schema.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_LSTM || code == schema.BuiltinOperatorLSTM) && len(o.Inputs) > lstmProjection
}

// hides says that the intermediate tensors hold what no other does: there is
// layer normalization or projection.
func (l lstm) hides() bool {
	return l.o.Inputs[lstmProjection] >= 0 || len(l.o.Inputs) > lstmNorm && l.o.Inputs[lstmNorm] >= 0
}

// traced says that the intermediate tensors are there, of an LSTM in float, and
// are to be computed.
func (l lstm) traced(g *schema.SubGraphT) bool {
	x := l.o.Inputs[0]
	return len(l.o.Intermediates) == 5 && l.o.BuiltinOptions != nil && l.hides() && x >= 0 && g.Tensors[x].Type == schema.TensorTypeFLOAT32
}

// note adds the range of the hidden state, which without projection is the
// output.
func (l lstm) note(ranges map[place]extent) {
	if r, ok := ranges[place{l.graph, l.o.Outputs[0]}]; ok && !l.hides() {
		ranges[place{l.graph, l.o.Intermediates[4]}] = r
	}
}
