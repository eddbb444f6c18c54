package tf_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gotf/gotf/tf"
)

func TestNewTensor(t *testing.T) {
	for _, tc := range []struct {
		name  string
		n     int
		shape []int64
		want  tf.Shape
		words string // of an InvalidArgument error
	}{
		{name: "vector by default", n: 3, want: tf.Shape{3}},
		{name: "matrix", n: 6, shape: []int64{2, 3}, want: tf.Shape{2, 3}},
		{name: "scalar", n: 1, shape: []int64{}, want: tf.Shape{}},
		{name: "empty vector", n: 0, want: tf.Shape{0}},
		{name: "empty dimension", n: 0, shape: []int64{4, 0, 5}, want: tf.Shape{4, 0, 5}},
		{name: "rank 10", n: 4, shape: []int64{1, 1, 2, 1, 1, 1, 1, 1, 2, 1}, want: tf.Shape{1, 1, 2, 1, 1, 1, 1, 1, 2, 1}},
		{name: "rank 254", n: 1, shape: slices.Repeat([]int64{1}, 254), want: slices.Repeat([]int64{1}, 254)},
		{name: "rank 255", n: 1, shape: slices.Repeat([]int64{1}, 255), words: "255 dimensions"},
		{name: "too few values", n: 1, shape: []int64{2}, words: "shape (2,) holds 2 elements, the data has 1"},
		{name: "too many values", n: 3, shape: []int64{2}, words: "shape (2,) holds 2 elements, the data has 3"},
		{name: "values for an empty shape", n: 1, shape: []int64{0}, words: "holds 0 elements"},
		{name: "unknown dimension", n: 1, shape: []int64{-1}, words: "unknown dimension"},
		{name: "negative dimension", n: 1, shape: []int64{-2, -3}, words: "dimension -2"},
		{name: "more bytes than an int", n: 1, shape: []int64{1 << 61}, words: "too large"},
		{name: "more elements than an int", n: 1, shape: []int64{1 << 40, 1 << 40}, words: "too large"},
		{name: "a product that wraps to 0", n: 0, shape: []int64{1 << 32, 1 << 32}, words: "too large"},
		{name: "too large but for a 0", n: 0, shape: []int64{1 << 62, 1 << 62, 0}, words: "too large"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			data := make([]float64, tc.n)
			for i := range data {
				data[i] = float64(i) + 0.5
			}
			x, err := tf.NewTensor(data, tc.shape...)
			if tc.words != "" {
				wantError(t, err, tf.InvalidArgument, "new tensor", tc.words)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer x.Close()
			if !x.Shape().Equal(tc.want) || x.DType() != tf.Float64 || x.NumElements() != tc.n {
				t.Errorf("%v with %d elements, want shape %v", x, x.NumElements(), tc.want)
			}
			wantValues(t, x, data...)
		})
	}
}

// roundTrip sends data through a tensor, an eager value and a session.
func roundTrip[T tf.Element](t *testing.T, e *tf.Eager, data ...T) {
	d := tf.DTypeOf[T]()
	t.Run(d.String(), func(t *testing.T) {
		x := newTensor(t, data, int64(len(data)), 1)
		if x.DType() != d {
			t.Fatalf("dtype %v, want %v", x.DType(), d)
		}
		wantValues(t, x, data...)

		s := newScope(t, e)
		y := node(s, "Identity", s.ConstTensor(x))
		wantOK(t, s)
		if y.DType() != d || !y.Shape().Equal(tf.Shape{int64(len(data)), 1}) {
			t.Errorf("eager value is %v %v", y.DType(), y.Shape())
		}
		wantValues(t, value(t, y), data...)

		g := newGraph(t)
		gs := g.Scope()
		p := tf.Placeholder(gs, d, nil)
		z := node(gs, "Identity", p)
		c := tf.Const(gs, data)
		wantOK(t, gs)
		sess := newSession(t, g)
		wantValues(t, run(t, sess, z, tf.Feed{p, x}), data...)
		wantValues(t, run(t, sess, c), data...)

		if d == tf.String {
			return
		}
		raw, err := x.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		again, err := tf.NewRaw(d, x.Shape(), raw)
		wantValues(t, closing(t, again, err), data...)
	})
}

