package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	graft "github.com/wamuir/graft/tensorflow"
	"github.com/wamuir/graft/tensorflow/op"
)

func TestMain(m *testing.M) {
	if _, err := tf.Version(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func TestNetworks(t *testing.T) {
	for _, n := range networks() {
		d, err := n.compare()
		if err != nil {
			t.Errorf("%s: %v", n.name, err)
			continue
		}
		if d.value > 0 {
			t.Errorf("%s: results differ by %g", n.name, d.value)
		}
		for i, g := range d.gradients {
			if g > 1e-5 {
				t.Errorf("%s: gradients %d differ by %g", n.name, i, g)
			}
		}
	}
}

// TestOracle compares the gradients of single operations, in float64 where
// there is a kernel, with those of TF_AddGradients.
func TestOracle(t *testing.T) {
	for _, n := range operations() {
		t.Run(n.name, func(t *testing.T) {
			f := n.build
			n.build = func(s *op.Scope, xs []graft.Output) graft.Output { return squares(s, f(s.SubScope("f"), xs)) }
			d, err := n.compare()
			if err != nil {
				t.Fatal(err)
			}
			tolerance := 1e-12
			if n.dtype == graft.Float {
				tolerance = 1e-5
			}
			for i, g := range d.gradients {
				if g > tolerance {
					t.Errorf("gradients %d differ by %g", i, g)
				}
			}
		})
	}
}

// TestWhereTheOracleIsWrong says why operations leaves some cases out. When one
// of them agrees, it belongs there. Conv2D with dilations is not tried: it may
// end the process, since TF_AddGradients loses them.
func TestWhereTheOracleIsWrong(t *testing.T) {
	for _, n := range []network{
		plain("Atan2/broadcast", [][]int64{{2, 1, 4}, {3, 1}}, nil), // it does not sum over what was broadcast
		explicitConv(),            // it loses the paddings
		softmaxLoss(graft.Double), // it multiplies with a float32
	} {
		f := n.build
		n.build = func(s *op.Scope, xs []graft.Output) graft.Output { return squares(s, f(s.SubScope("f"), xs)) }
		if d, err := n.compare(); err == nil && d.largest() < 1e-3 {
			t.Errorf("%s: gradients differ by %g only: TF_AddGradients knows this now", n.name, d.largest())
		}
	}
}

// squares is the sum of y*y.
func squares(s *op.Scope, y graft.Output) graft.Output {
	s = s.SubScope("squares")
	flat := op.Reshape(s, op.Mul(s, y, y), op.Const(s.SubScope("shape"), []int32{-1}))
	return op.Sum(s, flat, op.Const(s.SubScope("axis"), []int32{0}))
}

// ints is a constant with a scope of its own.
func ints(s *op.Scope, v any) graft.Output { return op.Const(s.SubScope("ints"), v) }

// plain makes operations by their type; a type ends at a slash, after which
// comes what tells cases apart.
func plain(name string, shapes [][]int64, attrs map[string]any) network {
	kind, _, _ := strings.Cut(name, "/")
	return network{name, graft.Double, shapes, func(s *op.Scope, xs []graft.Output) graft.Output {
		return raw(s, kind, attrs, xs...)
	}}
}

func raw(s *op.Scope, kind string, attrs map[string]any, in ...graft.Output) graft.Output {
	spec := graft.OpSpec{Type: kind, Attrs: attrs}
	for _, x := range in {
		spec.Input = append(spec.Input, x)
	}
	o := s.AddOperation(spec)
	if o == nil {
		return graft.Output{}
	}
	return o.Output(0)
}
