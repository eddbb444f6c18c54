package convert

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
	"github.com/gotf/gotf/tflite/internal/schema"
)

// A TensorError says what a tensor inside a model lost by quantization, over all
// samples.
type TensorError struct {
	Tensor   string  `json:"tensor"`   // named after the layers it came from
	Operator string  `json:"operator"` // that computes it, or "input"
	Scale    float64 `json:"scale"`    // of its integers; 0 where it is in float
	RMS      float64 `json:"rms"`      // root of the mean squared difference
	Worst    float64 `json:"worst"`    // largest |difference|
	Steps    float64 `json:"steps"`    // RMS/Scale; rounding alone makes 0.29
	SNR      float64 `json:"snr"`      // signal to noise, dB
}

// TensorErrors compares the tensors inside of a quantized model, made with the
// options o, with those of the float model, which is converted anew, on samples:
// those that lose most, by SNR, come first.
func TensorErrors(ctx context.Context, dir string, model []byte, samples Samples, o *Options) (list []TensorError, err error) {
	defer recovered("tensor errors of "+dir, &err)
	if samples == nil {
		return nil, errorf("tensor errors of "+dir, tf.InvalidArgument, "there are no samples to compare on")
	}
	var plain Options
	if o != nil {
		plain = *o
	}
	plain.Quantize, plain.Calibration, plain.NoMetadata = None, nil, true
	plain.InputType, plain.OutputType, plain.Warn = 0, 0, nil
	exact, err := Convert(ctx, dir, &plain)
	if err != nil {
		return nil, err
	}
	p, err := newPlan(dir, &plain)
	if err != nil {
		return nil, err
	}
	if _, err := tflite.Inspect(model); err != nil { // before unpack, which trusts it
		return nil, err
	}
	m, q := unpack(exact), unpack(model)
	want, err := watch(m, floatValues, plain.CustomOps)
	if err != nil {
		return nil, err
	}
	defer want.close()
	got, err := watch(q, quantizedValues, plain.CustomOps)
	if err != nil {
		return nil, err
	}
	defer got.close()
	sums, n := map[place]*loss{}, 0
	for sample, err := range samples(ctx, p.signatures()) {
		if err != nil {
			return nil, err
		}
		err := lose(ctx, want, got, sample, sums)
		sample.Close()
		if err != nil && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil {
			return nil, fmt.Errorf("tflite/convert: tensor errors of %s: sample %d%s: %w", dir, n, sample.of(), err)
		}
		n++
	}
	return tensorErrors(q, sums), nil
}

// loss gathers the differences of a tensor.
type loss struct{ signal, noise, worst, n float64 }

// lose runs both models on a sample and compares the tensors of the same name in
// the same subgraph, as often as both compute them.
func lose(ctx context.Context, want, got *watched, sample Sample, sums map[place]*loss) error {
	type tensor struct {
		graph int32
		name  string
	}
	for _, w := range []*watched{want, got} {
		if err := w.reset(); err != nil {
			return err
		}
	}
	exact := map[tensor][][]float32{}
	err := want.run(ctx, sample, func(at place, values []float32) error {
		key := tensor{at.graph, want.name(at)}
		exact[key] = append(exact[key], slices.Clone(values))
		return nil
	})
	if err != nil {
		return err
	}
	turn := map[place]int{}
	return got.run(ctx, sample, func(at place, values []float32) error {
		w, n := exact[tensor{at.graph, floatName(got.name(at))}], turn[at]
		if turn[at]++; n >= len(w) || len(w[n]) != len(values) || len(values) == 0 {
			return nil
		}
		l := sums[at]
		if l == nil {
			l = &loss{}
			sums[at] = l
		}
		l.add(values, w[n])
		return nil
	})
}

func (l *loss) add(got, want []float32) {
	for i, v := range got {
		e := float64(v) - float64(want[i])
		if math.IsNaN(e) || math.IsInf(e, 0) {
			continue // a mask of infinities
		}
		l.noise += e * e
		l.signal += float64(want[i]) * float64(want[i])
		l.worst = max(l.worst, math.Abs(e))
	}
	l.n += float64(len(got))
}

// floatName is the float model's name for a tensor: the quantizer numbers those
// that it makes beside.
func floatName(name string) string { return strings.TrimSuffix(name, "_int8") }

// quiet stands for no noise at all, in dB.
const quiet = 200

func decibel(signal, noise float64) float64 {
	return max(-quiet, min(quiet, 10*math.Log10(signal/noise)))
}

func tensorErrors(m *schema.ModelT, sums map[place]*loss) []TensorError {
	list := []TensorError{}
	for at, l := range sums {
		t := m.Subgraphs[at.graph].Tensors[at.tensor]
		e := TensorError{Tensor: t.Name, Operator: maker(m, at), RMS: math.Sqrt(l.noise / l.n), Worst: l.worst, SNR: quiet}
		if t.Type == schema.TensorTypeINT8 {
			e.Scale = float64(t.Quantization.Scale[0])
			e.Steps = e.RMS / e.Scale
		}
		if l.noise > 0 {
			e.SNR = decibel(l.signal, l.noise)
		}
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b TensorError) int {
		return cmp.Or(cmp.Compare(a.SNR, b.SNR), cmp.Compare(a.Tensor, b.Tensor), cmp.Compare(a.Operator, b.Operator))
	})
	return list
}

// maker is the operator that computes a tensor, or "input".
func maker(m *schema.ModelT, at place) string {
	for _, o := range m.Subgraphs[at.graph].Operators {
		if slices.Contains(o.Outputs, at.tensor) {
			return schema.EnumNamesBuiltinOperator[builtin(m, o)]
		}
	}
	return "input"
}
