package op_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// TestMissing calls ops that only one of the releases has, in both modes.
func TestMissing(t *testing.T) {
	version, err := tf.Version()
	if err != nil {
		t.Fatal(err)
	}
	g, err := tf.NewGraph()
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	for _, tc := range []struct {
		name, has string
		call      func(s *tf.Scope)
	}{
		{"DecodeWebP", "2.21.0", func(s *tf.Scope) { op.DecodeWebP(s, tf.ConstScalar(s, ""), nil) }},
		{"TfLiteSubgraphExecute", "2.18.0", func(s *tf.Scope) {
			op.TfLiteSubgraphExecute(s, tf.ConstScalar(s, ""), nil, []tf.DType{tf.Float32})
		}},
	} {
		for mode, s := range map[string]*tf.Scope{"eager": eager(t), "graph": g.Scope()} {
			t.Run(tc.name+" "+mode, func(t *testing.T) {
				tc.call(s)
				if strings.HasPrefix(version, tc.has) {
					if s.Err() != nil && strings.Contains(s.Err().Error(), "has no operation") {
						t.Errorf("err = %v, but TensorFlow %s has it", s.Err(), version)
					}
					return
				}
				if !errors.Is(s.Err(), tf.NotFound) {
					t.Fatalf("err = %v, want %v", s.Err(), tf.NotFound)
				}
				for _, want := range []string{tc.name, version, tc.has, "missing_test.go"} {
					if !strings.Contains(s.Err().Error(), want) {
						t.Errorf("error %q does not name %s", s.Err(), want)
					}
				}
			})
		}
	}
}

// TestNotForThis calls ops that the mode or the graph's version rules out.
func TestNotForThis(t *testing.T) {
	g, err := tf.NewGraph()
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	for _, tc := range []struct {
		name string
		s    *tf.Scope
		call func(s *tf.Scope)
		want tf.Code
	}{
		{"reference, eager", eager(t), func(s *tf.Scope) { op.Assign(s, floats(s, 1), floats(s, 1), nil) }, tf.InvalidArgument},
		{"deprecated, graph", g.Scope(), func(s *tf.Scope) { op.BatchFFT(s, tf.Const(s, []complex64{1})) }, tf.Unimplemented},
		{"wrong value", eager(t), func(s *tf.Scope) {
			op.MaxPool(s, floats(s, 1), nil, nil, "WIDE", nil)
		}, tf.InvalidArgument},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.call(tc.s); !errors.Is(tc.s.Err(), tc.want) {
				t.Errorf("err = %v, want %v", tc.s.Err(), tc.want)
			}
		})
	}
	s := g.Scope()
	v := op.VariableV2(s, tf.Shape{1}, tf.Float32, nil)
	op.Assign(s, v, floats(s, 1), nil)
	if s.Err() != nil {
		t.Errorf("reference, graph: %v", s.Err())
	}
}
