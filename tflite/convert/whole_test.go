package convert

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/internal/schema"
)

const models = "testdata/models/"

// python is a file that Python made with the library's version.
func python(t *testing.T, name string) []byte {
	t.Helper()
	version, err := tf.Version()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join("testdata", version, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

var ioTypes = []tf.DType{tf.Float32, tf.Int8, tf.Uint8}

// TestWhole compares with what converter.convert() returned: metadata, shared
// constants, types of inputs and outputs, order of bytes.
func TestWhole(t *testing.T) {
	same := func(t *testing.T, got, want []byte) {
		if !bytes.Equal(got, want) {
			t.Errorf("%d bytes, Python has %d; they differ", len(got), len(want))
		}
	}
	t.Run("float", func(t *testing.T) {
		got, err := Convert(t.Context(), models+"cnn", nil)
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, python(t, "cnn-whole.tflite"))
	})
	t.Run("int8", func(t *testing.T) { // of Python's ranges, which differ in the last bit
		p, err := newPlan(models+"cnn", &Options{Quantize: Int8, Calibration: calibration(t)})
		if err != nil {
			t.Fatal(err)
		}
		m := unpack(lastStep(t, python(t, "cnn-int8-calibrated.tflite"), tf.Float32))
		dedupe(m)
		describe(m, p)
		same(t, finish(m), python(t, "cnn-int8-whole.tflite"))
	})
	for _, d := range ioTypes {
		t.Run("trained "+d.String(), func(t *testing.T) {
			got, err := Convert(t.Context(), models+"qat", &Options{Quantize: Dynamic, InputType: d, OutputType: d})
			if err != nil {
				t.Fatal(err)
			}
			same(t, got, python(t, "qat-"+d.String()+".tflite"))
		})
	}
}

func calibration(t *testing.T) Samples {
	t.Helper()
	s, err := Open("testdata/calibration.npy", nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func lastStep(t *testing.T, calibrated []byte, d tf.DType) []byte {
	t.Helper()
	out, status := ctf.QuantizeModel(calibrated, ctf.QuantizeOptions{Input: tensorType(d), Output: tensorType(d), Inference: tensorType(tf.Int8)})
	if status.Code != 0 {
		t.Fatal(status)
	}
	return out
}

// TestLastStep gives Python's calibrated model to the quantizer.
func TestLastStep(t *testing.T) {
	for _, d := range ioTypes {
		got, want := lastStep(t, python(t, "cnn-int8-calibrated.tflite"), d), python(t, "cnn-int8-"+d.String()+".tflite")
		if !bytes.Equal(got, want) {
			t.Errorf("%v: %d bytes, Python has %d; they differ", d, len(got), len(want))
		}
	}
}

// TestRanges compares the ranges seen with those that Python's calibrator saw on
// the same samples, whose kernels were built otherwise.
func TestRanges(t *testing.T) {
	p, err := newPlan(models+"cnn", &Options{Quantize: Int8, Calibration: calibration(t)})
	if err != nil {
		t.Fatal(err)
	}
	native, _, err := p.native(p.converterFlags())
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.calibrate(t.Context(), unpack(native))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for i, tensor := range unpack(python(t, "cnn-int8-calibrated.tflite")).Subgraphs[0].Tensors {
		q := tensor.Quantization
		if q == nil || len(q.Min) == 0 {
			continue
		}
		n++
		r, ok := got[place{0, int32(i)}]
		if !ok || math.Abs(float64(r.min-q.Min[0])) > 1e-6 || math.Abs(float64(r.max-q.Max[0])) > 1e-6 {
			t.Errorf("%s: %v, want %v to %v", tensor.Name, r, q.Min, q.Max)
		}
	}
	if n != len(got) || n < 8 {
		t.Errorf("%d ranges, Python has %d", len(got), n)
	}
}

// TestLayout writes a model that has every table of the format, with every field
// set.
func TestLayout(t *testing.T) {
	none := flatbuffers.Table{Bytes: []byte{4, 0, 4, 0, 4, 0, 0, 0}, Pos: 4} // without fields
	m := &schema.ModelT{}
	full(reflect.ValueOf(m).Elem(), 1)
	o := *m.Subgraphs[0].Operators[0]
	for kind := range schema.EnumNamesBuiltinOptions {
		if kind != 0 {
			x := o
			x.BuiltinOptions = kind.UnPack(none)
			full(reflect.ValueOf(x.BuiltinOptions.Value).Elem(), 1)
			m.Subgraphs[0].Operators = append(m.Subgraphs[0].Operators, &x)
		}
	}
	for kind := range schema.EnumNamesBuiltinOptions2 {
		if kind != 0 {
			x := o
			x.BuiltinOptions2 = kind.UnPack(none)
			full(reflect.ValueOf(x.BuiltinOptions2.Value).Elem(), 1)
			m.Subgraphs[0].Operators = append(m.Subgraphs[0].Operators, &x)
		}
	}
	got := unpack(finish(m))
	if n := len(got.Subgraphs[0].Operators); n < 150 || !reflect.DeepEqual(got, m) {
		for i, o := range got.Subgraphs[0].Operators {
			if want := m.Subgraphs[0].Operators[i]; !reflect.DeepEqual(o, want) {
				t.Errorf("operator %d: %+v %+v, want %+v %+v", i, o.BuiltinOptions, o.BuiltinOptions2, want.BuiltinOptions, want.BuiltinOptions2)
			}
		}
		t.Errorf("of %d operators something changed: %+v, want %+v", n, got.SignatureDefs[0], m.SignatureDefs[0])
	}
}

// full sets every field but unions, down to tables of tables.
func full(v reflect.Value, depth int) {
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.Bool:
			f.SetBool(!f.Bool()) // none is the default's opposite
		case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
			f.SetInt(f.Int() + int64(2+i))
		case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
			f.SetUint(f.Uint() + uint64(2+i))
		case reflect.Float32, reflect.Float64:
			f.SetFloat(f.Float() + float64(2+i))
		case reflect.String:
			f.SetString("text")
		case reflect.Pointer:
			if !isUnion(f.Type()) && depth < 6 {
				f.Set(reflect.New(f.Type().Elem()))
				full(f.Elem(), depth+1)
			}
		case reflect.Slice:
			f.Set(reflect.MakeSlice(f.Type(), 2, 2))
			if f.Type().Elem().Kind() == reflect.Pointer {
				for j := range 2 {
					f.Index(j).Set(reflect.New(f.Type().Elem().Elem()))
					full(f.Index(j).Elem(), depth+1)
				}
			}
		}
	}
}

// TestOrder compares with list(set) in CPython.
func TestOrder(t *testing.T) {
	for _, tc := range []struct{ in, want []int32 }{
		{[]int32{33, 2, 1, 40}, []int32{40, 33, 2, 1}},
		{[]int32{29, 37, 12, 49, 60}, []int32{37, 12, 49, 60, 29}},
		{[]int32{18, 10, 7, 1, 50, 69, 36, 6, 27, 65, 67, 45}, []int32{1, 65, 67, 36, 69, 6, 7, 10, 45, 18, 50, 27}},
		{
			[]int32{34, 21, 12, 32, 26, 2, 81, 32, 33, 23, 20, 38, 36, 79, 46, 10, 76, 42, 84, 48, 63, 30, 21, 30, 59},
			[]int32{2, 10, 12, 20, 21, 23, 26, 30, 32, 33, 34, 36, 38, 42, 46, 48, 59, 63, 76, 79, 81, 84},
		},
	} {
		var s intSet
		for _, v := range tc.in {
			s.add(v)
		}
		if !slices.Equal(s.all(), tc.want) {
			t.Errorf("%v becomes %v, want %v", tc.in, s.all(), tc.want)
		}
	}
}

// TestPack packs and unpacks all kinds of models: nothing is lost or added.
func TestPack(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.tflite")
	if err != nil || len(files) < 30 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m := unpack(data)
		for _, again := range [][]byte{pack(m), finish(m)} {
			if !reflect.DeepEqual(m, unpack(again)) {
				t.Errorf("%s changes", file)
			}
		}
	}
}

