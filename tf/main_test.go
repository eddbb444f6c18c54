package tf_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/internal/handle"
	"github.com/gotf/gotf/internal/leaktest"
	"github.com/gotf/gotf/tf"
)

// In a build that cannot open the library, only what it says of that is tested.
func TestMain(m *testing.M) {
	flag.Parse()
	if !ctf.Supported {
		flag.Set("test.run", "^TestUnsupported$")
	}
	os.Exit(leaktest.Main(m))
}

var background = context.Background()

type closer interface{ Close() error }

// closing closes c at the end of the test.
func closing[C closer](t testing.TB, c C, err error) C {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func newGraph(t testing.TB) *tf.Graph {
	t.Helper()
	g, err := tf.NewGraph()
	return closing(t, g, err)
}

func newSession(t testing.TB, g *tf.Graph) *tf.Session {
	t.Helper()
	s, err := tf.NewSession(g, nil)
	return closing(t, s, err)
}

func newEager(t testing.TB) *tf.Eager {
	t.Helper()
	e, err := tf.NewEager(nil)
	return closing(t, e, err)
}

func newScope(t testing.TB, e *tf.Eager) *tf.Scope {
	t.Helper()
	return closing(t, e.Scope(), nil)
}

func newTensor[T tf.Element](t testing.TB, data []T, shape ...int64) *tf.Tensor {
	t.Helper()
	x, err := tf.NewTensor(data, shape...)
	return closing(t, x, err)
}

// node adds an operation with single inputs.
func node(s *tf.Scope, typ string, in ...tf.Output) tf.Output {
	b := s.Begin(typ)
	for _, x := range in {
		b.In(x)
	}
	return b.One()
}

// run fetches one output.
func run(t testing.TB, s *tf.Session, fetch tf.Output, feeds ...tf.Feed) *tf.Tensor {
	t.Helper()
	out, err := s.Run(background, feeds, []tf.Output{fetch})
	if err != nil {
		t.Fatal(err)
	}
	return closing(t, out[0], nil)
}

// value is the eager value o.
func value(t testing.TB, o tf.Output) *tf.Tensor {
	t.Helper()
	x, err := o.Value()
	return closing(t, x, err)
}

func wantValues[T tf.Element](t testing.TB, x *tf.Tensor, want ...T) {
	t.Helper()
	got, err := tf.Values[T](x)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, append([]T{}, want...)) {
		t.Fatalf("values = %v, want %v", got, want)
	}
}

// wantError checks kind, form and words of an error: one line with all of the
// given texts.
func wantError(t testing.TB, err error, code tf.Code, texts ...string) {
	t.Helper()
	if !errors.Is(err, code) {
		t.Fatalf("err = %v, want %v", err, code)
	}
	var e *tf.Error
	if !errors.As(err, &e) {
		t.Fatalf("err is a %T, want a *tf.Error", err)
	}
	text := err.Error()
	if strings.Contains(text, "\n") || !strings.HasPrefix(text, "tf: ") {
		t.Errorf("not one line that begins with tf: %q", text)
	}
	for _, want := range texts {
		if !strings.Contains(text, want) {
			t.Errorf("err = %q, want %q in it", text, want)
		}
	}
}

func wantOK(t testing.TB, s *tf.Scope) {
	t.Helper()
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
}

// waitLive waits until want C objects are open.
func waitLive(t testing.TB, want int64) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); handle.Live() != want; runtime.GC() {
		if time.Now().After(end) {
			t.Fatalf("%d C objects are open, want %d", handle.Live(), want)
		}
		time.Sleep(time.Millisecond)
	}
}
