package control_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/control"
	"github.com/gotf/gotf/tf/op"
)

// In a scope that checks numerics, the operation of a loop's body that makes an
// Inf is told, in the turn in which it does.
func TestLoopChecksNumerics(t *testing.T) {
	everywhere(t, func(t *testing.T, l *lab) {
		s := l.CheckNumerics(true)
		line := ""
		outs := control.While(s, []tf.Output{tf.ConstScalar(s, float64(2))},
			func(s *tf.Scope, v []tf.Output) tf.Output { return op.Greater(s, v[0], tf.ConstScalar(s, -3.0)) },
			func(s *tf.Scope, v []tf.Output) []tf.Output {
				y := op.Reciprocal(s, v[0])
				_, _, n, _ := runtime.Caller(0)
				line = fmt.Sprintf("numerics_test.go:%d", n-1)
				return []tf.Output{op.Add(s, op.Sub(s, v[0], tf.ConstScalar(s, 1.0)), op.Mul(s, y, tf.ConstScalar(s, 0.0)))}
			}, nil)
		err := l.Err()
		if !s.Eager() && err == nil {
			sess, e := tf.NewSession(s.Graph(), l.config)
			if e != nil {
				t.Fatal(e)
			}
			defer sess.Close()
			_, err = sess.Run(context.Background(), nil, outs)
		}
		for _, want := range []string{"Reciprocal", "at " + line, "holds 0 NaN and 1 Inf among 1 numbers"} {
			if !errors.Is(err, tf.InvalidArgument) || !strings.Contains(err.Error(), want) {
				t.Errorf("err = %v, want %q in it", err, want)
			}
		}
	})
}
