package convert

import (
	"fmt"
	"slices"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/internal/schema"
)

// changeTypes makes the float inputs and outputs of a model that was trained for
// quantization integers: the QUANTIZE after an input and the DEQUANTIZE before
// an output go, or turn into a change from uint8 or to it.
func (p *plan) changeTypes(m *schema.ModelT) error {
	for _, s := range m.SignatureDefs {
		c := change{m, m.Subgraphs[s.SubgraphIndex], s, map[*schema.OperatorT]bool{}, map[int32]int32{}}
		if err := c.inputs(p.InputType); err != nil {
			return errorf(p.op, tf.Unimplemented, "%v", err)
		}
		if err := c.outputs(p.OutputType); err != nil {
			return errorf(p.op, tf.Unimplemented, "%v", err)
		}
		c.sweep()
	}
	return nil
}

// change is the work on one signature.
type change struct {
	m     *schema.ModelT
	g     *schema.SubGraphT
	s     *schema.SignatureDefT
	gone  map[*schema.OperatorT]bool
	takes map[int32]int32 // from a tensor that goes to the one in its place
}

func (c *change) inputs(to tf.DType) error {
	if to == tf.Float32 {
		return nil
	}
	for _, in := range c.g.Inputs {
		if c.g.Tensors[in].Type != schema.TensorTypeFLOAT32 {
			continue
		}
		i := slices.IndexFunc(c.g.Operators, func(o *schema.OperatorT) bool {
			return builtin(c.m, o) == schema.BuiltinOperatorQUANTIZE && o.Inputs[0] == in
		})
		if i < 0 {
			return fmt.Errorf("input %q is not quantized, so it cannot be %v", c.g.Tensors[in].Name, to)
		}
		c.replace(c.g.Operators[i], in, c.g.Operators[i].Outputs[0], to)
	}
	return nil
}

func (c *change) outputs(to tf.DType) error {
	if to == tf.Float32 {
		return nil
	}
	for _, out := range c.g.Outputs {
		if c.g.Tensors[out].Type != schema.TensorTypeFLOAT32 {
			continue
		}
		i := slices.IndexFunc(c.g.Operators, func(o *schema.OperatorT) bool {
			return builtin(c.m, o) == schema.BuiltinOperatorDEQUANTIZE && o.Outputs[0] == out
		})
		if i < 0 {
			return fmt.Errorf("output %q is not quantized, so it cannot be %v", c.g.Tensors[out].Name, to)
		}
		o := c.g.Operators[i]
		if to == tf.Uint8 {
			o.OpcodeIndex = c.quantizeCode()
			o.BuiltinOptions = nil
		}
		c.replace(o, out, o.Inputs[0], to)
	}
	return nil
}

// replace lets the float tensor outer be of another type, by an operator that
// connects it with the int8 tensor inner.
func (c *change) replace(o *schema.OperatorT, outer, inner int32, to tf.DType) {
	if to == tf.Int8 {
		c.gone[o] = true
		c.takes[outer] = inner
		return
	}
	q := c.g.Tensors[inner].Quantization
	c.g.Tensors[outer].Type = schema.TensorTypeUINT8
	c.g.Tensors[outer].Quantization = &schema.QuantizationParametersT{Scale: q.Scale[:1], ZeroPoint: []int64{q.ZeroPoint[0] + 128}}
}

// quantizeCode is the index of the operator QUANTIZE, which is added where it is
// missing.
func (c *change) quantizeCode() uint32 {
	for i, code := range c.m.OperatorCodes {
		if max(code.BuiltinCode, schema.BuiltinOperator(code.DeprecatedBuiltinCode)) == schema.BuiltinOperatorQUANTIZE {
			return uint32(i)
		}
	}
	c.m.OperatorCodes = append(c.m.OperatorCodes, &schema.OperatorCodeT{
		BuiltinCode: schema.BuiltinOperatorQUANTIZE, DeprecatedBuiltinCode: int8(schema.BuiltinOperatorQUANTIZE), Version: 1,
	})
	return uint32(len(c.m.OperatorCodes) - 1)
}

// sweep drops the operators and tensors that are gone and renumbers the rest.
func (c *change) sweep() {
	c.g.Operators = slices.DeleteFunc(c.g.Operators, func(o *schema.OperatorT) bool { return c.gone[o] })
	number := make([]int32, len(c.g.Tensors))
	var left []*schema.TensorT
	for i, t := range c.g.Tensors {
		if _, gone := c.takes[int32(i)]; !gone {
			number[i] = int32(len(left))
			left = append(left, t)
		}
	}
	c.g.Tensors = left
	at := func(t int32) int32 {
		if to, gone := c.takes[t]; gone {
			t = to
		}
		if t < 0 {
			return t
		}
		return number[t]
	}
	renumber := func(list []int32) {
		for i := range list {
			list[i] = at(list[i])
		}
	}
	renumber(c.g.Inputs)
	renumber(c.g.Outputs)
	for _, o := range c.g.Operators {
		renumber(o.Inputs)
		renumber(o.Outputs)
		renumber(o.Intermediates)
	}
	for _, t := range append(slices.Clone(c.s.Inputs), c.s.Outputs...) {
		t.TensorIndex = uint32(at(int32(t.TensorIndex)))
	}
}
