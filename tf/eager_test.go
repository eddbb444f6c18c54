package tf_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/handle"
	"github.com/gotf/gotf/tf"
)

func TestEagerAfterClose(t *testing.T) {
	before := handle.Live()
	e := newEager(t)
	s := e.Scope()
	x := tf.Const(s, []float32{1})
	kept := s.Keep(node(s, "Neg", x))
	v := tf.NewVariable(s, "v", tf.Float32, tf.Shape{})
	wantOK(t, s)
	e.Close()
	e.Close()
	_, err := e.Devices()
	wantError(t, err, tf.FailedPrecondition, "eager context", "closed")
	wantError(t, e.ClearCaches(), tf.FailedPrecondition, "closed")
	wantError(t, e.Scope().Err(), tf.FailedPrecondition, "closed")

	// Values live as long as their scope; operations end with the context.
	wantValues(t, value(t, kept), float32(-1))
	node(s, "Neg", x)
	wantError(t, s.Err(), tf.FailedPrecondition, "the eager context is closed")
	v.Close()
	kept.Close()
	s.Close()
	waitLive(t, before+1) // the tensor that value read
}

func TestOtherContexts(t *testing.T) {
	a, b := newScope(t, newEager(t)), newScope(t, newEager(t))
	g := newGraph(t).Scope()
	for _, tc := range []struct {
		name string
		s    *tf.Scope
		in   tf.Output
		text string
	}{
		{"another context", a, tf.ConstScalar(b, int32(1)), "input 0 belongs to another eager context"},
		{"a graph's output", b, tf.ConstScalar(g, int32(1)), "input 0 is Const:0 of a graph"},
		{"an eager value", g, tf.ConstScalar(newScope(t, newEager(t)), int32(1)), "input 0 is an eager value"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			node(tc.s, "Neg", tc.in)
			wantError(t, tc.s.Err(), tf.InvalidArgument, "Neg", "main_test.go:", tc.text)
		})
	}
}

func TestListDevices(t *testing.T) {
	devices, err := tf.ListDevices()
	if err != nil {
		t.Fatal(err)
	}
	if d := devices[0]; d.Type != "CPU" || !strings.HasSuffix(d.Name, "CPU:0") {
		t.Errorf("first device %v", d)
	}
	e, err := tf.NewEager(&tf.Config{DeviceCount: map[string]int{"CPU": 3}})
	closing(t, e, err)
	devices, err = e.Devices()
	if err != nil || len(devices) != 3 {
		t.Errorf("devices %v, %v, want 3", devices, err)
	}
	s := newScope(t, e)
	x := node(s.OnDevice("/cpu:2"), "Neg", tf.ConstScalar(s, float32(1)))
	wantOK(t, s)
	if !strings.HasSuffix(x.Device(), "CPU:2") {
		t.Errorf("value is on %s", x.Device())
	}
	wantValues(t, value(t, x), float32(-1))
}

func TestDevicesThatDoNotExist(t *testing.T) {
	e := newEager(t)
	strict, err := tf.NewEager(&tf.Config{StrictPlacement: true})
	closing(t, strict, err)
	for _, tc := range []struct {
		name   string
		e      *tf.Eager
		device string
		code   tf.Code // 0: moved to one that exists
		text   string
	}{
		{"moved", e, "/gpu:7", 0, ""},
		{"strict", strict, "/gpu:7", tf.InvalidArgument, "GPU:7"},
		{"strict, too high a number", strict, "/cpu:7", tf.InvalidArgument, "CPU:7"},
		{"no device name", e, "left of the door", tf.InvalidArgument, "left of the door"},
		{"NUL", e, "/cpu:0\x00", tf.InvalidArgument, "/cpu:0"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newScope(t, tc.e)
			x := tf.ConstScalar(s, float32(1))
			for range 2 { // with a fresh operation, then with a reused one
				y := node(s.OnDevice(tc.device), "Neg", x)
				if tc.code == 0 {
					wantOK(t, s)
					wantValues(t, value(t, y), float32(-1))
				}
			}
			if tc.code != 0 {
				wantError(t, s.Err(), tc.code, " at ", tc.text)
			}
		})
	}
}

func TestManyOutputs(t *testing.T) {
	const n = 300
	for name, s := range map[string]*tf.Scope{"eager": newScope(t, newEager(t)), "graph": newGraph(t).Scope()} {
		t.Run(name, func(t *testing.T) {
			data := make([]int32, n)
			for i := range data {
				data[i] = int32(i)
			}
			outs := s.Begin("Unpack").In(tf.Const(s, data)).Int("num", n).Outs()
			wantOK(t, s)
			if len(outs) != n || outs[n-1].DType() != tf.Int32 || !outs[n-1].Shape().Equal(tf.Shape{}) {
				t.Fatalf("%d outputs", len(outs))
			}
			packed := s.Begin("Pack").InList(outs).One()
			wantOK(t, s)
			if s.Eager() {
				wantValues(t, value(t, packed), data...)
			} else {
				wantValues(t, run(t, newSession(t, s.Graph()), packed), data...)
			}
		})
	}
}

func TestEagerOutput(t *testing.T) {
	s := newScope(t, newEager(t))
	x := tf.Const(s, []float32{1, 2}, 2, 1)
	n := s.Begin("NoOp").Node()
	wantOK(t, s)
	if got := fmt.Sprintln(x.Name(), x.DType(), x.Shape(), x.Index(), x.Eager(), n.Name(), n.DType(), n.Shape()); got != "Const float32 (2, 1) 0 true NoOp dtype(0) <unknown>\n" {
		t.Errorf("%s", got)
	}
	_, err := n.Value()
	wantError(t, err, tf.FailedPrecondition, "value of NoOp")
	node(s, "Neg", n)
	wantError(t, s.Err(), tf.InvalidArgument, "input 0 is NoOp, which has no results")
}
