package convert

import "fmt"

// Beyond these an output is called far from the SavedModel's.
const (
	poorMean  = 0.1 // of its largest value
	poorSNR   = 10  // dB
	poorAgree = 0.9 // of the rows of an output of classes,
	fewRows   = 10  // if there are as many

	rounding = 1e-6 // a difference that means nothing beside zeros
)

// judge says which outputs are of little use, and what may help.
func (r *Report) judge(integer bool) (warnings []string) {
	for _, d := range r.Outputs {
		text := d.poor()
		if text == "" {
			continue
		}
		advice := "it does not compute what the SavedModel does on these samples"
		if integer {
			advice = "more samples that are like what the model will see (--calibration, --normalize) may help, --quantization-errors shows what loses most; dynamic and float16 keep more"
		}
		warnings = append(warnings, fmt.Sprintf("output %q of signature %q is far from the SavedModel's: %s; %s", d.Output, d.Signature, text, advice))
	}
	return warnings
}

// poor tells in what an output is bad, "" if it is not.
func (d Difference) poor() string {
	switch {
	case d.Note != "" || d.Worst <= rounding:
		return ""
	case d.Scale == 0:
		return fmt.Sprintf("that is 0, this differs by %.3g on average", d.Mean)
	case d.Mean > poorMean*d.Scale || d.SNR < poorSNR:
		return fmt.Sprintf("it differs by %s of the largest value on average, the signal-to-noise ratio is %.3g dB", share(d.Mean/d.Scale), d.SNR)
	case d.Classes() && d.Rows >= fewRows && d.Agree < poorAgree:
		return fmt.Sprintf("the most probable class is the same one in %s of %d rows only", share(d.Agree), d.Rows)
	}
	return ""
}
