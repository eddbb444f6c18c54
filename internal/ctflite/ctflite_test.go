//go:build linux && amd64 && cgo

package ctflite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"

	"github.com/gotf/gotf/internal/ctflite"
	"github.com/gotf/gotf/internal/library"
)

func TestMain(m *testing.M) {
	found, err := library.Find(library.TFLite)
	if err == nil {
		err = ctflite.Open(found.Path)
	}
	if err != nil {
		println(err.Error())
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func TestOpen(t *testing.T) {
	if v := ctflite.Version(); !strings.HasPrefix(v, "2.") {
		t.Errorf("version %q", v)
	}
	if names := ctflite.Missing(); len(names) != 0 {
		t.Errorf("the library lacks %v", names)
	}
	if !ctflite.Has("TfLiteInterpreterCancel") || ctflite.Has("TfLiteNoSuchFunction") {
		t.Error("Has is wrong about a function")
	}
	if err := ctflite.Open("/no/such/library.so"); err == nil || !strings.Contains(err.Error(), "/no/such/library.so") {
		t.Errorf("error %v, want one that names the file", err)
	}
	if v := ctflite.Version(); v == "" {
		t.Error("a failed Open closed the library")
	}
}

func TestBadModel(t *testing.T) {
	r := ctflite.NewReporter()
	defer ctflite.DeleteReporter(r)
	for _, data := range [][]byte{nil, []byte("garbage"), make([]byte, 1000)} {
		if m := ctflite.NewModel(data, r); m != nil {
			t.Errorf("%d bytes of nothing are a model", len(data))
		}
	}
	if said := ctflite.TakeReports(r); said == "" {
		t.Error("the runtime said nothing")
	}
	if said := ctflite.TakeReports(r); said != "" {
		t.Errorf("said again: %q", said)
	}
}

// TestInvoke runs a model call by call, with and without XNNPACK.
func TestInvoke(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "tflite", "signatures.tflite"))
	if err != nil {
		t.Fatal(err)
	}
	r := ctflite.NewReporter()
	defer ctflite.DeleteReporter(r)
	m := ctflite.NewModel(data, r)
	if m == nil {
		t.Fatal(ctflite.TakeReports(r))
	}
	defer ctflite.DeleteModel(m)
	for _, d := range []*ctflite.Delegate{nil, ctflite.NewXNNPack(1, 0, 0, nil, "")} {
		parts := ctflite.Parts{Threads: 1, Cancellable: true}
		if d != nil {
			parts.Delegates = []*ctflite.Delegate{d}
		}
		i := ctflite.NewInterpreter(m, parts, r)
		if i == nil {
			t.Fatal(ctflite.TakeReports(r))
		}
		if keys := ctflite.SignatureKeys(i); strings.Join(keys, " ") != "add scale" {
			t.Errorf("signatures %q", keys)
		}
		s := ctflite.NewRunner(i, "scale")
		g := ctflite.NewGraph(i, s)
		if ctflite.NumInputs(g) != 2 || ctflite.NumOutputs(g) != 2 || ctflite.GraphName(g, 0) != "factor" {
			t.Errorf("%d inputs, %d outputs, the first is %q", ctflite.NumInputs(g), ctflite.NumOutputs(g), ctflite.GraphName(g, 0))
		}
		if ctflite.Allocate(g) != ctflite.OK || ctflite.Invoke(g) != ctflite.OK {
			t.Error(ctflite.TakeReports(r))
		}
		for k, v := range ctflite.Views(g) {
			if data := ctflite.Data(ctflite.GraphTensor(g, k)); v.Data != unsafe.Pointer(unsafe.SliceData(data)) || int(v.Size) != len(data) {
				t.Errorf("tensor %d: view %v, %d bytes of data", k, v, len(data))
			}
		}
		if bad := ctflite.NewRunner(i, "none"); bad != nil {
			t.Error("a runner of no signature")
		}
		ctflite.DeleteGraph(g)
		ctflite.DeleteRunner(s)
		ctflite.DeleteInterpreter(i)
		if d != nil {
			ctflite.DeleteDelegate(d)
		}
	}
}