func TestEveryElementType(t *testing.T) {
	e := newEager(t)
	roundTrip(t, e, float32(1.5), float32(math.Inf(-1)), -0.25)
	roundTrip(t, e, math.Pi, math.SmallestNonzeroFloat64, math.MaxFloat64)
	roundTrip(t, e, int8(-128), 127, 0)
	roundTrip(t, e, int16(math.MinInt16), math.MaxInt16)
	roundTrip(t, e, int32(math.MinInt32), math.MaxInt32)
	roundTrip(t, e, int64(math.MinInt64), math.MaxInt64)
	roundTrip(t, e, uint8(0), 255)
	roundTrip(t, e, uint16(0), math.MaxUint16)
	roundTrip(t, e, uint32(0), math.MaxUint32)
	roundTrip(t, e, uint64(0), math.MaxUint64)
	roundTrip(t, e, true, false, true)
	roundTrip(t, e, complex64(complex(1, -2)), 0)
	roundTrip(t, e, complex(math.Pi, -math.E), 0)
	roundTrip(t, e, tf.ToF16(1.5), tf.ToF16(-65504))
	roundTrip(t, e, tf.ToBF16(1.5), tf.ToBF16(-3e38))
	roundTrip(t, e, tf.F8E5M2(0x3c), tf.F8E5M2(0xbc))
	roundTrip(t, e, tf.F8E4M3FN(0x38), tf.F8E4M3FN(0xb8))
	roundTrip(t, e, tf.QI8(-1), 2)
	roundTrip(t, e, tf.QU8(1), 255)
	roundTrip(t, e, tf.QI16(-1), 2)
	roundTrip(t, e, tf.QU16(1), 65535)
	roundTrip(t, e, tf.QI32(-1), 1<<30)
	roundTrip(t, e, tf.I4(-8), 7)
	roundTrip(t, e, tf.U4(0), 15)
	roundTrip(t, e, "", "a", "a string of more than 24 bytes", "22 bytes, the longest.",
		"23 bytes, no longer in.", "nul\x00inside", strings.Repeat("x", 1<<20), "\xff\xfe not UTF-8", "日本語")
}

func TestScalars(t *testing.T) {
	x, err := tf.NewScalar("one string of more than 24 bytes")
	wantValues(t, closing(t, x, err), "one string of more than 24 bytes")
	if x.Shape() == nil || len(x.Shape()) != 0 || x.NumElements() != 1 {
		t.Errorf("shape %v of %d elements", x.Shape(), x.NumElements())
	}
	y, err := tf.NewScalar(complex64(2i))
	wantValues(t, closing(t, y, err), complex64(2i))
}

func TestNewTensorCopies(t *testing.T) {
	data, shape := []int32{1, 2}, []int64{2}
	x := newTensor(t, data, shape...)
	data[0], shape[0] = 9, 9
	x.Shape()[0] = 9
	wantValues(t, x, int32(1), 2)
	got, _ := tf.Values[int32](x)
	got[0] = 9
	wantValues(t, x, int32(1), 2)
	if !x.Shape().Equal(tf.Shape{2}) {
		t.Errorf("shape %v", x.Shape())
	}
}

func TestNewRaw(t *testing.T) {
	x, err := tf.NewRaw(tf.Int16, tf.Shape{2}, []byte{1, 0, 0, 1})
	wantValues(t, closing(t, x, err), int16(1), 256)
	empty, err := tf.NewRaw(tf.Float32, tf.Shape{0, 3}, nil)
	wantValues[float32](t, closing(t, empty, err))
	for _, tc := range []struct {
		name  string
		d     tf.DType
		shape tf.Shape
		n     int
		words string
	}{
		{"too few bytes", tf.Int16, tf.Shape{2}, 3, "takes 4 bytes, got 3"},
		{"strings", tf.String, tf.Shape{1}, 24, "string cannot be made from bytes"},
		{"resource", tf.Resource, tf.Shape{}, 8, "resource cannot be made from bytes"},
		{"no type", 0, tf.Shape{}, 0, "dtype(0)"},
		{"reference", 101, tf.Shape{}, 4, "float32_ref"},
		{"unknown rank", tf.Int8, nil, 1, "unknown"},
		{"huge", tf.Complex128, tf.Shape{1 << 60}, 16, "too large"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := tf.NewRaw(tc.d, tc.shape, make([]byte, tc.n))
			wantError(t, err, tf.InvalidArgument, tc.words)
		})
	}
}

