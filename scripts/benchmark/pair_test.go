package main

import (
	"context"
	"fmt"
	"math"
	"reflect"
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
		{"more is better", []float64{20, 30, 10}, []float64{10, 10, 10}, false, result{Ratio: 2, Gotf: 20, Peer: 10, Unit: "u"}},
		{"less is better", []float64{20, 30, 10}, []float64{60, 60, 60}, true, result{Ratio: 3, Gotf: 20, Peer: 60, Unit: "u"}},
		{"the median of the ratios, not the ratio of the medians", []float64{1, 2, 3}, []float64{3, 2, 1}, false, result{Ratio: 1, Gotf: 2, Peer: 2, Unit: "u"}},
		{"one slow pair counts once", []float64{10, 1, 10}, []float64{5, .5, 4}, false, result{Ratio: 2, Gotf: 10, Peer: 4, Unit: "u"}},
		{"an even number", []float64{2, 4}, []float64{1, 1}, false, result{Ratio: 3, Gotf: 3, Peer: 1, Unit: "u"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := summarise(tc.gotf, tc.peer, tc.lower, "u"); !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestJoin(t *testing.T) {
	got := join(map[string]result{"a": {Ratio: 4, Gotf: 1, Peer: 4}, "b": {Ratio: 1, Gotf: 9, Peer: 9}}, "u")
	if math.Abs(got.Ratio-2) > 1e-12 || math.Abs(got.Gotf-3) > 1e-12 || math.Abs(got.Peer-6) > 1e-12 || got.Unit != "u" || len(got.Models) != 2 {
		t.Errorf("%+v, want the geometric means 2, 3 and 6", got)
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
