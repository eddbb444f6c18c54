package tflite_test

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

// TestDelegate compiles a delegate and lends it the additions of a model.
func TestDelegate(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles C")
	}
	path := filepath.Join(t.TempDir(), "libdelegate.so")
	if out, err := exec.Command("gcc", "-shared", "-fPIC", "-O1", "-o", path, "testdata/delegate.c").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	a := tensor(t, []float32{1, 2, 3, 4, 5, 6}, 2, 3)
	for _, noXNNPACK := range []bool{false, true} {
		it := load(t, "signatures.tflite", &tflite.Options{
			NoXNNPACK: noXNNPACK, Delegates: []tflite.Delegate{{Path: path, Options: map[string]string{"value": "7.5"}}}})
		out, err := it.Run(background, "add", map[string]*tf.Tensor{"a": a, "b": a})
		if err != nil {
			t.Fatal(err)
		}
		if sum := values[float32](t, out["sum"]); sum[0] != 7.5 || sum[5] != 7.5 {
			t.Errorf("the delegate's sum is %v, want 7.5 six times", sum)
		}
		out["sum"].Close()
	}

	m, err := tflite.LoadModel(models + "/signatures.tflite")
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	libc := filepath.Join(t.TempDir(), "libempty.so")
	cmd := exec.Command("gcc", "-shared", "-fPIC", "-o", libc, "-x", "c", "-")
	cmd.Stdin = strings.NewReader("int nothing;")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, tc := range []struct {
		d    tflite.Delegate
		want string
	}{
		{tflite.Delegate{Path: "/no/such.so"}, "tflite: delegate /no/such.so: failed precondition: /no/such.so: cannot open shared object file: No such file or directory"},
		{tflite.Delegate{Path: libc}, "it has no function tflite_plugin_create_delegate"},
		{tflite.Delegate{Path: path, Options: map[string]string{"speed": "9"}}, "it made no delegate: unknown option"},
	} {
		_, err := tflite.NewInterpreter(m, &tflite.Options{Delegates: []tflite.Delegate{tc.d}})
		if !errors.Is(err, tf.FailedPrecondition) || !strings.HasSuffix(err.Error(), tc.want) {
			t.Errorf("error %v\nwant  %s", err, tc.want)
		}
	}
}