func TestView(t *testing.T) {
	x := newTensor(t, []float32{1, 2, 3})
	var seen []float32
	if err := tf.View(x, func(v []float32) {
		x.Close() // frees after the view
		seen = slices.Clone(v)
	}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(seen, []float32{1, 2, 3}) {
		t.Errorf("view = %v", seen)
	}
	wantError(t, tf.View(x, func([]float32) { t.Error("called") }), tf.FailedPrecondition, "the tensor is closed")
}

func TestViewIsTheTensorsMemory(t *testing.T) {
	s := newScope(t, newEager(t))
	x := newTensor(t, make([]float32, 1024))
	y := value(t, s.ConstTensor(x))
	var a, b *float32
	tf.View(x, func(v []float32) { a = &v[0] })
	tf.View(y, func(v []float32) { b = &v[0] })
	if a != b {
		t.Error("an eager value of a tensor, and that read back, is a copy; want the tensor's memory")
	}
}

func TestViewPanicReleases(t *testing.T) {
	x := newTensor(t, []int8{1})
	func() {
		defer func() { recover() }()
		tf.View(x, func([]int8) { panic("in the view") })
	}()
	x.Close() // the leak check at the end sees whether it was freed
}

func TestTensorMisuse(t *testing.T) {
	closed := newTensor(t, []float32{1})
	closed.Close()
	if err := closed.Close(); err != nil {
		t.Error("second Close: ", err)
	}
	open := newTensor(t, []float32{1})
	for _, tc := range []struct {
		name string
		call func() error
		code tf.Code
		text string
	}{
		{"Values of another type", func() error { _, err := tf.Values[int32](open); return err }, tf.InvalidArgument, "holds float32, not int32"},
		{"View of another type", func() error { return tf.View(open, func([]tf.QI32) {}) }, tf.InvalidArgument, "holds float32, not qint32"},
		{"Values of strings", func() error { _, err := tf.Values[string](open); return err }, tf.InvalidArgument, "not string"},
		{"Values after Close", func() error { _, err := tf.Values[float32](closed); return err }, tf.FailedPrecondition, "closed"},
		{"Bytes after Close", func() error { _, err := closed.Bytes(); return err }, tf.FailedPrecondition, "closed"},
		{"Values of nil", func() error { _, err := tf.Values[float32](nil); return err }, tf.InvalidArgument, "nil"},
		{"Bytes of nil", func() error { _, err := (*tf.Tensor)(nil).Bytes(); return err }, tf.InvalidArgument, "no tensor"},
		{"Bytes of strings", func() error { _, err := newTensor(t, []string{"a"}).Bytes(); return err }, tf.InvalidArgument, "string"},
	} {
		t.Run(tc.name, func(t *testing.T) { wantError(t, tc.call(), tc.code, tc.text) })
	}
	if got := closed.Shape(); !got.Equal(tf.Shape{1}) || closed.DType() != tf.Float32 {
		t.Errorf("a closed tensor still knows what it was, got %v", closed)
	}
}

func TestTensorString(t *testing.T) {
	closed := newTensor(t, []tf.F16{0})
	closed.Close()
	for want, x := range map[string]*tf.Tensor{
		"float32 (2, 1) [1 2]":               newTensor(t, []float32{1, 2}, 2, 1),
		"int32 (3, 3) [1 2 3 4 5 6 7 8 ...]": newTensor(t, []int32{1, 2, 3, 4, 5, 6, 7, 8, 9}, 3, 3),
		"float16 (1,) [0.5]":                 newTensor(t, []tf.F16{tf.ToF16(0.5)}),
		`string (2,) ["a b" ""]`:             newTensor(t, []string{"a b", ""}),
		"float16 (1,) closed":                closed,
		"no tensor":                          nil,
	} {
		if got := fmt.Sprint(x); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTensorConcurrent(t *testing.T) {
	x := newTensor(t, []string{"a string of more than 24 bytes", "b"})
	want, _ := tf.Values[string](x)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 50 {
				got, err := tf.Values[string](x)
				if err != nil { // after the Close below
					wantError(t, err, tf.FailedPrecondition)
					return
				}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("values = %v", got)
					return
				}
			}
			if i == 0 {
				x.Close()
			}
		}()
	}
	wg.Wait()
}

// The types of a newer library either work or are refused, in words.
func TestNewerTypes(t *testing.T) {
	e := newEager(t)
	x, err := tf.NewScalar(tf.I2(1))
	if err != nil {
		for d := range newer {
			_, err := tf.NewRaw(d, tf.Shape{1}, []byte{1})
			wantError(t, err, tf.Unimplemented, "does not have type "+d.String())
		}
		return
	}
	x.Close()
	roundTrip(t, e, tf.F8E4M3FNUZ(1), 0x40)
	roundTrip(t, e, tf.F8E4M3B11FNUZ(1), 0x40)
	roundTrip(t, e, tf.F8E5M2FNUZ(1), 0x40)
	roundTrip(t, e, tf.I2(-2), 1)
	roundTrip(t, e, tf.U2(0), 3)
	roundTrip(t, e, tf.F4E2M1FN(1), 7)
}
