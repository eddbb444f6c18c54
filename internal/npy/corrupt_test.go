package npy_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/npy"
)

// file makes a version 1.0 file of a header text and data.
func file(header, data string) string {
	n := binary.LittleEndian.AppendUint16(nil, uint16(len(header)))
	return "\x93NUMPY\x01\x00" + string(n) + header + data
}

// head is file without data, of the usual header.
func head(descr, shape string) string {
	return file(fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n", descr, shape), "")
}

func TestReadErrors(t *testing.T) {
	const truncated = "cut short: expected "
	for _, tc := range []struct{ name, in, want string }{
		{"empty", "", truncated + "8 bytes for the 8 bytes of magic and version, got 0"},
		{"version", "\x93NUMPY\x09\x00", "expected .npy version 1.0, 2.0 or 3.0, got 9.0"},
		{"giant header", "\x93NUMPY\x02\x00\xff\xff\xff\xff", "expected a header of at most 65536 bytes, got 4294967295"},
		{"short header", file("{'descr': '<f4'", "")[:20], truncated + "15 bytes for the header, got 10"},
		{"short data", head("<f4", "(2, 3)") + "12345", truncated + "24 bytes for float32 [2 3], got 5"},
		{"long data", head("<i2", "(1,)") + "123", "expected the end of the file after the array, got more bytes"},
		{"no dict", file("42", ""), `header: expected '{', got "42"`},
		{"open dict", file("{'descr': '<f4',", ""), "header: expected a string, got the end of the header"},
		{"open string", file("{'descr", ""), `header: a string has no end: "'descr"`},
		{"escapes", file(`{'de\x41': 1}`, ""), "header: a string has escapes"},
		{"after dict", file("{'a': True} b", ""), `header: expected the end, got "b"`},
		{"twice", file("{'a': True, 'a': True}", ""), `header: key "a" stands twice`},
		{"no shape", file("{'descr': '<f4', 'fortran_order': False}", ""), "header: expected shape to be a tuple of integers"},
		{"one more key", file("{'descr': '<f4', 'fortran_order': False, 'shape': (), 'x': True}", ""), "expected the keys descr, fortran_order and shape only"},
		{"code", file("{'descr': __import__('os')}", ""), `value of "descr": expected a string, got "__import__('os')}"`},
		{"records", file("{'descr': [('a', '<f4')]}", ""), "arrays of records are not supported"},
		{"long double", head("<f16", "(1,)"), `dtype "<f16" is not supported`},
		{"date", head("<M8[ns]", "(1,)"), `dtype "<M8[ns]" is not supported`},
		{"float8", head("<f1", "(1,)"), `dtype "<f1" is not supported`},
		{"huge string", head("|S99999999999", "(1,)"), "is not supported"},
		{"negative", head("<f4", "(-1,)"), "expected dimensions of 0 or more, got shape [-1]"},
		{"overflow", head("<f4", "(4294967296, 4294967296, 4)"), "is more than can be addressed"},
		{"overflow by size", head("<c16", "(1152921504606846976,)"), "is more than can be addressed"},
		{"number", head("<f4", "(99999999999999999999,)"), "a number is too large"},
		{"rank", head("|i1", "("+strings.Repeat("1,", 65)+")"), "expected at most 64 dimensions, got 65"},
		{"more than there is", head("<f4", "(1152921504606846,)"), truncated + "4611686018427384 bytes for float32 [1152921504606846], got 0"},
		{"strings of nothing", head("|S0", "(1152921504606846976,)"), "more than the 1048576 values allowed"},
		{"surrogate", head("<U1", "(1,)") + "\x00\xd8\x00\x00", "value 0: expected a Unicode character, got 0xd800"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := npy.Read(strings.NewReader(tc.in), "f.npy")
			oneLine(t, err, "npy: f.npy: ")
			oneLine(t, err, tc.want)
			if strings.Contains(tc.want, "cut short") && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("err = %v, want io.ErrUnexpectedEOF", err)
			}
			// The same through a file, whose size is known.
			path := filepath.Join(t.TempDir(), "f.npy")
			if err := os.WriteFile(path, []byte(tc.in), 0o666); err != nil {
				t.Fatal(err)
			}
			_, err = npy.Load(path)
			oneLine(t, err, path)
		})
	}
}

// array starts a pickle: an array that is not filled in yet.
const array = "\x80\x04cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85C\x01btR\x94"

