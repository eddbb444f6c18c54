package metadata_test

import (
	"bytes"
	"testing"

	"github.com/gotf/gotf/tflite"
	"github.com/gotf/gotf/tflite/metadata"
)

// TestAligned runs a model with metadata, whose constants must lie as before.
func TestAligned(t *testing.T) {
	for _, name := range []string{"conv.tflite", "conv_int8.tflite", "mlp.tflite", "branch.tflite", "signatures.tflite"} {
		t.Run(name, func(t *testing.T) {
			data := readModel(t, name)
			md, err := metadata.Describe(data)
			if err != nil {
				t.Fatal(err)
			}
			packed := write(t, data, &metadata.Package{Metadata: md, Files: map[string][]byte{"a.txt": []byte("a")}})
			if at := bytes.Index(packed, data[64:]); at%64 != 0 || at < 0 {
				t.Errorf("the network begins at %d, want a multiple of 64", at)
			}
			m, err := tflite.NewModel(packed)
			if err != nil {
				t.Fatal(err)
			}
			defer m.Close()
			it, err := tflite.NewInterpreter(m, nil)
			if err != nil {
				t.Fatal(err)
			}
			it.Close()
		})
	}
}
