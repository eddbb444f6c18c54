package golden

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"
)

func file(header string, data ...byte) []byte {
	return append(append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...), data...)
}

func TestParse(t *testing.T) {
	arrays, err := parse(file(`{"a/x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
		"a/s":{"dtype":"I32","shape":[],"data_offsets":[8,12]},"a/b":{"dtype":"BOOL","shape":[1,2],"data_offsets":[12,14]}}`,
		0, 0, 128, 63, 0, 0, 0, 192, 7, 0, 0, 0, 1, 0))
	if err != nil {
		t.Fatal(err)
	}
	if x, err := arrays["a/x"].Float32(); err != nil || !slices.Equal(x, []float32{1, -2}) {
		t.Errorf("a/x = %v, %v; want [1 -2]", x, err)
	}
	if x, err := arrays["a/x"].Float64(); err != nil || !slices.Equal(x, []float64{1, -2}) {
		t.Errorf("a/x widened = %v, %v; want [1 -2]", x, err)
	}
	if s, err := arrays["a/s"].Int32(); err != nil || !slices.Equal(s, []int32{7}) {
		t.Errorf("a/s = %v, %v; want [7]", s, err)
	}
	if b, err := arrays["a/b"].Bool(); err != nil || !slices.Equal(b, []bool{true, false}) {
		t.Errorf("a/b = %v, %v; want [true false]", b, err)
	}
	if _, err := arrays["a/s"].Float32(); err == nil || !strings.Contains(err.Error(), "array is I32, want F32") {
		t.Errorf("a/s as float32: err = %v", err)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, data := range map[string][]byte{
		"nothing":      nil,
		"long header":  binary.LittleEndian.AppendUint64(nil, 9),
		"no json":      file("{"),
		"past the end": file(`{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 1, 2, 3),
		"backwards":    file(`{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}`, 1, 2, 3, 4),
	} {
		if _, err := parse(data); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestNear(t *testing.T) {
	for _, tc := range []struct {
		name      string
		got, want []float64
		ok        bool
	}{
		{"equal", []float64{1, 2}, []float64{1, 2}, true},
		{"within", []float64{1e-6, 1}, []float64{0, 1}, true},
		{"outside", []float64{1e-4, 1}, []float64{0, 1}, false},
		{"length", []float64{1}, []float64{1, 2}, false},
		{"not a number", []float64{math.NaN()}, []float64{1}, false},
		{"finite for infinite", []float64{1, 1}, []float64{math.Inf(1), 1}, false},
		{"infinite", []float64{math.Inf(1)}, []float64{math.Inf(1)}, true},
	} {
		if err := Near(tc.got, tc.want, 1e-5); (err == nil) != tc.ok {
			t.Errorf("%s: err = %v, want ok %v", tc.name, err, tc.ok)
		}
	}
}
