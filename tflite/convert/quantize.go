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
func (p *plan) quantize(ctx context.Context, model []byte) ([]byte, *tflite.Structure, error) {
	m := unpack(model)
	if err := p.quantizable(m); err != nil {
		return nil, nil, err
	}
	if err := p.noteRanges(ctx, m); err != nil {
		return nil, nil, err
	}
	turn.Lock()
	out, status := ctf.QuantizeModel(pack(m), ctf.QuantizeOptions{
		Input: tensorType(p.InputType), Output: tensorType(p.OutputType), Inference: int8(schema.TensorTypeINT8),
		PerTensor: p.PerTensor,
	})
	turn.Unlock()
	if status.Code != 0 {
		return nil, nil, errorf(p.op, tf.Code(status.Code), "quantize: %s", words(status.Message))
	}
	facts, err := tflite.Inspect(out)
	return out, facts, err
}

// noteRanges makes the model fit for the quantizer.
func (p *plan) noteRanges(ctx context.Context, m *schema.ModelT) error {
	lstms := addIntermediates(m)
	ranges, err := p.calibrate(ctx, m)
	if err != nil {
		return err
	}
	for _, l := range lstms {
		l.note(ranges)
	}
	for at, r := range ranges {
		t := m.Subgraphs[at.graph].Tensors[at.tensor]
		if t.Quantization == nil {
			t.Quantization = &schema.QuantizationParametersT{}
		}
		t.Quantization.Min, t.Quantization.Max = []float32{r.min}, []float32{r.max}
	}
	return nil
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
		if c.CustomCode != "" && !isFlex(c.CustomCode) && !slices.Contains(custom, c.CustomCode) && !p.hasKernel(c.CustomCode) {
			custom = append(custom, c.CustomCode)
		}
	}
	if len(custom) > 0 {
		return errorf(p.op, tf.Unimplemented, "int8 runs the model to calibrate it, for which there is no kernel of %s: a Go program gives its kernels in CustomOps; without them --quantize dynamic or float16 does", strings.Join(custom, ", "))
	}
	return nil
}

// isFlex says that a custom operation is one of TensorFlow's own kernels.
func isFlex(name string) bool { return strings.HasPrefix(name, "Flex") }

// hasKernel says that the caller brings a kernel of a custom operation.
func (p *plan) hasKernel(name string) bool {
	return slices.ContainsFunc(p.CustomOps, func(op tflite.CustomOp) bool { return op.Name == name })
}

// builtin is the kind of an operator.
func builtin(m *schema.ModelT, o *schema.OperatorT) schema.BuiltinOperator {
	c := m.OperatorCodes[o.OpcodeIndex]
	return max(c.BuiltinCode, schema.BuiltinOperator(c.DeprecatedBuiltinCode))
}

// checkFloat is the strict check, or a warning: which operations compute in float.
func (p *plan) checkFloat(s *tflite.Structure) error {
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
	var tensors nameSet
	for _, g := range s.Subgraphs {
		for _, t := range g.Tensors {
			tensors.add(t.Name)
		}
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
		names[i] = fmt.Sprintf("%d %s (%s)", count[name], name, tensors.layer(first[name]))
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
