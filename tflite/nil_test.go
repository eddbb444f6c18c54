package tflite_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

// TestNil calls what there is none of.
func TestNil(t *testing.T) {
	var it *tflite.Interpreter
	var s *tflite.Signature
	if err := it.Close(); err != nil {
		t.Error(err)
	}
	if it.Inputs() != nil || it.Outputs() != nil || it.Signatures() != nil || s.Inputs() != nil || s.Outputs() != nil {
		t.Error("no interpreter has inputs, outputs or signatures")
	}
	x := []float32{1}
	for name, call := range map[string]func() error{
		"Invoke":         func() error { return it.Invoke(background) },
		"Resize":         func() error { return it.Resize("x", tf.Shape{1}) },
		"SetTensor":      func() error { return it.SetTensor("x", nil) },
		"Tensor":         func() error { _, err := it.Tensor("x"); return err },
		"Profile":        func() error { _, err := it.Profile(background, 1); return err },
		"ResetVariables": func() error { return it.ResetVariables() },
		"Signature":      func() error { _, err := it.Signature(""); return err },
		"Run":            func() error { _, err := it.Run(background, "", nil); return err },
		"signature":      func() error { return s.Invoke(background) },
		"signature Run":  func() error { _, err := s.Run(background, nil); return err },
		"zero":           func() error { return (&tflite.Interpreter{}).Invoke(background) },
		"Set":            func() error { return tflite.Set(nil, "x", x) },
		"Set in nil":     func() error { return tflite.Set(it, "x", x) },
		"Read":           func() error { _, err := tflite.Read[float32](nil, "x"); return err },
		"ReadInto":       func() error { return tflite.ReadInto(nil, "x", x) },
		"SetReal":        func() error { return tflite.SetReal(nil, "x", x) },
		"ReadReal":       func() error { _, err := tflite.ReadReal(nil, "x"); return err },
		"RunInto":        func() error { return tflite.RunInto(background, nil, x, x) },
	} {
		if err := call(); !errors.Is(err, tf.InvalidArgument) {
			t.Errorf("%s: %v, want an invalid argument", name, err)
		}
	}
}

// TestDelegatePath refuses the empty path, which names the program itself.
func TestDelegatePath(t *testing.T) {
	m, err := tflite.LoadModel(models + "/signatures.tflite")
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	_, err = tflite.NewInterpreter(m, &tflite.Options{Delegates: []tflite.Delegate{{}}})
	if !errors.Is(err, tf.InvalidArgument) || !strings.HasSuffix(err.Error(), "the option Delegates[0] has no Path") {
		t.Error(err)
	}
}