func TestPickleErrors(t *testing.T) {
	const dtype = "cnumpy\ndtype\n(\x8c\x02O8\x89\x88tR"
	for _, tc := range []struct{ name, in, want string }{
		{"os.system", "\x80\x02cos\nsystem\n(X\x02\x00\x00\x00lstR.", `opcode GLOBAL: global "os.system" is not allowed`},
		{"builtins.eval", "\x80\x04\x8c\x08builtins\x8c\x04eval\x93.", `opcode STACK_GLOBAL: global "builtins.eval" is not allowed`},
		{"new object", array + "(\x81.", "opcode NEWOBJ: not allowed"},
		{"persistent id", "\x80\x02Pa\n.", "opcode PERSID: not allowed"},
		{"instance", "(ios\nsystem\n.", "opcode INST: not allowed"},
		{"dict", "}.", "opcode EMPTY_DICT: not allowed"},
		{"unknown opcode", "\xff", "byte 0, opcode 0xff: not allowed"},
		{"protocol", "\x80\x06", "expected pickle protocol 0 to 5, got 6"},
		{"no array", "K\x01.", "expected a NumPy array, got an int"},
		{"nothing", ".", "the stack is empty"},
		{"a mark", "(.", "expected a value, got a mark"},
		{"never filled", array + ".", "the array is never filled in"},
		{"no mark", "t.", "opcode TUPLE: there is no mark"},
		{"empty memo", "h\x05.", "nothing is remembered under 5"},
		{"append to int", "K\x01Na.", "opcode APPEND: expected a list, got an int"},
		{"call of int", "K\x01)R.", "opcode REDUCE: expected a global and a tuple, got an int and a tuple"},
		{"codec", "c_codecs\nencode\n(\x8c\x01a\x8c\x03hext" + "R.", "_codecs.encode: its arguments are not those that NumPy writes"},
		{"int value", array + "(K\x01K\x01\x85" + dtype + "\x89]K\x07atb.", "value 0: expected bytes or str, got an int"},
		{"count", array + "(K\x01K\x02\x85" + dtype + "\x89]C\x01aatb.", "shape [2] holds 2 values, got 1"},
		{"negative", array + "(K\x01J\xff\xff\xff\xff\x85" + dtype + "\x89]tb.", "expected dimensions of 0 or more"},
		{"other shape", array + "(K\x01K\x01\x85" + dtype + "\x89]C\x01aatb.", "expected shape [2] as in the header, got [1]"},
		{"after it", array + "(K\x01K\x01\x85" + dtype + "\x89]C\x01aatb.x", "expected the end of the file after the array"},
		{"huge bytes", "\x8e\xff\xff\xff\xff\xff\xff\xff\x7f", "cut short"},
		{"no end", "K\x01", "cut short"},
		{"bomb", "\x80\x02c_codecs\nencode\nq\x00X\x00\x01\x00\x00" + strings.Repeat("a", 256) + "q\x01X\x06\x00\x00\x00latin1q\x02" +
			strings.Repeat("h\x00h\x01h\x02\x86R", 100) + ".", "the pickle makes more bytes than it holds"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := npy.Read(strings.NewReader(head("|O", "(2,)")+tc.in), "f.npy")
			oneLine(t, err, "npy: f.npy: pickle: ")
			oneLine(t, err, tc.want)
		})
	}
}

// TestCutShort reads every prefix of every golden file.
func TestCutShort(t *testing.T) {
	for _, path := range goldenFiles(t) {
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for n := range whole {
			if _, err := npy.Read(bytes.NewReader(whole[:n]), "f.npy"); err == nil {
				t.Fatalf("%s: the first %d of %d bytes were accepted", path, n, len(whole))
			}
		}
	}
}

// TestDamaged changes bytes of every golden file, and looks at what it costs.
func TestDamaged(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	dir := t.TempDir()
	for _, path := range goldenFiles(t) {
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for range 200 {
			damaged := bytes.Clone(whole)
			for range 1 + random.IntN(3) {
				damaged[random.IntN(min(len(damaged), 400))] = byte(random.IntN(256))
			}
			checkRead(t, damaged)
		}
		if strings.HasSuffix(path, ".npz") {
			damaged := filepath.Join(dir, "damaged.npz")
			for range 200 {
				b := bytes.Clone(whole)
				b[random.IntN(len(b))] ^= byte(1 + random.IntN(255))
				if err := os.WriteFile(damaged, b, 0o666); err != nil {
					t.Fatal(err)
				}
				for _, member := range []string{"", "[a]", "[b]"} {
					if _, err := npy.Load(damaged + member); err != nil && len(err.Error()) > 1000 {
						t.Errorf("too long an error: %v", err)
					}
				}
			}
		}
	}
}

func goldenFiles(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.np[yz]")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	return paths
}

// checkRead reads in, which may be anything. It must not panic or allocate far
// more than there is; what is accepted must be whole, and survive a round trip.
func checkRead(t *testing.T, in []byte) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	a, err := npy.Read(bytes.NewReader(in), "f.npy")
	runtime.ReadMemStats(&after)
	if used, most := after.TotalAlloc-before.TotalAlloc, uint64(64<<20+200*len(in)); used > most {
		t.Fatalf("reading %d bytes allocated %d: %q", len(in), used, in)
	}
	if err != nil {
		if strings.Contains(err.Error(), "\n") {
			t.Fatalf("more than one line: %v", err)
		}
		return
	}
	var out bytes.Buffer
	if err := npy.Write(&out, a); err != nil {
		t.Fatalf("what was read cannot be written: %v", err)
	}
	again, err := npy.Read(&out, "again.npy")
	if err != nil {
		t.Fatalf("what was written cannot be read: %v", err)
	}
	compare(t, again, trimmed(a))
}

func FuzzRead(f *testing.F) {
	paths, _ := filepath.Glob("testdata/*.npy")
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(checkRead)
}
