package tf

import (
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"github.com/gotf/gotf/internal/ctf"
)

// How a scope checks numerics. The scope of a function's body does what the
// scope around it does.
const (
	checkInherited = iota
	checkOn
	checkOff
)

// CheckNumerics is a scope whose operations fail when a result holds a NaN or an
// Inf, so that the first operation that makes one is told: its type, its name in
// a graph, the line that made it, and how many NaN and Inf there are. An eager
// operation fails at once; one of a graph fails in [Session.Run], which checks it
// by nodes added beside it, and so does one of a function's body. Gradients are
// checked that are made on such a scope.
//
// Results of all floating and complex types are checked, but not constants, nor
// results that hold no values yet (those of Empty, the reserved space of batch
// normalization). Checking costs a pass over each result; off ends it for a part
// that means to make an Inf. Of functions that XLA compiles only the results are
// checked.
func (s *Scope) CheckNumerics(on bool) *Scope {
	t := *s
	t.numerics = checkOff
	if on {
		t.numerics = checkOn
	}
	return &t
}

// checking reports whether s checks numerics.
func (s *Scope) checking() bool { return s.numerics == checkOn || s.g != nil && s.inheritsChecking() }

func (s *Scope) inheritsChecking() bool {
	b := s.g.body
	return s.numerics == checkInherited && b != nil && !b.jit && b.outer.checking()
}

// isChecked reports whether result i of an operation is one whose values matter.
func isChecked(op string, i int, d DType) bool {
	switch d {
	case Float16, BFloat16, Float32, Float64, Complex64, Complex128:
	default:
		return false
	}
	switch {
	case op == "Const", op == "Empty":
		return false
	case strings.HasPrefix(op, "FusedBatchNormGrad"):
		return i < 3
	case strings.HasPrefix(op, "FusedBatchNorm"):
		return i < 1
	case strings.HasPrefix(op, "BlockLSTM"): // past the longest sequence only h is written
		return !strings.Contains(op, "Grad") && i == 6 || strings.Contains(op, "Grad")
	}
	return true
}

// checkNumerics checks what b has made. It returns nil if that failed.
func (b *OpBuilder) checkNumerics(n *node) *node {
	op := b.opType()
	for i := range n.dts {
		o := Output{n, int32(i)}
		switch {
		case !isChecked(op, i, o.DType()):
		case n.g != nil:
			b.s.addCheck(op, o)
		case !b.s.checkValue(op, o):
			return nil
		}
		if b.s.root.err != nil {
			return nil
		}
	}
	return n
}

// numericsMark begins what the error of an added check says.
const numericsMark = "gotf numerics"

// addCheck adds nodes that fail if o holds a NaN or an Inf. They count in the
// runtime, and an Assert fails with the counts and with what o is.
func (s *Scope) addCheck(op string, o Output) {
	t := &Scope{g: s.g, root: s.root, prefix: o.n.name + "/numerics/", device: s.device, numerics: checkOff}
	x := o
	switch o.DType() {
	case Complex64:
		x = t.Begin("Bitcast\x00").In(x).Type("type", Float32).One()
	case Complex128:
		x = t.Begin("Bitcast\x00").In(x).Type("type", Float64).One()
	}
	const concise = 3 // id, size, -Inf, +Inf, NaN
	counts := t.Begin("DebugNumericSummaryV2\x00").In(x).Type("output_dtype", Float64).Int("tensor_debug_mode", concise).One()
	bad := t.Begin("Mul\x00").In(counts).In(Const(t, []float64{0, 0, 1, 1, 1})).One()
	bad = t.Begin("Sum\x00").In(bad).In(ConstScalar(t, int32(0))).One()
	fine := t.Begin("Equal\x00").In(bad).In(ConstScalar(t, float64(0))).One()

	var pcs [32]uintptr
	what := strings.Join([]string{numericsMark, place(op, o.n.name, caller(pcs[:runtime.Callers(2, pcs[:])])), strconv.Itoa(int(o.i))}, "\n")
	t.device = noDevice // strings are for the CPU
	data := []Output{ConstScalar(t, what), counts}
	assert := t.Begin("Assert\x00").In(fine).InList(data).Types("T", []DType{String, Float64}).Int("summarize", 5).Node()
	if assert.n != nil {
		o.n.checks = append(o.n.checks, assert.n.op)
	}
}

