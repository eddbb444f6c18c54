package grad_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// notInHalf are cases whose values in half precision are others.
var notInHalf = map[string]string{
	truncated:           "it draws other samples",
	truncated + "/tail": "it draws other samples",
	"Conv2D/empty":      "the kernel's result has the shape of the input",
	"Conv3D/empty":      "the kernel's result has the shape of the input",
}

// TestGoldenHalf takes the golden cases in half precision. The gradient must be of the
// inputs' type, and near that in the case's own type, of inputs and dy rounded to
// half precision. What has no kernel there is left out.
func TestGoldenHalf(t *testing.T) {
	for _, h := range []struct {
		dtype     tf.DType
		tolerance float64
		atLeast   map[string]int // cases
	}{
		{tf.Float16, 5e-3, map[string]int{
			"core": 145, "special": 75, "segment": 44, "block": 65, "scatter": 45, "sparse": 35, "volume": 35,
		}},
		{tf.BFloat16, 3e-2, map[string]int{
			"core": 145, "special": 50, "segment": 42, "block": 65, "scatter": 45, "sparse": 35, "volume": 35, "linalg": 18,
		}},
	} {
		for family, want := range h.atLeast {
			t.Run(fmt.Sprintf("%v/%s", h.dtype, family), func(t *testing.T) {
				ran := 0
				for _, c := range goldenCases(t, family) {
					if c.Op == "" || c.Complex != nil || notInHalf[c.Name] != "" {
						continue
					}
					t.Run(c.Name, func(t *testing.T) {
						if c.inHalf(t, h.dtype, h.tolerance) {
							ran++
						}
					})
				}
				t.Logf("%d cases have a kernel", ran)
				if ran < want {
					t.Errorf("%d cases have a kernel, want at least %d", ran, want)
				}
			})
		}
	}
}

// inHalf reports whether there was a kernel.
func (c *goldenCase) inHalf(t *testing.T, half tf.DType, tolerance float64) bool {
	n := len(c.Inputs) // how many inputs may be in half precision: all, or the first
	types, err := c.resultTypes(t, half, n)
	if noKernel(err) {
		n = 1
		types, err = c.resultTypes(t, half, n)
	}
	if noKernel(err) {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	full := eagerLab(t)
	xs, dys := c.rounded(t, full, half, n, false)
	_, dxs := full.first(c.net, xs, dys, c.Wrt)
	want := full.fetch(doubled(full.Scope, dxs)...)
	inBothModes(t, func(t *testing.T, l lab) {
		xs, dys := c.rounded(t, l, half, n, true)
		for i, dy := range dys {
			if !dy.IsNil() && dy.DType() != types[i] {
				dys[i] = op.Cast(l.Scope, dy, types[i], nil)
			}
		}
		_, dxs := l.first(c.net, xs, dys, c.Wrt)
		for k, got := range l.fetch(doubled(l.Scope, dxs)...) {
			if g := dxs[k]; !g.IsNil() && g.DType() != xs[c.Wrt[k]].DType() {
				t.Errorf("the gradient of input %d is %v, the input %v", c.Wrt[k], g.DType(), xs[c.Wrt[k]].DType())
			}
			near(t, fmt.Sprintf("dx%d", c.Wrt[k]), got, want[k], tolerance)
		}
	})
	return true
}

// resultTypes runs a case with the first n inputs in half precision.
func (c *goldenCase) resultTypes(t *testing.T, half tf.DType, n int) (types []tf.DType, err error) {
	l := eagerLab(t)
	xs, _ := c.rounded(t, l, half, n, true)
	for _, y := range c.net(l.Scope, xs) {
		types = append(types, y.DType())
	}
	return types, l.Err()
}

// noKernel reports whether err says that an operation does not take a type.
func noKernel(err error) bool {
	if err == nil {
		return false
	}
	text := err.Error()
	return errors.Is(err, tf.InvalidArgument) && strings.Contains(text, "is not in the list of allowed values") ||
		errors.Is(err, tf.InvalidArgument) && strings.Contains(text, "was expected to be a") ||
		errors.Is(err, tf.NotFound) && strings.Contains(text, "Could not find device for node") ||
		errors.Is(err, tf.InvalidArgument) && strings.Contains(text, "No OpKernel was registered")
}

// rounded are the first n inputs, and the dys, of a case, rounded to half
// precision, and left in it or not.
func (c *goldenCase) rounded(t *testing.T, l lab, half tf.DType, n int, stay bool) (xs, dys []tf.Output) {
	xs, dys, _ = c.inputs(t, l)
	round := func(x tf.Output) tf.Output {
		if x.IsNil() || !x.DType().IsFloating() {
			return x
		}
		h := op.Cast(l.Scope, x, half, nil)
		if stay {
			return h
		}
		return op.Cast(l.Scope, h, x.DType(), nil)
	}
	for i, x := range xs[:n] {
		xs[i] = round(x)
	}
	for i, dy := range dys {
		dys[i] = round(dy)
	}
	return xs, dys
}

// doubled are outs as float64.
func doubled(s *tf.Scope, outs []tf.Output) []tf.Output {
	wide := make([]tf.Output, len(outs))
	for i, o := range outs {
		if !o.IsNil() {
			wide[i] = op.Cast(s, o, tf.Float64, nil)
		}
	}
	return wide
}
