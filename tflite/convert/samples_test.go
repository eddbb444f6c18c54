package convert_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/tfrecord"
	"github.com/gotf/gotf/tflite/convert"
	examplepb "github.com/wamuir/graft/tensorflow/core/example/example_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

func input(name string, d tf.DType, shape ...int64) savedmodel.TensorInfo {
	return savedmodel.TensorInfo{Name: name, DType: d, Shape: shape}
}

func signature(inputs ...savedmodel.TensorInfo) []savedmodel.Signature {
	return []savedmodel.Signature{{Key: "first", Inputs: inputs}, {Key: "second", Inputs: inputs}}
}

// texts reads samples as "signature name type shape values".
func texts(t *testing.T, path string, o *convert.FileOptions, signatures []savedmodel.Signature) (list []string, err error) {
	t.Helper()
	s, err := convert.Open(path, o)
	if err != nil {
		return nil, err
	}
	for sample, err := range s(t.Context(), signatures) {
		if err != nil {
			return list, err
		}
		var parts []string
		for _, in := range signatures[0].Inputs {
			x := sample.Inputs[in.Name]
			raw, _ := x.Bytes()
			text := fmt.Sprint(raw)
			if x.DType() == tf.Float32 {
				values, _ := tf.Values[float32](x)
				text = fmt.Sprint(values)
			}
			parts = append(parts, fmt.Sprintf("%s %v %v %s", in.Name, x.DType(), x.Shape(), text))
		}
		list = append(list, sample.Signature+" "+strings.Join(parts, "; "))
		sample.Close()
	}
	return list, nil
}

func array(d string, raw []byte, shape ...int64) *npy.Array {
	return &npy.Array{DType: d, Shape: shape, Raw: raw}
}

func floats(v ...float32) []byte {
	b, _ := binary.Append(nil, binary.LittleEndian, v)
	return b
}

func writeFile(t *testing.T, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func npyBytes(t *testing.T, a *npy.Array) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := npy.Write(&b, a); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func npz(t *testing.T, arrays map[string]*npy.Array) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, a := range arrays {
		f, err := w.Create(name + ".npy")
		if err != nil {
			t.Fatal(err)
		}
		f.Write(npyBytes(t, a))
	}
	w.Close()
	return b.Bytes()
}

func gzipped(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	w.Close()
	return b.Bytes()
}

func flipped(data []byte, at int) []byte {
	data[at] ^= 1
	return data
}

func example(t *testing.T, features map[string]*examplepb.Feature) []byte {
	t.Helper()
	data, err := proto.Marshal(&examplepb.Example{Features: &examplepb.Features{Feature: features}})
	if err != nil {
		t.Fatal(err)
	}
	return tfrecord.Append(nil, data)
}

func floatFeature(v ...float32) *examplepb.Feature {
	return &examplepb.Feature{Kind: &examplepb.Feature_FloatList{FloatList: &examplepb.FloatList{Value: v}}}
}

func intFeature(v ...int64) *examplepb.Feature {
	return &examplepb.Feature{Kind: &examplepb.Feature_Int64List{Int64List: &examplepb.Int64List{Value: v}}}
}

func bytesFeature(v ...[]byte) *examplepb.Feature {
	return &examplepb.Feature{Kind: &examplepb.Feature_BytesList{BytesList: &examplepb.BytesList{Value: v}}}
}

