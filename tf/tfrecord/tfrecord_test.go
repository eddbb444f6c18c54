package tfrecord_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/tfrecord"
	example "github.com/wamuir/graft/tensorflow/core/example/example_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// all collects records until the error, if any.
func all(records iter.Seq2[[]byte, error]) (out [][]byte, err error) {
	for r, e := range records {
		if e != nil {
			return out, e
		}
		out = append(out, r)
	}
	return out, nil
}

// each yields records that are there.
func each(records [][]byte) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// TestPythonFiles reads what TensorFlow wrote, and writes it byte for byte.
func TestPythonFiles(t *testing.T) {
	var plain [][]byte
	for _, name := range []string{"plain", "gzip", "zlib"} {
		records, err := all(tfrecord.Read("testdata/" + name + ".tfrecord"))
		if err != nil || len(records) != 20 {
			t.Fatalf("%s: %d records, %v; want 20", name, len(records), err)
		}
		for i, r := range records {
			var e example.Example
			if err := proto.Unmarshal(r, &e); err != nil {
				t.Fatal(err)
			}
			if label := e.GetFeatures().GetFeature()["label"].GetInt64List().GetValue(); len(label) != 1 || label[0] != int64(i) {
				t.Errorf("%s: record %d has label %v", name, i, label)
			}
		}
		plain = records
	}
	path := filepath.Join(t.TempDir(), "out")
	if err := tfrecord.Write(path, tfrecord.None, each(plain)); err != nil {
		t.Fatal(err)
	}
	want, _ := os.ReadFile("testdata/plain.tfrecord")
	if got, _ := os.ReadFile(path); !bytes.Equal(got, want) {
		t.Error("the file written differs from TensorFlow's")
	}
}

func TestRoundTrip(t *testing.T) {
	big := bytes.Repeat([]byte("0123456789"), 300_000)
	for _, c := range []tfrecord.Compression{tfrecord.None, tfrecord.GZIP, tfrecord.ZLIB} {
		for _, records := range [][][]byte{nil, {{}}, {[]byte("a"), {}, big, []byte("b")}} {
			path := filepath.Join(t.TempDir(), "x.tfrecord")
			if err := tfrecord.Write(path, c, each(records)); err != nil {
				t.Fatal(err)
			}
			got, err := all(tfrecord.Read(path))
			if err != nil || len(got) != len(records) {
				t.Fatalf("%q: %d records, %v; want %d", c, len(got), err, len(records))
			}
			for i := range got {
				if !bytes.Equal(got[i], records[i]) {
					t.Errorf("%q: record %d differs", c, i)
				}
			}
		}
	}
}

// TestWriteFails leaves what was there.
func TestWriteFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(path, []byte("before"), 0o666); err != nil {
		t.Fatal(err)
	}
	want := errors.New("no more")
	err := tfrecord.Write(path, tfrecord.GZIP, func(yield func([]byte, error) bool) {
		_ = yield([]byte("a"), nil) && yield(nil, want)
	})
	if err != want {
		t.Errorf("err = %v, want %v", err, want)
	}
	if got, _ := os.ReadFile(path); string(got) != "before" {
		t.Errorf("the file holds %q now", got)
	}
	if err := tfrecord.Write(filepath.Join(path, "y"), tfrecord.None, each(nil)); !errors.Is(err, tf.InvalidArgument) {
		t.Errorf("a file as folder: %v", err)
	}
}

func TestReadErrors(t *testing.T) {
	for path, want := range map[string]tf.Code{filepath.Join(t.TempDir(), "none"): tf.NotFound, t.TempDir(): tf.InvalidArgument} {
		if _, err := all(tfrecord.Read(path)); !errors.Is(err, want) {
			t.Errorf("err = %v, want %v", err, want)
		}
	}
}

// TestDamage changes and cuts files: what is read before the error is right.
func TestDamage(t *testing.T) {
	for _, name := range []string{"plain", "gzip", "zlib"} {
		good, err := os.ReadFile("testdata/" + name + ".tfrecord")
		if err != nil {
			t.Fatal(err)
		}
		records, _ := all(tfrecord.ReadFrom(bytes.NewReader(good)))
		rng := rand.New(rand.NewPCG(1, uint64(len(good))))
		for range 500 {
			bad := bytes.Clone(good)
			if rng.IntN(3) == 0 {
				bad = bad[:rng.IntN(len(bad))]
			} else {
				bad[rng.IntN(len(bad))] ^= 1 << rng.IntN(8)
			}
			got, err := all(tfrecord.ReadFrom(bytes.NewReader(bad)))
			if err != nil && !errors.Is(err, tf.DataLoss) {
				t.Fatalf("%s: %v", name, err)
			}
			if err == nil && name == "plain" && len(bad) == len(good) {
				t.Fatalf("%s: a changed bit was not noticed", name)
			}
			for i := range got {
				if !bytes.Equal(got[i], records[i]) {
					t.Fatalf("%s: record %d differs, and no error came before it", name, i)
				}
			}
		}
	}
}

// TestTooLong gives a compressed file that claims a record too long to believe.
func TestTooLong(t *testing.T) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(tfrecord.Append(nil, make([]byte, 300<<20))[:1000])
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := all(tfrecord.ReadFrom(&b)); !errors.Is(err, tf.DataLoss) || !strings.Contains(err.Error(), "too long") {
		t.Errorf("a record of 300 MB out of %d bytes: %v", b.Len(), err)
	}
}

func BenchmarkRead(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		var data []byte
		for len(data) < 16<<20 {
			data = tfrecord.Append(data, make([]byte, n))
		}
		b.Run(fmt.Sprintf("%dB", n), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				for _, err := range tfrecord.ReadFrom(bytes.NewReader(data)) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
