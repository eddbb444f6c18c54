package layers_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/gotf/gotf/internal/leaktest"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Main(m)) }

// compact is JSON without spaces, and without the fraction of whole numbers
// that Python writes as 1.0.
func compact(b []byte) (string, error) {
	var out bytes.Buffer
	err := json.Compact(&out, b)
	text := bytes.ReplaceAll(out.Bytes(), []byte(".0,"), []byte(","))
	return string(bytes.ReplaceAll(text, []byte(".0}"), []byte("}"))), err
}
