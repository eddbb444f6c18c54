package verify_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/tflite/internal/verify"
)

const models = "../../../testdata/tflite"

func read(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(models, file))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestSound(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(models, "*.tflite"))
	if len(files) == 0 {
		t.Fatal("no models")
	}
	for _, file := range files {
		facts, err := verify.Model(read(t, filepath.Base(file)))
		if err != nil || facts.Dead || facts.Largest == 0 {
			t.Errorf("%s: %+v, %v", filepath.Base(file), facts, err)
		}
	}
}

// TestCut refuses every shorter file that lacks a byte of any table.
func TestCut(t *testing.T) {
	data := read(t, "mlp.tflite")
	for n := range data {
		if _, err := verify.Model(data[:n]); err == nil {
			t.Fatalf("cut to %d of %d bytes: no error", n, len(data))
		}
	}
}

func TestDamage(t *testing.T) {
	data := read(t, "conv.tflite")
	for _, tc := range []struct {
		name     string
		old, new uint32
		want     string
	}{
		{"root", binary.LittleEndian.Uint32(data), 1 << 30, "damaged .tflite file: the table starts past the end of the file"},
		{"identifier", binary.LittleEndian.Uint32([]byte("TFL3")), 0, `not a .tflite file: bytes 4 to 7 are "\x00\x00\x00\x00", want "TFL3"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bad := replace(t, data, tc.old, tc.new)
			if _, err := verify.Model(bad); err == nil || err.Error() != tc.want {
				t.Errorf("error %v\nwant  %s", err, tc.want)
			}
		})
	}
}

// replace sets the first word that is old.
func replace(t *testing.T, data []byte, old, new uint32) []byte {
	t.Helper()
	for at := 0; at+4 <= len(data); at += 4 {
		if binary.LittleEndian.Uint32(data[at:]) == old {
			bad := append([]byte(nil), data...)
			binary.LittleEndian.PutUint32(bad[at:], new)
			return bad
		}
	}
	t.Fatalf("no word is %#x", old)
	return nil
}

// TestWords damages each word of a model and looks at the errors: one line
// that names a part of the file.
func TestWords(t *testing.T) {
	data := read(t, "conv.tflite")
	kinds := map[string]int{}
	for at := 0; at+4 <= len(data); at += 4 {
		for _, v := range []uint32{0xffffffff, 0x7fffffff, 0, 99} {
			bad := append([]byte(nil), data...)
			binary.LittleEndian.PutUint32(bad[at:], v)
			_, err := verify.Model(bad)
			if err == nil {
				continue
			}
			text := err.Error()
			if strings.Contains(text, "\n") || len(text) > 300 {
				t.Errorf("word %d = %#x: %q", at, v, text)
			}
			for _, kind := range []string{
				"Buffers.", "Tensors.", "Operators.", "BuiltinOptions.", "SignatureDefs.", "vtable", "does not exist",
				"past the end", "the buffer has", "nothing computes", "is impossible", "has no Conv2DOptions",
			} {
				if strings.Contains(text, kind) {
					kinds[kind]++
				}
			}
		}
	}
	if len(kinds) != 12 {
		t.Errorf("found only %v", kinds)
	}
}

func FuzzModel(f *testing.F) {
	for _, file := range []string{"mlp.tflite", "strings.tflite", "branch.tflite"} {
		f.Add(read(f, file))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		verify.Model(data) // must return
	})
}

func ExampleModel() {
	data, err := os.ReadFile("../../../testdata/tflite/mlp.tflite")
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = verify.Model(data)
	fmt.Println(err)
	_, err = verify.Model(data[:len(data)/2])
	fmt.Println(err)
	// Output:
	// <nil>
	// damaged .tflite file: OperatorCodes: the offset 3084 points outside the file
}

func BenchmarkModel(b *testing.B) {
	data := read(b, "ops.tflite")
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := verify.Model(data); err != nil {
			b.Fatal(err)
		}
	}
}
