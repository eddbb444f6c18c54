package npexpr_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gotf/gotf/cmd/gotf/internal/npexpr"
	"github.com/gotf/gotf/tf"
)

// TestValues compares with NumPy, bit for bit.
func TestValues(t *testing.T) {
	raw, err := os.ReadFile("testdata/values.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Cases []struct {
			Expr, DType, Bytes string
			Shape              []int64
			Strings            []string
		}
	}
	if err := json.Unmarshal(raw, &doc); err != nil || len(doc.Cases) < 100 {
		t.Fatalf("%d cases, %v", len(doc.Cases), err)
	}
	for _, tc := range doc.Cases {
		t.Run(tc.Expr, func(t *testing.T) {
			v, err := npexpr.Eval(tc.Expr)
			if err != nil {
				t.Fatal(err)
			}
			a, err := npexpr.NewArray(v, 0)
			if err != nil {
				t.Fatal(err)
			}
			if a.DType.String() != tc.DType || !slices.Equal(a.Shape, tc.Shape) {
				t.Fatalf("%v %v, want %s %v", a.DType, a.Shape, tc.DType, tc.Shape)
			}
			got := a.NPY()
			var strs []string
			for _, s := range got.Strings {
				strs = append(strs, string(s))
			}
			if hex.EncodeToString(got.Raw) != tc.Bytes || !slices.Equal(strs, tc.Strings) {
				t.Errorf("%x %q, want %s %q", got.Raw, strs, tc.Bytes, tc.Strings)
			}
			back, err := npexpr.Of(got)
			if err != nil || hex.EncodeToString(back.NPY().Raw) != tc.Bytes {
				t.Errorf("as a file and back: %v, %v", back, err)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"", "the expression ends, want a value at column 1"},
		{"[1, 2", `the expression ends, want "," or "]" at column 6`},
		{"[1 2]", `'2', want "," or "]" at column 4`},
		{"1 2", "'2', want an operator or the end at column 3"},
		{"np.onse((2,))", `unknown np.onse, did you mean "ones"? (there are`},
		{"np.ones((2,-1))", "np.ones: negative dimension -1 at column 1"},
		{"1 + np.zeros((1<<3))", `'<', want "," or ")" at column 16`},
		{"np.ones((100000, 100000))", "np.ones: shape (100000, 100000) is too large"},
		{"np.ones(2) + np.ones(3)", "shapes (2,) and (3,) do not fit together at column 12"},
		{"np.random.rand(3)", "np.random.rand: random values are not supported"},
		{"open('/etc/passwd')", `unknown name "open"`},
		{"__import__('os').system('ls')", `unknown name "__import__"`},
		{"np.ones(3).tofile('x')", `tofile: no method "tofile" of arrays`},
		{"np.ones(3)[0]", "indexing is not supported at column 11"},
		{"'text", "a string has no end at column 1"},
		{"é", "'é', want a value at column 1"},
		{"'é' + 1", "+ does not work with str at column 5"},
		{"[1] * 10000000", "lists of more than 1048576 values"},
		{"[[1] * 1000000] * 1000000", "lists of more than 1048576 values"},
		{"9223372036854775807 + 1", "the number is larger than 64 bits hold at column 21"},
		{"99999999999999999999", "the number is larger than 64 bits hold at column 1"},
		{"10 ** 100", "the number is larger than 64 bits hold"},
		{"1 / 0", "division by zero at column 3"},
		{"np.arange(0, 1, 0)", "the step is 0"},
		{"np.arange(1e30)", "more than 67108864 values"},
		{"np.ones(2, dtype='flot32')", `unknown dtype "flot32", did you mean "float32"?`},
		{"np.ones(2, dtypo=int)", `no argument "dtypo", did you mean "dtype"?`},
		{"np.full((2,), 'x')", "np.array makes arrays of text"},
		{"np.ones(6).reshape(4, -1)", "6 values do not fit the shape"},
		{"012", `"012" is no number`},
		{"1__0", `"1__0" is no number`},
		{"0x", `"0x" is no number`},
		{"{1: 2}", "a key of type int, want a string"},
		{strings.Repeat("(", 200), "inside each other"},
		{strings.Repeat("-", 200) + "1", "inside each other"},
		{strings.Repeat("2**", 200) + "1", "inside each other"},
	} {
		t.Run(tc.text, func(t *testing.T) {
			if v, err := npexpr.Eval(tc.text); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v, %v; want an error with %q", v, err, tc.want)
			}
		})
	}
	for _, text := range []string{"[[1, 2], [3]]", "[1, [2]]", "['a', 1]", "[None]", "{'a': 1}", "np.float32"} {
		v, err := npexpr.Eval(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if a, err := npexpr.NewArray(v, 0); err == nil {
			t.Errorf("%s is the array %v, want an error", text, a)
		}
	}
}

func TestCast(t *testing.T) {
	for _, tc := range []struct {
		text string
		to   tf.DType
		want string
	}{
		{"[1.9, -1.9]", tf.Int32, "01000000ffffffff"},
		{"[0, 2, 0.0]", tf.Bool, "000100"},
		{"[1, 2]", tf.BFloat16, "803f0040"},
		{"[-1]", tf.Uint64, "ffffffffffffffff"},
	} {
		v, err := npexpr.Eval(tc.text)
		if err != nil {
			t.Fatal(err)
		}
		a, err := npexpr.NewArray(v, tc.to)
		if err != nil || hex.EncodeToString(a.NPY().Raw) != tc.want {
			t.Errorf("%s as %v: %v, %v; want %s", tc.text, tc.to, a, err, tc.want)
		}
	}
}

// FuzzEval looks for text that panics or takes long.
func FuzzEval(f *testing.F) {
	for _, s := range []string{"np.ones((2, 3)).T / 2", "[1, 'a\\x41', b'b'] * 3", "{'a': [1e3, -2j]}", "np.arange(3)**2 % 5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		start := time.Now()
		if v, err := npexpr.Eval(text); err == nil {
			npexpr.NewArray(v, 0)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%q took %v", text, took)
		}
	})
}

func ExampleEval() {
	v, err := npexpr.Eval("np.arange(6, dtype=np.float32).reshape(2, 3) / 2")
	if err != nil {
		panic(err)
	}
	a := v.(*npexpr.Array)
	fmt.Println(a.DType, a.Shape)

	_, err = npexpr.Eval("np.ones((2, 3)) + np.zero(3)")
	fmt.Println(err)
	// Output:
	// float32 [2 3]
	// unknown np.zero, did you mean "zeros"? (there are arange, array, asarray, e, empty, eye, full, identity, inf, linspace, nan, ones, pi, zeros, and types such as float32) at column 19
}
