package grad_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
)

// complexBetter are operations whose gradients for complex numbers Python has
// wrong: TestNumeric shows that ours are right, and TestComplexSecond does so for
// second order.
var complexBetter = map[string]string{
	"Sign/complex":                        "turns with its argument",
	"MulNoNan/complex":                    "conjugates",
	"MulNoNan/complex_broadcast":          "conjugates",
	"SquaredDifference/complex":           "is real",
	"SquaredDifference/complex_broadcast": "is real",
	"Xdivy/complex":                       "conjugates",
	"Xdivy/complex_broadcast":             "conjugates",
	"Xlogy/complex":                       "conjugates",
	"Xlogy/complex_broadcast":             "conjugates",
	"Xlog1py/complex":                     "conjugates",
	"Xlog1py/complex_broadcast":           "conjugates",
	"EuclideanNorm/complex":               "is real",
	"EuclideanNorm/complex_keep_dims":     "is real",
	"Cumprod/complex":                     "conjugates",
	"Cumprod/complex_reverse":             "conjugates",
}

func init() {
	for name, why := range complexBetter {
		for _, role := range []string{"dx0", "dx1", "ddx0", "ddx1", "ddy0"} {
			betterThanPython[name+"/"+role] = why
		}
	}
	maps.Copy(betterThanPython, map[string]string{ // whose gradient is that of Cumprod
		"PadV2/complex/dx2":           "the constant",
		"Prod/complex/ddx0":           "conjugates",
		"Prod/complex_keep_dims/ddx0": "conjugates",
		"Prod/complex_zero/ddx0":      "the products without a zero",
	})
}

// TestComplexSecond checks gradients of gradients by differences, of all that
// Python gets wrong.
func TestComplexSecond(t *testing.T) {
	checked := 0
	for _, c := range goldenCases(t, "complex") {
		if complexBetter[c.Name] == "" && betterThanPython[c.Name+"/ddx0"] == "" {
			continue
		}
		checked++
		t.Run(c.Name, func(t *testing.T) {
			inBothModes(t, func(t *testing.T, l lab) { c.checkSecond(t, l) })
		})
	}
	if want := len(complexBetter) + 3; checked != want {
		t.Errorf("%d cases were checked, want %d", checked, want)
	}
}

// checkSecond checks the gradient of the first gradients by differences.
func (c *goldenCase) checkSecond(t *testing.T, l lab) {
	t.Helper()
	xs, _, _ := c.inputs(t, l)
	f := func(s *tf.Scope, by []tf.Output) tf.Output {
		all := slices.Clone(xs)
		for k, i := range c.Wrt {
			all[i] = by[k]
		}
		return c.net(s, all)[0]
	}
	if err := grad.Check(l.Scope, derivative(f), pick(xs, c.Wrt)...); err != nil {
		t.Error(err)
	}
}
