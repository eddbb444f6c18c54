package metadata_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/metadata"
)

// TestNil writes what there is none of.
func TestNil(t *testing.T) {
	data, err := os.ReadFile("../../testdata/tflite/signatures.tflite")
	if err != nil {
		t.Fatal(err)
	}
	var p *metadata.Package
	var md *metadata.Metadata
	_, written := metadata.Write(data, p)
	_, ports := metadata.NewPorts(data, md)
	_, extracted := p.Extract(t.TempDir(), false)
	for _, err := range []error{written, ports, extracted} {
		if !errors.Is(err, tf.InvalidArgument) || !strings.Contains(err.Error(), "nil") {
			t.Errorf("%v, want an invalid argument", err)
		}
	}
	if names := md.FileNames(); names != nil {
		t.Errorf("no metadata names %q", names)
	}
}
