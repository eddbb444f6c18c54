package convert

import (
	"math"
	"slices"

	"github.com/gotf/gotf/tf"
)

// A Difference compares an output of the TFLite model with the SavedModel's.
type Difference struct {
	Signature string  `json:"signature"`
	Output    string  `json:"output"`
	Worst     float64 `json:"worst"` // largest |difference|
	Mean      float64 `json:"mean"`  // mean |difference|
	Scale     float64 `json:"scale"` // largest |value| of the SavedModel's output
	SNR       float64 `json:"snr"`   // signal to noise, dB: 200 where the outputs are equal
	Rows      int     `json:"rows"`  // along the last dimension, where that is more than 1
	Agree     float64 `json:"agree"` // share of them whose largest element is the same one
	Note      string  `json:"note,omitempty"`

	sum, signal, noise float64
	n, agree           int
	odds               bool // rows are shares of 1, as softmax makes
}

// Relative is Worst on the scale of the output.
func (d Difference) Relative() float64 { return d.Worst / max(d.Scale, math.SmallestNonzeroFloat64) }

// add takes in one sample's values.
func (d *Difference) add(got, want []float64, shape tf.Shape) {
	if want == nil {
		d.Note = "not numbers"
		return
	}
	if len(got) != len(want) {
		d.Note = "of other shapes"
		return
	}
	for i, w := range want {
		e := math.Abs(got[i] - w)
		switch {
		case got[i] == w || math.IsNaN(w) && math.IsNaN(got[i]):
		case math.IsNaN(e) || math.IsInf(e, 0):
			d.Note = "not finite"
		default:
			d.sum += e
			d.noise += e * e
			d.Worst = max(d.Worst, e)
		}
		if a := math.Abs(w); a-a == 0 {
			d.Scale = max(d.Scale, a)
			d.signal += a * a
		}
	}
	d.n += len(want)
	if row := rowSize(shape); row > 1 {
		for at := 0; at+row <= len(want); at += row {
			d.addRow(got[at:at+row], want[at:at+row])
		}
	}
}

func (d *Difference) addRow(got, want []float64) {
	d.Rows++
	if largest(got) == largest(want) {
		d.agree++
	}
	d.odds = d.odds && slices.Min(want) >= 0 && math.Abs(sum(want)-1) < 1e-3
}

func sum(values []float64) (s float64) {
	for _, v := range values {
		s += v
	}
	return s
}

// done is d with what follows from the sums.
func (d Difference) done() Difference {
	d.Mean, d.Agree, d.SNR = d.sum/float64(max(d.n, 1)), 1, quiet
	if d.Rows > 0 {
		d.Agree = float64(d.agree) / float64(d.Rows)
	}
	if d.noise > 0 {
		d.SNR = decibel(d.signal, d.noise)
	}
	return d
}

// Classes says that the output seems to be probabilities of classes: rows of
// several numbers that make 1.
func (d Difference) Classes() bool { return d.Rows > 0 && d.odds }

func rowSize(s tf.Shape) int {
	if len(s) == 0 {
		return 0
	}
	return int(s[len(s)-1])
}

func largest(values []float64) (at int) {
	for i, v := range values {
		if v > values[at] {
			at = i
		}
	}
	return at
}
