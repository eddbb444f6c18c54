package micro_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/metadata/micro"
)

func TestIdentifier(t *testing.T) {
	for file, want := range map[string]string{
		"a/b/conv_int8.tflite": "conv_int8", "x.y.tflite": "x_y", "1st.tflite": "model_1st", "int.tflite": "int_model",
		"_a": "model_a", "a__b": "a_b", "": "model", "ünï.tflite": "model_n_", "new": "new_model", "main.tflite": "main_model",
	} {
		if got := micro.Identifier(file); got != want {
			t.Errorf("Identifier(%q) = %q, want %q", file, got, want)
		}
	}
}

// compilers are the command lines that must take our C without a word.
var compilers = []string{
	"gcc -std=c99 -x c", "gcc -std=c11 -x c", "g++ -std=c++98 -x c++", "g++ -std=c++11 -x c++", "g++ -std=c++20 -x c++",
}

// TestCSource compiles the source and compares the array with the model, and
// the constants with the tensors.
func TestCSource(t *testing.T) {
	if _, err := exec.LookPath("g++"); err != nil {
		t.Skip("no C compiler: ", err)
	}
	data := read(t, "conv_int8.tflite")
	src, err := micro.CSource(data, "conv_int8", "conv_int8.h")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	program := `#include <stdio.h>
#include "conv_int8.h"
int main(void) {
	static const int shape[] = CONV_INT8_INPUT_0_SHAPE;
	unsigned int i;
	if ((size_t)conv_int8 % 16 != 0) return 1;
	for (i = 0; i < conv_int8_len; i++) putchar(conv_int8[i]);
	fprintf(stderr, "%d %d %s %s %d %d %.9g %d\n", CONV_INT8_ARENA_SIZE, CONV_INT8_INPUT_COUNT, CONV_INT8_INPUT_0_NAME,
		CONV_INT8_INPUT_0_TYPE, shape[1], CONV_INT8_INPUT_0_BYTES, CONV_INT8_INPUT_0_SCALE, CONV_INT8_INPUT_0_ZERO_POINT);
	return 0;
}
`
	for name, text := range map[string]string{"conv_int8.h": string(src.Header), "conv_int8.cc": string(src.Source), "main.c": program} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, compiler := range compilers {
		t.Run(compiler, func(t *testing.T) {
			words := append(strings.Fields(compiler), "-Wall", "-Wextra", "-pedantic", "-Werror", "-o", "a.out", "conv_int8.cc", "main.c")
			cmd := exec.Command(words[0], words[1:]...)
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
				t.Fatalf("%v: %s", err, out)
			}
			run := exec.Command(filepath.Join(dir, "a.out"))
			var words2 bytes.Buffer
			run.Stderr = &words2
			out, err := run.Output()
			if err != nil || !bytes.Equal(out, data) {
				t.Errorf("the array is not the model: %v", err)
			}
			if want := " 1 serving_default_image:0 int8 8 192 0.0297625344 15\n"; !strings.HasSuffix(words2.String(), want) {
				t.Errorf("constants %q, want %q", words2.String(), want)
			}
		})
	}
}

// TestHeaderText has names that would break out of a comment or string.
func TestHeaderText(t *testing.T) {
	data := read(t, "conv_int8.tflite")
	old := []byte("serving_default_image:0")
	if !bytes.Contains(data, old) {
		t.Fatal("the input has another name")
	}
	bad := bytes.Replace(data, old, []byte("a*/\"b\\\n??/\xff            "), 1)
	src, err := micro.CSource(bad, "m", "m.h")
	if err != nil {
		t.Fatal(err)
	}
	if want := `#define M_INPUT_0_NAME "a*/\042b\134\012\077\077/\377            "`; !strings.Contains(string(src.Header), want) {
		t.Errorf("no %s in\n%s", want, src.Header)
	}
}

func TestCSourceErrors(t *testing.T) {
	for _, name := range []string{"", "1x", "a-b", "int", "_x"} {
		if _, err := micro.CSource(read(t, "mlp.tflite"), name, "x.h"); !errors.Is(err, tf.InvalidArgument) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := micro.CSource([]byte("no model"), "x", "x.h"); !errors.Is(err, tf.DataLoss) {
		t.Error(err)
	}
}

func BenchmarkCSource(b *testing.B) {
	data := read(b, "wide_float16.tflite")
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := micro.CSource(data, "m", "m.h"); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleCSource() {
	data, err := os.ReadFile("../../../testdata/tflite/conv_int8.tflite")
	if err != nil {
		fmt.Println(err)
		return
	}
	src, err := micro.CSource(data, "digits", "digits.h")
	if err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(string(src.Header)) {
		if strings.Contains(line, "_INPUT_0_") {
			fmt.Print(line)
		}
	}
	// Output:
	// #define DIGITS_INPUT_0_NAME "serving_default_image:0"
	// #define DIGITS_INPUT_0_TYPE "int8"
	// #define DIGITS_INPUT_0_RANK 4
	// #define DIGITS_INPUT_0_SHAPE {1, 8, 8, 3}
	// #define DIGITS_INPUT_0_ELEMENTS 192
	// #define DIGITS_INPUT_0_BYTES 192
	// #define DIGITS_INPUT_0_SCALE 0.0297625344f
	// #define DIGITS_INPUT_0_ZERO_POINT 15
}