// place names an operation: `Log "x/Log" at main.go:12`.
func place(op, name, where string) string {
	if name != "" {
		op += " " + strconv.Quote(name)
	}
	if where != "" {
		op += " at " + where
	}
	return op
}

// failedCheck is what the failed Assert of an added check says.
var failedCheck = regexp.MustCompile(`assertion failed: \[` + numericsMark + `\\n(.*)\\n(\d+)\] \[\S+ (\S+) (\S+) (\S+) (\S+)\]`)

// numericsError is the operation that an added check found to make a NaN or an
// Inf, and how many, if message is of that.
func numericsError(message string) (op string, err *Error) {
	m := failedCheck.FindStringSubmatch(message)
	if m == nil {
		return "", nil
	}
	op, unquoteErr := strconv.Unquote(`"` + m[1] + `"`)
	if unquoteErr != nil {
		op = m[1]
	}
	number := func(s string) int {
		f, _ := strconv.ParseFloat(s, 64)
		return int(f)
	}
	return op, badNumbers(m[2], number(m[6]), number(m[4])+number(m[5]), number(m[3]))
}

func badNumbers(result string, nan, inf, size int) *Error {
	return Errorf("", InvalidArgument, "result %s holds %d NaN and %d Inf among %d numbers", result, nan, inf, size)
}

// checkValue fails the scope if eager value o holds a NaN or an Inf.
func (s *Scope) checkValue(op string, o Output) bool {
	t, err := o.Value()
	if err != nil {
		s.fail(op, err)
		return false
	}
	defer t.Close()
	nan, inf, size, err := t.countBad()
	if err == nil && nan+inf > 0 {
		err = badNumbers(strconv.Itoa(int(o.i)), nan, inf, size)
	}
	if err != nil {
		s.fail(op, err)
	}
	return err == nil
}

// countBad counts NaN and Inf among a floating or complex tensor's numbers, of
// which a complex element has two.
func (t *Tensor) countBad() (nan, inf, size int, err error) {
	m, size, err := t.lend("check numerics", t.dtype)
	if err != nil {
		return 0, 0, 0, err
	}
	defer t.h.Release()
	switch t.dtype {
	case Float16:
		nan, inf = countBits(unsafe.Slice((*uint16)(m.data), size), 0x7c00, 0x3ff)
	case BFloat16:
		nan, inf = countBits(unsafe.Slice((*uint16)(m.data), size), 0x7f80, 0x7f)
	case Complex64:
		size *= 2
		fallthrough
	case Float32:
		nan, inf = countBits(unsafe.Slice((*uint32)(m.data), size), 0x7f800000, 0x7fffff)
	case Complex128:
		size *= 2
		fallthrough
	case Float64:
		nan, inf = countBits(unsafe.Slice((*uint64)(m.data), size), 0x7ff<<52, 1<<52-1)
	}
	return nan, inf, size, nil
}

// countBits counts numbers whose exponent's bits are all set: an Inf has no bit
// of the fraction set, a NaN has one.
func countBits[T uint16 | uint32 | uint64](bits []T, exponent, fraction T) (nan, inf int) {
	for _, b := range bits {
		switch {
		case b&exponent != exponent:
		case b&fraction == 0:
			inf++
		default:
			nan++
		}
	}
	return nan, inf
}

// checksOf are the checks of the operations of outs, without repetition.
func checksOf(to []*ctf.Operation, outs []Output) []*ctf.Operation {
	for _, o := range outs {
		if o.n == nil {
			continue
		}
		for _, c := range o.n.checks {
			if !slices.Contains(to, c) {
				to = append(to, c)
			}
		}
	}
	return to
}
