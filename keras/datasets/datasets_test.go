package datasets_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/keras/datasets"
)

// facts are what scripts/golden/mnist5k.py found in one part of a data set.
type facts struct {
	Count, Rows, Cols int
	Labels            []int
	FirstLabels       []int32 `json:"first_labels"`
	PixelSum          int64   `json:"pixel_sum"`
	ImagesSHA256      string  `json:"images_sha256"`
	LabelsSHA256      string  `json:"labels_sha256"`
}

func golden(t *testing.T, name string) (train, test facts) {
	t.Helper()
	text, err := os.ReadFile("testdata/mnist.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	var parts struct{ Train, Test facts }
	if err := json.Unmarshal(all[name], &parts); err != nil {
		t.Fatal(err)
	}
	return parts.Train, parts.Test
}

func compare(t *testing.T, part string, got datasets.Split, want facts) {
	t.Helper()
	if got.N != want.Count || got.Rows != want.Rows || got.Cols != want.Cols {
		t.Fatalf("%s: got %d images of %dx%d, want %d of %dx%d", part, got.N, got.Rows, got.Cols, want.Count, want.Rows, want.Cols)
	}
	if len(got.Images) != got.N*got.Rows*got.Cols || len(got.Labels) != got.N {
		t.Fatalf("%s: got %d pixels and %d labels", part, len(got.Images), len(got.Labels))
	}
	histogram, labels := make([]int, 10), make([]byte, got.N)
	for i, l := range got.Labels {
		histogram[l]++
		labels[i] = byte(l)
	}
	if !slices.Equal(histogram, want.Labels) || !slices.Equal(got.Labels[:10], want.FirstLabels) {
		t.Errorf("%s: labels %v starting %v, want %v starting %v", part, histogram, got.Labels[:10], want.Labels, want.FirstLabels)
	}
	sum := int64(0)
	for _, p := range got.Images {
		sum += int64(p)
	}
	if sum != want.PixelSum {
		t.Errorf("%s: pixels sum to %d, want %d", part, sum, want.PixelSum)
	}
	if hash(got.Images) != want.ImagesSHA256 || hash(labels) != want.LabelsSHA256 {
		t.Errorf("%s: sha256 %s and %s, want %s and %s", part, hash(got.Images), hash(labels), want.ImagesSHA256, want.LabelsSHA256)
	}
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func TestKnownSets(t *testing.T) {
	for _, name := range []string{"mnist-5k", "mnist"} {
		t.Run(name, func(t *testing.T) {
			d, err := datasets.Load(name, 0)
			if name == "mnist" && errors.Is(err, fs.ErrNotExist) {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			if d.Name != name || d.Classes != 10 {
				t.Errorf("got %s with %d classes, want %s with 10", d.Name, d.Classes, name)
			}
			train, test := golden(t, name)
			compare(t, "train", d.Train, train)
			compare(t, "test", d.Test, test)
		})
	}
}

// TestFirstOfMNIST checks that mnist-5k is the start of mnist.
func TestFirstOfMNIST(t *testing.T) {
	whole, err := datasets.Load("mnist", 0)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	part, err := datasets.Load("mnist-5k", 0)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(part.Train.Images, whole.Train.Images[:len(part.Train.Images)]) ||
		!slices.Equal(part.Test.Labels, whole.Test.Labels[:part.Test.N]) {
		t.Error("mnist-5k is not the start of mnist")
	}
}

func TestUnknownName(t *testing.T) {
	for _, tc := range []struct{ name, want string }{
		{"mnits", `datasets: unknown data set "mnits": expected mnist, mnist-5k or a folder of idx files; did you mean "mnist"?`},
		{"MNIST-5K", `did you mean "mnist-5k"?`},
		{"cifar10", `unknown data set "cifar10": expected mnist, mnist-5k or a folder of idx files`},
		{"some/where", "datasets: folder some/where: file does not exist"},
		{"load.go", "datasets: load.go: expected a folder of idx files, got a file"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := datasets.Load(tc.name, 0)
			oneLine(t, err, tc.want)
		})
	}
	_, err := datasets.Load("mnist-5k", -1)
	oneLine(t, err, "datasets: expected 1 class or more, got -1")
	_, err = datasets.Load("mnist-5k", 5)
	oneLine(t, err, "mnist-5k/train-labels-idx1-ubyte.gz: label number 1 of 4000: expected 0 to 4, got 5")
}

// oneLine fails the test unless err is one line that contains want.
func oneLine(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Fatalf("err = %v, want ...%s...", err, want)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("more than one line: %v", err)
	}
}
