package tf_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gotf/gotf/tf"
)

// cast converts with TensorFlow's own kernel.
func cast[From, To tf.Element](t *testing.T, s *tf.Scope, data []From) []To {
	t.Helper()
	x := tf.Const(s, data)
	y := s.Begin("Cast").In(x).Type("DstT", tf.DTypeOf[To]()).One()
	wantOK(t, s)
	got, err := tf.Values[To](value(t, y))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func sameFloat(a, b float32) bool {
	return math.Float32bits(a) == math.Float32bits(b) || a != a && b != b
}

func TestHalfTypesToFloat32(t *testing.T) {
	s := newScope(t, newEager(t))
	f16, bf16 := make([]tf.F16, 1<<16), make([]tf.BF16, 1<<16)
	for i := range f16 {
		f16[i], bf16[i] = tf.F16(i), tf.BF16(i)
	}
	for i, want := range cast[tf.F16, float32](t, s, f16) {
		if got := f16[i].Float32(); !sameFloat(got, want) {
			t.Fatalf("F16(%#x) = %v, want %v", i, got, want)
		}
	}
	for i, want := range cast[tf.BF16, float32](t, s, bf16) {
		if got := bf16[i].Float32(); !sameFloat(got, want) {
			t.Fatalf("BF16(%#x) = %v, want %v", i, got, want)
		}
	}
}

// float32s are the values where rounding could go wrong: every half-precision
// value, the middles between neighbours, their float32 neighbours, and random
// bit patterns.
func float32s() (out []float32) {
	around := func(x float32) {
		out = append(out, x, math.Nextafter32(x, 0), math.Nextafter32(x, float32(math.Inf(1))))
	}
	for i := range 1 << 16 {
		around(tf.F16(i).Float32())
		around(tf.BF16(i).Float32())
		around((tf.F16(i).Float32() + tf.F16(i+1).Float32()) / 2)
		around(math.Float32frombits(uint32(i)<<16 | 0x8000))
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 1 << 18 {
		out = append(out, math.Float32frombits(r.Uint32()))
	}
	return out
}

func TestFloat32ToHalfTypes(t *testing.T) {
	s := newScope(t, newEager(t))
	in := float32s()
	for i, want := range cast[float32, tf.F16](t, s, in) {
		if got := tf.ToF16(in[i]); got != want && (in[i] == in[i] || got.Float32() == got.Float32()) {
			t.Fatalf("ToF16(%v, bits %#x) = %#x, want %#x", in[i], math.Float32bits(in[i]), got, want)
		}
	}
	for i, want := range cast[float32, tf.BF16](t, s, in) {
		if got := tf.ToBF16(in[i]); got != want && (in[i] == in[i] || got.Float32() == got.Float32()) {
			t.Fatalf("ToBF16(%v, bits %#x) = %#x, want %#x", in[i], math.Float32bits(in[i]), got, want)
		}
	}
}
