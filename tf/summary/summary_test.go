package summary_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/summary"
	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	stats "github.com/wamuir/graft/tensorflow/core/framework/step_stats_go_proto"
	configpb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"github.com/wamuir/graft/tensorflow/core/util/event_go_proto"
	"google.golang.org/protobuf/proto"
)

func create(t testing.TB, dir string) *summary.Writer {
	t.Helper()
	w, err := summary.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

var graph = &graphpb.GraphDef{Node: []*nodepb.NodeDef{{Name: "x", Op: "Placeholder"}}}

var metadata = &configpb.RunMetadata{StepStats: &stats.StepStats{DevStats: []*stats.DeviceStepStats{{Device: "/cpu:0"}}}}

// write fills a file with a graph and the metadata of a run.
func write(t testing.TB) string {
	t.Helper()
	w := create(t, filepath.Join(t.TempDir(), "logs", "run"))
	if err := errors.Join(w.WriteGraph(graph), w.WriteRunMetadata("step 3", 3, metadata), w.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
	return w.Path()
}

func TestRoundTrip(t *testing.T) {
	path := write(t)
	if name := filepath.Base(path); !strings.HasPrefix(name, "events.out.tfevents.") {
		t.Errorf("file %s: TensorBoard would not read it", name)
	}
	var all []*event_go_proto.Event
	for e, err := range summary.ReadFile(path) {
		if err != nil {
			t.Fatal(err)
		}
		if e.WallTime < 1.7e9 {
			t.Errorf("wall time %v", e.WallTime)
		}
		all = append(all, e)
	}
	if len(all) != 3 || all[0].GetFileVersion() != "brain.Event:2" {
		t.Fatalf("events %v", all)
	}
	var g graphpb.GraphDef
	if err := proto.Unmarshal(all[1].GetGraphDef(), &g); err != nil || !proto.Equal(&g, graph) {
		t.Errorf("graph %v, %v", &g, err)
	}
	var m configpb.RunMetadata
	tagged := all[2].GetTaggedRunMetadata()
	if err := proto.Unmarshal(tagged.GetRunMetadata(), &m); err != nil || !proto.Equal(&m, metadata) || tagged.GetTag() != "step 3" || all[2].Step != 3 {
		t.Errorf("metadata %v, %v", all[2], err)
	}
}

// TensorFlow's TFRecordWriter wrote this.
func TestKnownBytes(t *testing.T) {
	const record = "\x18\x00\x00\x00\x00\x00\x00\x00\xa3\x7fK\"\t\x00\x00@\xc3\xc7Z\xd3A\x1a\rbrain.Event:2\xab'\x90\xb6"
	for e, err := range summary.Read(strings.NewReader(record)) {
		if err != nil || e.GetFileVersion() != "brain.Event:2" {
			t.Errorf("%v, %v", e, err)
		}
	}
}

// A damaged file is an error, after what came before the damage.
func TestDamage(t *testing.T) {
	good, err := os.ReadFile(write(t))
	if err != nil {
		t.Fatal(err)
	}
	read := func(b []byte) (n int, err error) {
		for _, e := range summary.Read(bytes.NewReader(b)) {
			if err = e; err == nil {
				n++
			}
		}
		return n, err
	}
	ends := map[int]int{0: 0} // where events end, and how many there are then
	for at := 0; at < len(good); {
		at += 16 + int(binary.LittleEndian.Uint64(good[at:]))
		ends[at] = len(ends)
	}
	for end := range len(good) + 1 {
		n, err := read(good[:end])
		if want, isEnd := ends[end]; isEnd && (err != nil || n != want) || !isEnd && !errors.Is(err, tf.DataLoss) {
			t.Errorf("cut to %d bytes: %d events, %v", end, n, err)
		}
	}
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 0x10
		if n, err := read(bad); !errors.Is(err, tf.DataLoss) || n >= 3 {
			t.Errorf("byte %d changed: %d events, %v", i, n, err)
		}
	}
}

func TestErrors(t *testing.T) {
	w := create(t, t.TempDir())
	for _, c := range []struct {
		err  error
		code tf.Code
	}{
		{w.WriteGraph(nil), tf.InvalidArgument},
		{w.WriteEvent(nil), tf.InvalidArgument},
		{w.WriteRunMetadata("a", 0, nil), tf.InvalidArgument},
	} {
		if !errors.Is(c.err, c.code) {
			t.Errorf("err = %v, want %v", c.err, c.code)
		}
	}
	if err := w.WriteRunMetadata("a", 0, metadata); err != nil {
		t.Error(err)
	}
	if err := w.WriteRunMetadata("a", 1, metadata); !errors.Is(err, tf.AlreadyExists) {
		t.Errorf("a tag twice: %v", err)
	}
	w.Close()
	if err := w.WriteGraph(graph); !errors.Is(err, tf.FailedPrecondition) {
		t.Errorf("after Close: %v", err)
	}
	for _, err := range summary.ReadFile(filepath.Join(t.TempDir(), "none")) {
		if !errors.Is(err, tf.NotFound) {
			t.Errorf("no file: %v", err)
		}
	}
	if _, err := summary.Create(w.Path()); err == nil {
		t.Error("a file serves as folder")
	}
}

// Writers of one folder have files of their own, and goroutines share one.
func TestManyWriters(t *testing.T) {
	dir := t.TempDir()
	a, b := create(t, dir), create(t, dir)
	if a.Path() == b.Path() {
		t.Fatalf("both write %s", a.Path())
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 100 {
				if err := a.WriteGraph(graph); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wg.Wait()
	if err := a.Flush(); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, err := range summary.ReadFile(a.Path()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 801 {
		t.Errorf("%d events, want 801", n)
	}
}
