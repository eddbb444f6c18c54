//go:build linux && amd64 && cgo

package ctflite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

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
	for _, d := range []*ctflite.Delegate{nil, ctflite.NewXNNPack(1)} {
		i := ctflite.NewInterpreter(m, 1, true, d, r)
		if i == nil {
			t.Fatal(ctflite.TakeReports(r))
		}
		if keys := ctflite.SignatureKeys(i); strings.Join(keys, " ") != "add scale" {
			t.Errorf("signatures %q", keys)
		}
		s := ctflite.NewRunner(i, "scale")
		if names := ctflite.RunnerInputNames(s); len(names) != 2 {
			t.Errorf("inputs %q", names)
		}
		if ctflite.RunnerAllocate(s) != ctflite.OK || ctflite.RunnerInvoke(s) != ctflite.OK {
			t.Error(ctflite.TakeReports(r))
		}
		info := ctflite.Describe(ctflite.RunnerInput(s, 0))
		if want := len(ctflite.Data(ctflite.RunnerInput(s, 0))) / 4; len(info.Dims) > 0 && int(info.Dims[0]) != want {
			t.Errorf("input %+v holds %d values", info, want)
		}
		if bad := ctflite.NewRunner(i, "none"); bad != nil {
			t.Error("a runner of no signature")
		}
		ctflite.DeleteRunner(s)
		ctflite.DeleteInterpreter(i)
		if d != nil {
			ctflite.DeleteXNNPack(d)
		}
	}
}
