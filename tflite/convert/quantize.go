package convert

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
	"github.com/gotf/gotf/tflite/internal/schema"
)

// quantize makes an int8 model of what the converter made with int8 in mind: it
// runs on the samples, the ranges seen are noted in it, and TensorFlow's
// quantizer does the rest.
func (p *plan) quantize(ctx context.Context, model []byte) ([]byte, error) {
	m := unpack(model)
	if err := p.quantizable(m); err != nil {
		return nil, err
	}
	ranges, err := p.calibrate(ctx, m)
	if err != nil {
		return nil, err
	}
	for at, r := range ranges {
		t := m.Subgraphs[at.graph].Tensors[at.tensor]
		if t.Quantization == nil {
			t.Quantization = &schema.QuantizationParametersT{}
		}
		t.Quantization.Min, t.Quantization.Max = []float32{r.min}, []float32{r.max}
	}
	turn.Lock()
	out, status := ctf.QuantizeModel(pack(m), ctf.QuantizeOptions{
		Input: tensorType(p.InputType), Output: tensorType(p.OutputType), Inference: int8(schema.TensorTypeINT8),
		PerTensor: p.PerTensor,
	})
	turn.Unlock()
	if status.Code != 0 {
		return nil, errorf(p.op, tf.Code(status.Code), "quantize: %s", words(status.Message))
	}
	return out, p.checkFloat(out)
}

func tensorType(d tf.DType) int8 {
	switch d {
	case tf.Int8:
		return int8(schema.TensorTypeINT8)
	case tf.Uint8:
		return int8(schema.TensorTypeUINT8)
	}
	return int8(schema.TensorTypeFLOAT32)
}

// quantizable refuses models that the interpreter here cannot calibrate.
func (p *plan) quantizable(m *schema.ModelT) error {
	var custom []string
	for _, c := range m.OperatorCodes {
		if c.CustomCode != "" && !strings.HasPrefix(c.CustomCode, "Flex") && !slices.Contains(custom, c.CustomCode) {
			custom = append(custom, c.CustomCode)
		}
	}
	if len(custom) > 0 {
		return errorf(p.op, tf.Unimplemented, "int8 runs the model to calibrate it, for which there is no kernel of %s", strings.Join(custom, ", "))
	}
	for _, g := range m.Subgraphs {
		for _, o := range g.Operators {
			if code := builtin(m, o); len(called(o)) > 0 {
				p.warn(fmt.Sprintf("what is inside of %s stays in float: its tensors are not calibrated", schema.EnumNamesBuiltinOperator[code]))
			}
		}
	}
	return nil
}

// builtin is the kind of an operator.
func builtin(m *schema.ModelT, o *schema.OperatorT) schema.BuiltinOperator {
	c := m.OperatorCodes[o.OpcodeIndex]
	return max(c.BuiltinCode, schema.BuiltinOperator(c.DeprecatedBuiltinCode))
}

// called are the subgraphs that an operator runs.
func called(o *schema.OperatorT) []int32 {
	if o.BuiltinOptions == nil {
		return nil
	}
	switch v := o.BuiltinOptions.Value.(type) {
	case *schema.WhileOptionsT:
		return []int32{v.CondSubgraphIndex, v.BodySubgraphIndex}
	case *schema.IfOptionsT:
		return []int32{v.ThenSubgraphIndex, v.ElseSubgraphIndex}
	}
	return nil
}

// checkFloat is the strict check, or a warning: which operations compute in float.
func (p *plan) checkFloat(model []byte) error {
	s, err := tflite.Inspect(model)
	if err != nil {
		return err
	}
	left := floats(s)
	if len(left) == 0 {
		return nil
	}
	text := strings.Join(left, ", ")
	if p.Strict {
		return errorf(p.op, tf.Unimplemented, "strictly int8 is not possible: TFLite's quantizer leaves %s in float", text)
	}
	p.warn("in float stay " + text)
	return nil
}

// floats names the operations that compute floats, with the tensor that the
// first of each kind makes.
func floats(s *tflite.Structure) []string {
	count, first := map[string]int{}, map[string]string{}
	var names []string
	for _, g := range s.Subgraphs {
		for _, o := range g.Operators {
			if o.Name == "QUANTIZE" || o.Name == "DEQUANTIZE" || !computesFloat(g, o) {
				continue
			}
			if count[o.Name]++; count[o.Name] == 1 {
				names = append(names, o.Name)
				first[o.Name] = g.Tensors[o.Outputs[0]].Name
			}
		}
	}
	for i, name := range names {
		names[i] = fmt.Sprintf("%d %s (%s)", count[name], name, layer(first[name]))
	}
	return names
}

func computesFloat(g tflite.Subgraph, o tflite.Operator) bool {
	for _, t := range o.Outputs {
		if t >= 0 && g.Tensors[t].DType == tf.Float32 {
			return true
		}
	}
	return false
}

// layer is the part of a tensor's name that tells where it came from: the
// converter joins the names of all operations that it merged.
func layer(tensor string) string {
	first, _, _ := strings.Cut(tensor, ";")
	return strings.TrimSuffix(first, "1")
}
