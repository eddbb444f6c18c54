package tf_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gotf/gotf/tf"
	stats "github.com/wamuir/graft/tensorflow/core/framework/step_stats_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	xplane "github.com/wamuir/graft/tensorflow/tsl/profiler/protobuf/for_profiler_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// profileRun profiles Log of Exp on one CPU and a Sum on another.
func profileRun(t *testing.T) *tf.Profile {
	t.Helper()
	g := newGraph(t)
	s := g.Scope()
	x := tf.Placeholder(s.Named("x"), tf.Float32, tf.Shape{100, 100})
	y := node(s.Named("y").OnDevice("/cpu:1"), "MatMul", x, x)
	z := node(s.Named("z"), "Sum", y, tf.Const(s, []int32{0, 1}))
	wantOK(t, s)
	sess, err := tf.NewSession(g, &tf.Config{DeviceCount: map[string]int{"CPU": 2}})
	closing(t, sess, err)
	feed := tf.Feed{x, newTensor(t, make([]float32, 10_000), 100, 100)}
	args := &tf.RunArgs{Feeds: []tf.Feed{feed}, Fetches: []tf.Output{z}, Metadata: &pb.RunMetadata{}}
	before := time.Now()
	out, p, err := sess.RunProfile(background, args)
	if err != nil {
		t.Fatal(err)
	}
	wantValues(t, out[0], float32(0))
	out[0].Close()
	if args.Options != nil || args.Metadata.StepStats == nil || p.Metadata() != args.Metadata {
		t.Error("options changed, or no metadata")
	}
	for _, o := range p.Ops() {
		if o.Start.Before(before.Add(-time.Second)) || o.Start.Add(o.Duration).After(time.Now().Add(time.Second)) {
			t.Errorf("%v is not while it ran", o)
		}
	}
	return p
}

func TestProfile(t *testing.T) {
	device := map[string]string{}
	for _, o := range profileRun(t).Ops() {
		device[o.Name+" "+o.Type] = o.Device
	}
	if device["y MatMul"]+device["y _MklMatMul"] != cpu+"1" || device["z Sum"] != cpu+"0" {
		t.Errorf("operations %v", device)
	}
}

// The trace is JSON in which each operation stands in a row of its device, and
// those of a row do not overlap.
func TestChromeTrace(t *testing.T) {
	p := profileRun(t)
	var b bytes.Buffer
	if err := p.WriteChromeTrace(&b); err != nil {
		t.Fatal(err)
	}
	checkTrace(t, &b, p)
}

func checkTrace(t *testing.T, r io.Reader, p *tf.Profile) {
	t.Helper()
	var trace struct {
		TraceEvents []struct {
			Name, Ph string
			Pid, Tid int
			Ts, Dur  float64
			Args     struct{ Name, Op string }
		}
	}
	if err := json.NewDecoder(r).Decode(&trace); err != nil {
		t.Fatal(err)
	}
	type row struct{ pid, tid int }
	devices, rows, ends := map[int]string{}, map[row]string{}, map[row]float64{}
	n := 0
	for _, e := range trace.TraceEvents {
		at := row{e.Pid, e.Tid}
		switch {
		case e.Name == "process_name":
			devices[e.Pid] = e.Args.Name
		case e.Name == "thread_name":
			rows[at] = e.Args.Name
		case e.Ph != "X" || devices[e.Pid] == "" || rows[at] == "":
			t.Errorf("event %+v, devices %v, rows %v", e, devices, rows)
		default:
			n++
			if e.Ts < ends[at]-0.002 || e.Dur < 0 {
				t.Errorf("%+v overlaps what ended at %v", e, ends[at])
			}
			ends[at] = e.Ts + e.Dur
			if e.Args.Name == "y" && devices[e.Pid] != cpu+"1" {
				t.Errorf("y is on %s", devices[e.Pid])
			}
		}
	}
	if n != len(p.Ops()) || n < 4 {
		t.Errorf("%d events for %d operations", n, len(p.Ops()))
	}
}

func TestTensorBoardProfile(t *testing.T) {
	p, dir := profileRun(t), t.TempDir()
	if err := p.WriteTensorBoard(dir, "run"); err != nil {
		t.Fatal(err)
	}
	one := func(pattern string) []byte {
		t.Helper()
		paths, _ := filepath.Glob(filepath.Join(dir, "plugins", "profile", "run", pattern))
		if len(paths) != 1 {
			t.Fatalf("%s: %v", pattern, paths)
		}
		b, err := os.ReadFile(paths[0])
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	z, err := gzip.NewReader(bytes.NewReader(one("*.trace.json.gz")))
	if err != nil {
		t.Fatal(err)
	}
	checkTrace(t, z, p)

	space := &xplane.XSpace{}
	if err := proto.Unmarshal(one("*.xplane.pb"), space); err != nil {
		t.Fatal(err)
	}
	events, planes := 0, map[string]bool{}
	for _, plane := range space.Planes {
		planes[plane.Name] = true
		for _, line := range plane.Lines {
			for _, e := range line.Events {
				events++
				if plane.EventMetadata[e.MetadataId].GetName() == "" || len(e.Stats) != 1 || plane.StatMetadata[e.Stats[0].MetadataId].GetName() != "tf_op" {
					t.Errorf("event %v", e)
				}
			}
		}
	}
	if events != len(p.Ops()) || !planes["/host:CPU"] || !planes["/host:CPU:1"] {
		t.Errorf("%d events in planes %v", events, planes)
	}
	for _, run := range []string{"..", "a/b", "/"} {
		wantError(t, p.WriteTensorBoard(dir, run), tf.InvalidArgument, "is not the name of a folder")
	}
	if err := p.WriteTensorBoard(dir, ""); err != nil {
		t.Error(err)
	}
}

// Threads that the runtime tells are rows, and times in microseconds do too.
func TestProfileOfThreads(t *testing.T) {
	node := func(name string, thread uint32, start, length int64) *stats.NodeExecStats {
		return &stats.NodeExecStats{NodeName: name, ThreadId: thread, AllStartMicros: start, AllEndRelMicros: length, TimelineLabel: name + " = Op(x)"}
	}
	p, err := tf.NewProfile(&pb.RunMetadata{StepStats: &stats.StepStats{DevStats: []*stats.DeviceStepStats{{
		Device: "/device:GPU:0", ThreadNames: map[uint32]string{2: "stream"},
		NodeStats: []*stats.NodeExecStats{node("a", 1, 1000, 10), node("b", 2, 1005, 10), node("c", 1, 1010, 5)},
	}}}})
	if err != nil {
		t.Fatal(err)
	}
	ops := p.Ops()
	if len(ops) != 3 || ops[1] != (tf.OpTime{"/device:GPU:0", "stream", "b", "Op", time.UnixMicro(1005), 10 * time.Microsecond}) || ops[2].Thread != "1" {
		t.Errorf("operations %v", ops)
	}
	_, err = tf.NewProfile(&pb.RunMetadata{})
	wantError(t, err, tf.InvalidArgument, "tells no times")
	_, err = tf.NewProfile(nil)
	wantError(t, err, tf.InvalidArgument, "tells no times")
}