func TestUnsupported(t *testing.T) {
	got := unsupported(`Could not translate MLIR to FlatBuffer.<unknown>:0: error: loc(callsite(fused["Cholesky:", "enc/Cholesky@__inference_f_35"] at fused["PartitionedCall:", "PartitionedCall"])): 'tf.Cholesky' op is neither a custom op nor a flex op
<unknown>:0: note: loc(fused["PartitionedCall:", "PartitionedCall"]): Error code: ERROR_NEEDS_FLEX_OPS
<unknown>:0: error: loc("plain"): 'tf.Mine' op is neither a custom op nor a flex op
<unknown>:0: note: loc("plain"): Error code: ERROR_NEEDS_CUSTOM_OPS
TF Select ops: Cholesky, Expm
Custom ops: Mine
`)
	want := []UnsupportedOp{{"Cholesky", []string{"enc/Cholesky"}, true}, {"Expm", nil, true}, {"Mine", []string{"plain"}, false}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := unsupported("Some other failure"); got != nil {
		t.Errorf("%v of other words", got)
	}
	err := &UnsupportedError{"DIR", got}
	for _, text := range []string{"Cholesky (enc/Cholesky), Expm: SelectTFOps (--select-tf-ops)", "nor, like Flex, for Mine (plain): AllowCustomOps (--allow-custom-ops)"} {
		if !bytes.Contains([]byte(err.Error()), []byte(text)) {
			t.Errorf("%v lacks %q", err, text)
		}
	}
}
