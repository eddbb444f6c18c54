package convert_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/gotf/gotf/tflite/convert"
)

// TestLongConversions converts and checks 300 times: memory stays flat. MLIR keeps some
// memory for its first models.
func TestLongConversions(t *testing.T) {
	if os.Getenv("GOTF_LONG") != "1" {
		t.Skip("takes minutes: run make test-long, or set GOTF_LONG=1")
	}
	start, samples := 0, open(t, "testdata/calibration.npy").First(5)
	const rounds = 300
	for i := range rounds {
		o := &convert.Options{Quantize: convert.Dynamic}
		if i%2 == 1 {
			o = &convert.Options{Quantize: convert.Int8, Calibration: samples}
		}
		model, err := convert.Convert(t.Context(), cnn, o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := convert.Check(t.Context(), cnn, model, &convert.CheckOptions{Samples: samples, Most: 1}); err != nil {
			t.Fatal(err)
		}
		if i == rounds/5 {
			start = rss(t)
		}
		if i%(rounds/10) == 0 {
			t.Logf("round %d: %d MB", i, rss(t))
		}
	}
	if end := rss(t); end > start+start/10 {
		t.Errorf("%d MB after %d rounds, %d MB after %d", end, rounds, start, rounds/5)
	}
}

// rss is the resident memory in MB.
func rss(t *testing.T) (n int) {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(status), "\n") {
		if _, err := fmt.Sscanf(line, "VmRSS: %d kB", &n); err == nil {
			return n / 1024
		}
	}
	t.Fatal("no VmRSS")
	return 0
}
