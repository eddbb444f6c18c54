package tf_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	types "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/tf"
)

// newer are the types that graft's messages, of TensorFlow 2.18, do not have.
var newer = map[tf.DType]string{
	tf.Float8E4M3FNUZ: "FLOAT8_E4M3FNUZ", tf.Float8E4M3B11FNUZ: "FLOAT8_E4M3B11FNUZ", tf.Float8E5M2FNUZ: "FLOAT8_E5M2FNUZ",
	tf.Int2: "INT2", tf.Uint2: "UINT2", tf.Float4E2M1FN: "FLOAT4_E2M1FN",
}

// Python's names of the types whose C names differ by more than case.
var pythonNames = map[string]string{"FLOAT": "float32", "DOUBLE": "float64", "HALF": "float16"}

func pythonName(c string) string {
	if name, ok := pythonNames[c]; ok {
		return name
	}
	return strings.ToLower(c)
}

func TestDTypeIsTheMessagesEnum(t *testing.T) {
	for name, v := range types.DataType_value {
		if v == 0 {
			continue
		}
		name, ref := strings.CutSuffix(strings.TrimPrefix(name, "DT_"), "_REF")
		want := pythonName(name)
		if ref {
			want += "_ref"
		}
		d := tf.DType(v)
		if d.String() != want {
			t.Errorf("DType(%d) = %v, want %s", v, d, want)
		}
		if got, err := tf.ParseDType(want); !ref && (err != nil || got != d) {
			t.Errorf("ParseDType(%q) = %d, %v, want %d", want, got, err, v)
		}
	}
}

// The header that the library came with has the last word.
func TestDTypeIsTheHeadersEnum(t *testing.T) {
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skip("no user cache folder: ", err)
	}
	headers, _ := filepath.Glob(filepath.Join(cache, "gotf/tensorflow-cpu-*/include/tensorflow/c/tf_datatype.h"))
	if len(headers) == 0 {
		t.Skip("no TensorFlow headers in the user cache folder; scripts/setup unpacks them")
	}
	line := regexp.MustCompile(`(?m)^\s*TF_(\w+) = (\d+)`)
	for _, header := range headers {
		text, err := os.ReadFile(header)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range line.FindAllStringSubmatch(string(text), -1) {
			if m[1] == "COMPLEX" { // another word for COMPLEX64
				continue
			}
			v, _ := strconv.Atoi(m[2])
			if got := tf.DType(v).String(); got != pythonName(m[1]) {
				t.Errorf("%s: DType(%d) = %s, want %s", header, v, got, pythonName(m[1]))
			}
		}
	}
}

func TestDTypeSize(t *testing.T) {
	if _, err := tf.Version(); err != nil {
		t.Fatal(err)
	}
	for v := range types.DataType_name {
		d := tf.DType(v)
		if v == 0 || v > 100 {
			continue
		}
		if got, want := d.Size(), ctf.DTypeSize(v); got != want {
			t.Errorf("%v.Size() = %d, the library says %d", d, got, want)
		}
	}
	for d, name := range newer {
		if d.String() != pythonName(name) || d.Size() != 1 {
			t.Errorf("%d: %v of %d bytes, want %s of 1", d, d, d.Size(), pythonName(name))
		}
	}
}

func TestDTypeKinds(t *testing.T) {
	for v := range types.DataType_name {
		if v == 0 || v > 100 {
			continue
		}
		d := tf.DType(v)
		floating := strings.Contains(d.String(), "float")
		complexes := strings.HasPrefix(d.String(), "complex")
		integer := strings.HasPrefix(d.String(), "int") || strings.HasPrefix(d.String(), "uint")
		if d.IsFloating() != floating || d.IsComplex() != complexes || d.IsInteger() != integer {
			t.Errorf("%v: floating %t, complex %t, integer %t", d, d.IsFloating(), d.IsComplex(), d.IsInteger())
		}
	}
}

func TestParseDTypeUnknown(t *testing.T) {
	_, err := tf.ParseDType("float33")
	wantError(t, err, tf.InvalidArgument, `"float33"`)
	if got := tf.DType(99).String(); got != "dtype(99)" {
		t.Errorf("DType(99) = %s", got)
	}
}
