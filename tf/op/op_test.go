package op_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/gotf/gotf/internal/leaktest"
	"github.com/gotf/gotf/tf"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Main(m)) }

type outputs = []tf.Output

// call is a use of an op on an eager scope, and what [show] says of its results.
type call struct {
	name string
	call func(s *tf.Scope) outputs
	want string
}

func run(t *testing.T, calls []call) {
	for _, tc := range calls {
		t.Run(tc.name, func(t *testing.T) {
			s := eager(t)
			if got := show(t, s, tc.call(s)...); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func floats(s *tf.Scope, x ...float32) tf.Output { return tf.Const(s, x) }
func ints(s *tf.Scope, x ...int32) tf.Output     { return tf.Const(s, x) }
func words(s *tf.Scope, x ...string) tf.Output   { return tf.Const(s, x) }
func axis(s *tf.Scope, i int32) tf.Output        { return tf.ConstScalar(s, i) }

// square is [[1 2] [3 4]].
func square(s *tf.Scope) tf.Output { return tf.Const(s, []float32{1, 2, 3, 4}, 2, 2) }

// eager is a scope that ends with the test.
func eager(t *testing.T) *tf.Scope {
	t.Helper()
	e, err := tf.NewEager(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := e.Scope()
	t.Cleanup(func() {
		s.Close()
		e.Close()
	})
	return s
}

// show is a value's dtype, shape and elements.
func show(t *testing.T, s *tf.Scope, outs ...tf.Output) (text string) {
	t.Helper()
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	for i, o := range outs {
		x, err := o.Value()
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			text += "; "
		}
		text += elements(t, x)
		x.Close()
	}
	return text
}

func elements(t *testing.T, x *tf.Tensor) string {
	t.Helper()
	var v any
	var err error
	switch x.DType() {
	case tf.Float32:
		v, err = tf.Values[float32](x)
	case tf.Float64:
		v, err = tf.Values[float64](x)
	case tf.Int32:
		v, err = tf.Values[int32](x)
	case tf.Int64:
		v, err = tf.Values[int64](x)
	case tf.Uint8:
		v, err = tf.Values[uint8](x)
	case tf.Bool:
		v, err = tf.Values[bool](x)
	case tf.String:
		var words []string
		words, err = tf.Values[string](x)
		v = fmt.Sprintf("%q", words)
	case tf.Complex64:
		v, err = tf.Values[complex64](x)
	default:
		t.Fatalf("no case for %v", x.DType())
	}
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%v%v %v", x.DType(), []int64(x.Shape()), v)
}
