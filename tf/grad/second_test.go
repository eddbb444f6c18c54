package grad_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
)

// unchecked are operations with what testdata/second-order.txt says of them.
func unchecked(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("testdata/second-order.txt")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if o, words, ok := strings.Cut(line, ": "); ok && line[0] != '#' {
			said[o] = strings.TrimSpace(words)
		}
	}
	return said
}

// secondKinks are cases and inputs that differences of the gradient say nothing of.
var secondKinks = map[string]string{
	"ScaleAndTranslate/x2":        "as in Python, no gradient",
	"ScaleAndTranslate/x3":        "as in Python, no gradient",
	"CropAndResize/nearest":       "steps",
	"CropAndResize/extrapolation": "differences of large numbers, in float32",
	"ResizeBicubic/float64":       "its kernel computes in float32",
}

// TestSecondBeyondPython checks gradients of gradients by differences where Python
// has none.
func TestSecondBeyondPython(t *testing.T) {
	said := unchecked(t)
	eachGolden(t, func(t *testing.T, c goldenCase) {
		if why, none := c.Second.(string); !none || strings.HasPrefix(why, "stands in") || said[c.Op] != "" || secondKinks[c.Name] != "" {
			return
		}
		for _, i := range c.Wrt {
			role := fmt.Sprintf("x%d", i)
			if secondKinks[c.Op+"/"+role] != "" {
				continue
			}
			t.Run(role, func(t *testing.T) { c.checkDerivative(t, graphLab(t), i) })
		}
	})
}

// checkDerivative compares the gradient of the case's gradient, both by x i, with
// differences.
func (c *goldenCase) checkDerivative(t *testing.T, l lab, i int) {
	xs, _, _ := c.inputs(t, l)
	f := func(s *tf.Scope, by []tf.Output) tf.Output {
		all := append([]tf.Output(nil), xs...)
		all[i] = by[0]
		for _, y := range c.net(s, all) {
			if y.DType().IsFloating() {
				return y
			}
		}
		return tf.Output{}
	}
	if err := grad.Check(l.Scope, derivative(f), xs[i]); err != nil {
		t.Error(err)
	}
}
