package summary_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/gotf/gotf/tf/summary"
)

// TestContents reads what TensorFlow wrote in its two formats.
func TestContents(t *testing.T) {
	for file, want := range map[string][]string{
		"v2.tfevents": {
			"epoch/accuracy scalars 5 0-40 1 (of the validation set)",
			"loss scalars 5 0-4 0.2",
			"note text 1 4-4 a *word*",
			"own  1 3-3 <nil>",
			"picture images 1 4-4 <nil>",
			"weights histograms 1 4-4 <nil>",
		},
		"v1.tfevents": {
			"loss scalars 3 0-2 1",
			"picture/image/0 images 1 2-2 <nil>",
			"weights histograms 1 2-2 <nil>",
		},
	} {
		c, err := summary.ReadContents("testdata/" + file)
		if err != nil || c.Version != "brain.Event:2" || !(c.First > 1.5e9 && c.Last >= c.First) {
			t.Fatalf("%s: %+v, %v", file, c, err)
		}
		var got []string
		for _, tag := range c.Tags {
			last := tag.Last
			if f, ok := last.(float64); ok {
				last = float32(f)
			}
			text := fmt.Sprintf("%s %s %d %d-%d %v", tag.Name, tag.Plugin, tag.Count, tag.FirstStep, tag.LastStep, last)
			if tag.Description != "" {
				text += " (" + tag.Description + ")"
			}
			got = append(got, text)
		}
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Errorf("%s:\n got %q\nwant %q", file, got, want)
		}
		if graphs := map[string]int{"v1.tfevents": 1}[file]; c.Graphs != graphs {
			t.Errorf("%s: %d graphs, want %d", file, c.Graphs, graphs)
		}
	}
}

// TestContentsDamaged keeps what came before the damage.
func TestContentsDamaged(t *testing.T) {
	good, err := os.ReadFile("testdata/v2.tfevents")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x")
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		bad := append([]byte(nil), good...)
		at := rng.IntN(len(bad))
		if bad[at] ^= 1 << rng.IntN(8); rng.IntN(2) == 0 {
			bad = bad[:at]
		}
		if err := os.WriteFile(path, bad, 0o666); err != nil {
			t.Fatal(err)
		}
		c, err := summary.ReadContents(path)
		if c == nil || err == nil && len(bad) == len(good) {
			t.Fatalf("byte %d: %+v, %v", at, c, err)
		}
	}
}
