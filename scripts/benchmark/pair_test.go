package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestSummarise(t *testing.T) {
	for _, tc := range []struct {
		name       string
		gotf, peer []float64
		lower      bool
		want       result
	}{
		{"more is better", []float64{20, 30, 10}, []float64{10, 10, 10}, false, result{2, 20, 10, "u"}},
		{"less is better", []float64{20, 30, 10}, []float64{60, 60, 60}, true, result{3, 20, 60, "u"}},
		{"the median of the ratios, not the ratio of the medians", []float64{1, 2, 3}, []float64{3, 2, 1}, false, result{1, 2, 2, "u"}},
		{"one slow pair counts once", []float64{10, 1, 10}, []float64{5, .5, 4}, false, result{2, 10, 4, "u"}},
		{"an even number", []float64{2, 4}, []float64{1, 1}, false, result{3, 3, 1, "u"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := summarise(tc.gotf, tc.peer, tc.lower, "u"); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestChoose(t *testing.T) {
	all, err := choose("")
	if want := []string{"startup", "eager_op", "eager_op_raw", "eager_tape", "function_call", "trace", "gradient_resnet50", "infer_mlp", "infer_cnn", "tflite_tiny", "tflite_mid", "convert", "train_mlp", "train_cnn"}; err != nil || !slices.Equal(names(all), want) {
		t.Errorf("%v, %v; want %v", names(all), err, want)
	}
	some, err := choose("train_cnn,startup")
	if want := []string{"train_cnn", "startup"}; err != nil || !slices.Equal(names(some), want) {
		t.Errorf("%v, %v; want %v", names(some), err, want)
	}
	if _, err := choose("train_rnn"); err == nil || !strings.Contains(err.Error(), `no comparison "train_rnn" (there are startup, eager_op,`) {
		t.Errorf("unknown name: %v", err)
	}
}

// recorder is a side that notes its turns.
type recorder struct {
	name string
	log  *[]string
}

func (r recorder) turn(context.Context) (float64, error) {
	*r.log = append(*r.log, r.name)
	return float64(len(*r.log)), nil
}

func (recorder) close() error { return nil }

func TestTurns(t *testing.T) {
	var log []string
	p := pair{recorder{"gotf", &log}, recorder{"peer", &log}}
	for i, want := range []string{"1 2", "4 3"} {
		gotf, peer, err := p.turns(t.Context(), i == 1)
		if got := fmt.Sprint(gotf, " ", peer); err != nil || got != want {
			t.Errorf("turns %q, %v; want %q", got, err, want)
		}
	}
	if want := []string{"gotf", "peer", "peer", "gotf"}; !slices.Equal(log, want) {
		t.Errorf("order %v, want %v", log, want)
	}
}