func TestSamples(t *testing.T) {
	dir := t.TempDir()
	x := input("x", tf.Float32, -1, 2)
	one := signature(x)
	two := signature(x, input("n", tf.Int32, -1))
	rows := array("float32", floats(1, 2, 3, 4), 2, 2)
	for _, tc := range []struct {
		name, file string
		data       []byte
		signatures []savedmodel.Signature
		want       []string // or a part of the error
	}{
		{"npy", "a.npy", npyBytes(t, rows), one, []string{"first x float32 (1, 2) [1 2]", "first x float32 (1, 2) [3 4]"}},
		{"another signature", "a.npy@second", nil, one, []string{"second x float32 (1, 2) [1 2]", "second x float32 (1, 2) [3 4]"}},
		{"no such signature", "a.npy@secnd", nil, one, []string{`no signature "secnd", did you mean "second"?`}},
		{"bytes as floats", "b.npy", npyBytes(t, array("uint8", []byte{7, 8}, 1, 2)), one, []string{"first x float32 (1, 2) [7 8]"}},
		{"fixed batch", "c.npy", npyBytes(t, rows), signature(input("x", tf.Float32, 2, 2)), []string{"first x float32 (2, 2) [1 2 3 4]"}},
		{"no batch", "d.npy", npyBytes(t, rows), signature(input("x", tf.Float32, 2)), []string{"first x float32 (2,) [1 2]", "first x float32 (2,) [3 4]"}},
		{"no channel", "l.npy", npyBytes(t, array("float32", floats(1, 2, 3, 4), 2, 2)), signature(input("x", tf.Float32, -1, 1, 2, 1)),
			[]string{"first x float32 (1, 1, 2, 1) [1 2]", "first x float32 (1, 1, 2, 1) [3 4]"}},
		{"scalars", "m.npy", npyBytes(t, array("float32", floats(1, 2), 2)), signature(savedmodel.TensorInfo{Name: "x", DType: tf.Float32, Shape: tf.Shape{}}), []string{"first x float32 () [1]", "first x float32 () [2]"}},
		{"npz", "e.npz", npz(t, map[string]*npy.Array{"x": rows, "n": array("int32", []byte{5, 0, 0, 0, 6, 0, 0, 0}, 2)}), two,
			[]string{"first x float32 (1, 2) [1 2]; n int32 (1,) [5 0 0 0]", "first x float32 (1, 2) [3 4]; n int32 (1,) [6 0 0 0]"}},
		{"npz with one", "f.npz", npz(t, map[string]*npy.Array{"other": rows}), one, []string{"first x float32 (1, 2) [1 2]", "first x float32 (1, 2) [3 4]"}},
		{"npz with more", "g.npz", npz(t, map[string]*npy.Array{"x": rows, "y": rows}), one, []string{"first x float32 (1, 2) [1 2]", "first x float32 (1, 2) [3 4]"}},
		{"counts", "h.npz", npz(t, map[string]*npy.Array{"x": rows, "n": array("int32", []byte{5, 0, 0, 0}, 1)}), two, []string{`2 samples of "x", 1 of "n"`}},
		{"shape", "i.npy", npyBytes(t, array("float32", floats(1, 2, 3), 1, 3)), one, []string{"a sample has shape (1, 3), want (None, 2)"}},
		{"type", "j.npy", npyBytes(t, array("float32", floats(1), 1)), signature(input("n", tf.Int32, -1)), []string{"the array holds float32, want int32"}},
		{"two inputs", "k.npy", npyBytes(t, rows), two, []string{"an .npz file holds one array for each"}},
		{"records", "a.tfrecord", append(example(t, map[string]*examplepb.Feature{"x": floatFeature(1, 2), "n": intFeature(3)}),
			example(t, map[string]*examplepb.Feature{"x": floatFeature(4, 5), "n": intFeature(6)})...), two,
			[]string{"first x float32 (1, 2) [1 2]; n int32 (1,) [3 0 0 0]", "first x float32 (1, 2) [4 5]; n int32 (1,) [6 0 0 0]"}},
		{"raw bytes", "b.tfrecord", example(t, map[string]*examplepb.Feature{"x": bytesFeature(floats(8, 9))}), one, []string{"first x float32 (1, 2) [8 9]"}},
		{"feature missing", "c.tfrecord", example(t, map[string]*examplepb.Feature{"y": floatFeature(1, 2)}), one, []string{`record 0: input "x": the feature is missing`}},
		{"feature size", "d.tfrecord", example(t, map[string]*examplepb.Feature{"x": floatFeature(1, 2, 3)}), one, []string{"3 values do not make the shape (None, 2)"}},
		{"cut", "e.tfrecord", example(t, map[string]*examplepb.Feature{"x": floatFeature(1, 2)})[:20], one, []string{"the file is cut short"}},
		{"compressed", "g.tfrecord", gzipped(t, example(t, map[string]*examplepb.Feature{"x": floatFeature(1, 2)})), one, []string{"first x float32 (1, 2) [1 2]"}},
		{"a flipped bit", "h.tfrecord", flipped(example(t, map[string]*examplepb.Feature{"x": floatFeature(1, 2)}), 14), one, []string{"record 0: a record does not match its checksum"}},
		{"no records", "f.txt", []byte("hello, I am just some text"), one, []string{"it is no .npy, .npz or TFRecord file"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := filepath.Join(dir, tc.file)
			if tc.data != nil {
				writeFile(t, dir, tc.file, tc.data)
			}
			got, err := texts(t, path, nil, tc.signatures)
			if err != nil {
				got = []string{err.Error()}
				if strings.Contains(err.Error(), tc.want[0]) && !strings.Contains(err.Error(), "\n") {
					return
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(tc.want) {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
	if _, err := convert.Open(filepath.Join(dir, "none.npy"), nil); !errors.Is(err, tf.NotFound) {
		t.Errorf("err = %v", err)
	}
	writeFile(t, dir, "n.npz", npz(t, map[string]*npy.Array{"x": rows}))
	if _, err := texts(t, filepath.Join(dir, "n.npz"), nil, two); !errors.Is(err, tf.NotFound) || !strings.Contains(err.Error(), `no array "n" in the archive; it holds "x"`) {
		t.Errorf("an archive without n: %v", err)
	}
	pickled := writeFile(t, dir, "p.npy", []byte("\x80\x04K\x01."))
	if _, err := texts(t, pickled, nil, one); !errors.Is(err, tf.InvalidArgument) {
		t.Errorf("a pickle: %v", err)
	}
}

// TestPictures reads a folder of pictures as grey, as colours, scaled and resized.
func TestPictures(t *testing.T) {
	dir := t.TempDir()
	img := image.NewRGBA(image.Rect(0, 0, 2, 1))
	img.Set(0, 0, color.RGBA{100, 100, 100, 255})
	img.Set(1, 0, color.RGBA{200, 200, 200, 255})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	writeFile(t, dir, "notes.txt", []byte("not a picture"))
	writeFile(t, dir, "a.png", b.Bytes())
	for _, tc := range []struct {
		name string
		in   savedmodel.TensorInfo
		o    *convert.FileOptions
		want string
	}{
		{"grey", input("x", tf.Float32, -1, 1, 2, 1), nil, "x float32 (1, 1, 2, 1) [100 200]"},
		{"colour", input("x", tf.Float32, 1, 1, 2, 3), nil, "x float32 (1, 1, 2, 3) [100 100 100 200 200 200]"},
		{"as large as it is", input("x", tf.Uint8, -1, -1, -1, 1), nil, "x uint8 (1, 1, 2, 1) [100 200]"},
		{"no batch", input("x", tf.Float32, 1, 2, 1), nil, "x float32 (1, 2, 1) [100 200]"},
		{"scaled", input("x", tf.Float32, -1, 1, 2, 1), &convert.FileOptions{Mean: []float32{100}, Std: []float32{50}}, "x float32 (1, 1, 2, 1) [0 2]"},
		{"by channel", input("x", tf.Float32, -1, 1, 2, 3), &convert.FileOptions{Mean: []float32{100, 0, 0}, Std: []float32{1, 2, 4}}, "x float32 (1, 1, 2, 3) [0 50 25 100 100 50]"},
		{"resized", input("x", tf.Float32, -1, 1, 4, 1), nil, "x float32 (1, 1, 4, 1) [100 125 175 200]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := texts(t, dir, tc.o, signature(tc.in))
			if err != nil || len(got) != 1 || got[0] != "first "+tc.want {
				t.Errorf("%q, %v; want %q", got, err, tc.want)
			}
		})
	}
	three := &convert.FileOptions{Mean: []float32{1, 2, 3}, Std: []float32{1, 1, 1}}
	for in, want := range map[string]savedmodel.TensorInfo{"takes pictures of 1": input("x", tf.Float32, -1, 1, 2, 1), "are for float32": input("x", tf.Uint8, -1, 1, 2, 3)} {
		if _, err := texts(t, dir, three, signature(want)); !errors.Is(err, tf.InvalidArgument) || !strings.Contains(err.Error(), in) {
			t.Errorf("three means for %v: %v, want %q", want, err, in)
		}
	}
	if _, err := convert.Open(filepath.Join(dir, "a.png"), nil); !errors.Is(err, tf.InvalidArgument) || !strings.Contains(err.Error(), "want the folder") {
		t.Errorf("one picture: %v", err)
	}
	if _, err := convert.Open(filepath.Join(dir, "notes.txt"), three); !errors.Is(err, tf.InvalidArgument) || !strings.Contains(err.Error(), "for a folder of pictures") {
		t.Errorf("means for a file: %v", err)
	}
	for _, in := range []savedmodel.TensorInfo{input("x", tf.Float32, -1, 10), input("x", tf.Int32, -1, 1, 2, 1), input("x", tf.Float32, -1, 1, 2, 7), input("x", tf.Float32, 8, 1, 2, 1)} {
		if _, err := texts(t, dir, nil, signature(in)); !errors.Is(err, tf.InvalidArgument) {
			t.Errorf("%v: err = %v", in, err)
		}
	}
	writeFile(t, dir, "b.png", b.Bytes()[:30])
	if got, err := texts(t, dir, nil, signature(input("x", tf.Float32, -1, 1, 2, 1))); !errors.Is(err, tf.InvalidArgument) || !strings.Contains(err.Error(), "b.png: invalid argument: the picture is damaged") || strings.Contains(err.Error(), ".go") || len(got) != 1 {
		t.Errorf("a damaged picture: %v, %v", got, err)
	}
	if _, err := texts(t, t.TempDir(), nil, signature(input("x", tf.Float32, -1, 1, 2, 1))); !errors.Is(err, tf.InvalidArgument) {
		t.Errorf("an empty folder: %v", err)
	}
}

// TestIntegers reads NumPy's int64 for narrower inputs.
func TestIntegers(t *testing.T) {
	wide := func(v ...int64) []byte {
		b, _ := binary.Append(nil, binary.LittleEndian, v)
		return b
	}
	for _, tc := range []struct {
		to     tf.DType
		values []int64
		want   string
	}{
		{tf.Int32, []int64{1, -2}, "first x int32 (1, 2) [1 0 0 0 254 255 255 255]"},
		{tf.Int64, []int64{1, -2}, "first x int64 (1, 2) [1 0 0 0 0 0 0 0 254 255 255 255 255 255 255 255]"},
		{tf.Uint8, []int64{0, 255}, "first x uint8 (1, 2) [0 255]"},
		{tf.Int32, []int64{1, 1 << 31}, "the array holds 2147483648, which does not fit int32"},
		{tf.Int8, []int64{1, -129}, "the array holds -129, which does not fit int8"},
		{tf.Uint8, []int64{1, -1}, "the array holds -1, which does not fit uint8"},
		{tf.Bool, []int64{1, 0}, "the array holds integers, want bool"},
	} {
		path := writeFile(t, t.TempDir(), "x.npy", npyBytes(t, array("int64", wide(tc.values...), 1, 2)))
		list, err := texts(t, path, nil, signature(input("x", tc.to, -1, 2)))
		got := strings.Join(list, "\n")
		if err != nil {
			got = err.Error()
		}
		if !strings.HasSuffix(got, tc.want) {
			t.Errorf("%v to %v: %s, want %s", tc.values, tc.to, got, tc.want)
		}
	}
	cut := writeFile(t, t.TempDir(), "cut.npz", npz(t, map[string]*npy.Array{"x": array("int64", wide(1, 2), 1, 2)})[:60])
	if _, err := texts(t, cut, nil, signature(input("x", tf.Int64, -1, 2))); !errors.Is(err, tf.InvalidArgument) ||
		strings.Count(err.Error(), "cut.npz") != 1 || !strings.Contains(err.Error(), "the archive is damaged or cut short") {
		t.Errorf("a file cut short: %v", err)
	}
}

// TestJoin gives samples to two signatures.
func TestJoin(t *testing.T) {
	dir := t.TempDir()
	of := func(n int64, key string) convert.Samples {
		return open(t, writeFile(t, dir, key+".npy", npyBytes(t, array("float32", floats(make([]float32, n)...), n, 1)))+"@"+key)
	}
	var got []string
	for sample, err := range convert.Join(of(3, "second"), of(2, "first").First(1), convert.Join())(t.Context(), signature(input("x", tf.Float32, -1, 1))) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, sample.Signature)
		sample.Close()
	}
	if text := strings.Join(got, " "); text != "second second second first" {
		t.Errorf("samples for %s", text)
	}
}
