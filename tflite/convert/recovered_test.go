package convert

import (
	"context"
	"errors"
	"iter"
	"math"
	"os"
	"strings"
	"testing"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/internal/schema"
)

// recoveredFrom is the error that f's panic becomes.
func recoveredFrom(f func()) (err error) {
	defer recovered("convert m", &err)
	f()
	return nil
}

// TestTooLarge makes a file too large for its offsets: a builder of 1 GiB that is
// told less than what it has to hold.
func TestTooLarge(t *testing.T) {
	err := recoveredFrom(func() {
		build(1<<30, func(b *flatbuffers.Builder) flatbuffers.UOffsetT {
			b.Prep(4, room(1<<30)+1)
			return 0
		})
	})
	const want = "tflite/convert: convert m: resource exhausted: the model has more than the 2 GiB that a .tflite file can hold"
	if !errors.Is(err, tf.ResourceExhausted) || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	for _, size := range []int{0, 1 << 30, math.MaxInt32 - 1<<20, math.MaxInt32} {
		if n := room(size); n < size || n < min(size+64<<10, math.MaxInt32) || n > math.MaxInt32 {
			t.Errorf("room for %d bytes is %d", size, n)
		}
	}
}

// TestRecovered names the place of a panic, and leaves other errors alone.
func TestRecovered(t *testing.T) {
	if err := recoveredFrom(func() {}); err != nil {
		t.Error(err)
	}
	var none *plan
	for want, f := range map[string]func(){
		"nil pointer dereference":       func() { none.op = "" },
		"a panic at recovered_test.go:": func() { panic("two\nlines") },
		": two lines":                   func() { panic("two\nlines") },
	} {
		if err := recoveredFrom(f); !errors.Is(err, tf.Internal) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// TestLongLarge packs a model with a constant of more than 1 GiB, which no builder
// grows beyond.
func TestLongLarge(t *testing.T) {
	if os.Getenv("GOTF_LONG") != "1" {
		t.Skip("takes 4 GB of memory: run make test-long, or set GOTF_LONG=1")
	}
	m := &schema.ModelT{Version: 3, Buffers: []*schema.BufferT{{}, {Data: make([]byte, 1<<30+1<<20)}}, Subgraphs: []*schema.SubGraphT{{}}}
	m.Buffers[1].Data[1<<30] = 7
	got := unpack(finish(m))
	if data := got.Buffers[1].Data; len(data) != 1<<30+1<<20 || data[1<<30] != 7 {
		t.Errorf("%d bytes, byte 1<<30 is %d", len(data), data[1<<30])
	}
	m.Buffers[1].Data = make([]byte, math.MaxInt32-8)
	if err := recoveredFrom(func() { pack(m) }); !errors.Is(err, tf.ResourceExhausted) {
		t.Errorf("%v, want it exhausted", err)
	}
}

// TestNilSamples gives what is nil, and functions that panic, where samples go.
func TestNilSamples(t *testing.T) {
	var none Samples
	observed, ranges := Observe(none)
	if none.First(2) != nil || observed != nil || ranges() != nil {
		t.Error("no samples became some")
	}
	const dir = "testdata/models/cnn"
	lacking := Tensors("serving_default", map[string]*tf.Tensor{"image": nil})
	panics := Samples(func(context.Context, []savedmodel.Signature) iter.Seq2[Sample, error] {
		return func(func(Sample, error) bool) { panic("no disk") }
	})
	watched, _ := Observe(lacking)
	for want, s := range map[string]Samples{
		"int8 needs samples":                none.First(2),
		"there are no samples":              Join(nil, none),
		`the sample's input "image" is nil`: lacking,
		"the tensor is nil":                 watched,
		"a panic at recovered_test.go:":     panics,
	} {
		_, err := Convert(t.Context(), dir, &Options{Quantize: Int8, Calibration: s})
		if err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, tf.InvalidArgument) && !errors.Is(err, tf.Internal) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
