package micro

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gotf/gotf/tf"
)

// Source is a model as C, for C99 and newer and for C++.
type Source struct {
	Name   string // the array's name
	Header []byte // declares the array, and has constants for inputs and outputs
	Source []byte // defines the array
	Arena  *Arena

	Support *Support // what TFLM does with the operators
}

// CSource writes a .tflite file as C. The source includes the header by the
// name headerFile. The array, called name, is aligned to 16 bytes, as TFLM
// wants it. Whether TFLM runs the model is [Source.Support]'s to tell: a program
// may register kernels of its own for what it does not run.
func CSource(data []byte, name, headerFile string) (*Source, error) {
	graphs, err := readGraphs(data)
	if err != nil {
		return nil, tf.Errorf("write C source", tf.DataLoss, "%v", err)
	}
	if name == "" || Identifier(name) != name {
		return nil, tf.Errorf("write C source", tf.InvalidArgument, "%q is no name for a C array, %q would be", name, Identifier(name))
	}
	arena, err := Estimate(data)
	if err != nil {
		return nil, err
	}
	return &Source{name, header(graphs[0], name, arena), source(data, name, filepath.Base(headerFile)), arena, check(data, graphs)}, nil
}

// keywords of C and C++ that could be a model's name.
var keywords = " alignas alignof and and_eq asm auto bitand bitor bool break case catch char class compl concept const consteval constexpr " +
	"constinit continue decltype default delete do double else enum explicit export extern false float for friend goto if inline int long " +
	"main mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public register requires restrict return " +
	"short signed sizeof static static_assert struct switch template this throw true try typedef typeid typename union unix linux unsigned " +
	"using virtual void volatile while xor xor_eq "

// Identifier makes a name that C and C++ take of a file's name.
func Identifier(file string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.TrimSuffix(filepath.Base(file), ".tflite"))
	for strings.Contains(name, "__") { // reserved in C++
		name = strings.ReplaceAll(name, "__", "_")
	}
	switch {
	case strings.Trim(name, "_") == "":
		return "model"
	case name[0] == '_' || name[0] >= '0' && name[0] <= '9':
		name = "model_" + strings.TrimLeft(name, "_")
	}
	if strings.Contains(keywords, " "+name+" ") {
		name += "_model"
	}
	return name
}

const hexDigits = "0123456789abcdef"

func source(data []byte, name, header string) []byte {
	var b bytes.Buffer
	b.Grow(len(data)*5 + len(data)/12*2 + 1024)
	fmt.Fprintf(&b, "/* Written by gotf package --c-array. */\n\n#include %q\n\n%s", header, alignMacro)
	fmt.Fprintf(&b, "GOTF_ALIGN_16 const unsigned char %s[] = {", name)
	line := make([]byte, 0, 80)
	for i := 0; i < len(data); i += 12 {
		line = append(line[:0], "\n\t"...)
		for _, v := range data[i:min(i+12, len(data))] {
			line = append(line, '0', 'x', hexDigits[v>>4], hexDigits[v&15], ',')
		}
		b.Write(line)
	}
	fmt.Fprintf(&b, "\n};\n\nconst unsigned int %s_len = %dU;\n", name, len(data))
	return b.Bytes()
}

const alignMacro = `#if defined(__cplusplus) && __cplusplus >= 201103L
#define GOTF_ALIGN_16 alignas(16)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define GOTF_ALIGN_16 _Alignas(16)
#elif defined(__GNUC__)
#define GOTF_ALIGN_16 __attribute__((aligned(16)))
#elif defined(_MSC_VER)
#define GOTF_ALIGN_16 __declspec(align(16))
#else
#define GOTF_ALIGN_16
#endif

`

func header(g *graph, name string, arena *Arena) []byte {
	var b bytes.Buffer
	upper := strings.ToUpper(name)
	guard := "GOTF_" + upper + "_H_"
	fmt.Fprintf(&b, "/* Written by gotf package --c-array. */\n\n#ifndef %s\n#define %s\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n", guard, guard)
	fmt.Fprintf(&b, "/* The model, aligned to 16 bytes, and its length. */\nextern const unsigned char %s[];\nextern const unsigned int %s_len;\n\n", name, name)
	fmt.Fprintf(&b, "/* The memory to reserve for TensorFlow Lite Micro, in bytes: an estimate for\n"+
		"   a 64-bit machine and the reference kernels. */\n#define %s_ARENA_SIZE %d\n", upper, arena.Reserve)
	ports(&b, upper+"_INPUT", "Input", g, g.inputs)
	ports(&b, upper+"_OUTPUT", "Output", g, g.outputs)
	fmt.Fprintf(&b, "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n")
	return b.Bytes()
}

// ports writes the constants of inputs or outputs.
func ports(b *bytes.Buffer, prefix, what string, g *graph, list []int) {
	fmt.Fprintf(b, "\n#define %s_COUNT %d\n", prefix, len(list))
	for i, k := range list {
		t, p := g.tensors[k], fmt.Sprintf("%s_%d", prefix, i)
		fmt.Fprintf(b, "\n/* %s %d: %s", what, i, strings.ToLower(t.dtype.String()))
		if t.scales == 1 {
			b.WriteString(", the real value is SCALE * (value - ZERO_POINT)")
		}
		fmt.Fprintf(b, ". */\n#define %s_NAME %s\n#define %s_TYPE \"%s\"\n", p, cString(t.name), p, strings.ToLower(t.dtype.String()))
		fmt.Fprintf(b, "#define %s_RANK %d\n", p, len(t.shape))
		if len(t.shape) > 0 {
			dims := make([]string, len(t.shape))
			for i, d := range t.shape {
				dims[i] = strconv.Itoa(d)
			}
			fmt.Fprintf(b, "#define %s_SHAPE {%s}\n", p, strings.Join(dims, ", "))
		}
		fmt.Fprintf(b, "#define %s_ELEMENTS %d\n#define %s_BYTES %d\n", p, t.elements(), p, t.bytes())
		if t.scales == 1 {
			fmt.Fprintf(b, "#define %s_SCALE %s\n#define %s_ZERO_POINT %s\n", p, cFloat(t.scale), p, cInt(t.zero))
		}
	}
}

// cFloat is a float literal that reads back as v.
func cFloat(v float32) string {
	text := strconv.FormatFloat(float64(v), 'g', 9, 32)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return text + "f"
}

// cInt puts negative numbers in brackets.
func cInt(v int64) string {
	if v < 0 {
		return fmt.Sprintf("(%d)", v)
	}
	return strconv.FormatInt(v, 10)
}

// cString is a string literal of ASCII, in which no trigraph can arise.
func cString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' || c == '"' || c == '\\' || c == '?' {
			fmt.Fprintf(&b, "\\%03o", c)
		} else {
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
