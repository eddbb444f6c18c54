package convert

import (
	"fmt"
	"strings"

	"github.com/gotf/gotf/tflite/convert"
)

// mostTensors bounds how many tensors are listed as text.
const mostTensors = 20

// reportWords tells a report in a few lines.
func reportWords(r *convert.Report) (lines []string) {
	var ops []string
	for _, o := range r.Operators {
		ops = append(ops, fmt.Sprintf("%d %s", o.Count, o.Name))
	}
	lines = append(lines, "operations: "+strings.Join(ops, ", "))
	samples := fmt.Sprintf("samples: %d", r.Samples)
	if r.Random {
		samples = fmt.Sprintf("random samples: %d", r.Samples)
	}
	if r.Calibrated > 0 {
		lines = append(lines, fmt.Sprintf("samples: %d for calibration", r.Calibrated))
	}
	for _, in := range r.Inputs {
		name := in.Input
		if len(r.Inputs) > 1 {
			name = in.Signature + " " + name
		}
		lines = append(lines, fmt.Sprintf("samples: %s from %.4g to %.4g", name, in.Min, in.Max))
	}
	if r.Skipped != "" && r.Skipped != "not asked for" && r.Fails == "" {
		lines = append(lines, "check: not run: "+r.Skipped)
	}
	for _, d := range r.Outputs {
		name := d.Output
		if len(r.Outputs) > 1 {
			name = d.Signature + " " + name
		}
		if d.Note != "" {
			lines = append(lines, fmt.Sprintf("check: %s: %s", name, d.Note))
			continue
		}
		lines = append(lines, fmt.Sprintf("check: %s %s (%s)", name, differenceWords(d), samples))
	}
	if len(r.Tensors) > 0 {
		lines = append(lines, "quantization errors, worst first:", "  SNR dB  RMS error   steps  tensor")
	}
	for i, t := range r.Tensors {
		if i == mostTensors {
			lines = append(lines, fmt.Sprintf("  and %d more (--json lists all)", len(r.Tensors)-i))
			break
		}
		lines = append(lines, tensorWords(t))
	}
	return lines
}

// tensorWords is a line of the list of tensors.
func tensorWords(t convert.TensorError) string {
	snr, steps := fmt.Sprintf("%.1f", t.SNR), fmt.Sprintf("%.2f", t.Steps)
	if t.RMS == 0 {
		snr = "exact"
	}
	if t.Scale == 0 {
		steps = "float"
	}
	return fmt.Sprintf("  %6s  %9.3g  %6s  %s %s", snr, t.RMS, steps, t.Operator, t.Tensor)
}

// differenceWords tells how an output differs.
func differenceWords(d convert.Difference) string {
	if d.Worst == 0 {
		return fmt.Sprintf("is the same; its largest value is %.3g", d.Scale)
	}
	text := fmt.Sprintf("differs by at most %.3g, %.3g on average; its largest value is %.3g", d.Worst, d.Mean, d.Scale)
	if d.Classes() {
		text += fmt.Sprintf("; the same class in %.3g %% of %d rows", 100*d.Agree, d.Rows)
	}
	return text
}
