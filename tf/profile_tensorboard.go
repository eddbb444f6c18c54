package tf

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gotf/gotf/internal/atomicfile"
	xplane "github.com/wamuir/graft/tensorflow/tsl/profiler/protobuf/for_profiler_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// WriteTensorBoard writes the run where TensorBoard's profile plugin looks when
// it is started on the folder dir: dir/plugins/profile/run/HOST.xplane.pb and
// HOST.trace.json.gz. An empty run is named by the time.
func (p *Profile) WriteTensorBoard(dir, run string) error {
	const what = "write profile"
	if run == "" {
		run = time.Now().Format("2006_01_02_15_04_05")
	}
	if strings.ContainsRune(run, filepath.Separator) || run == "." || run == ".." {
		return Errorf(what, InvalidArgument, "run %q is not the name of a folder", run)
	}
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	var trace bytes.Buffer
	z := gzip.NewWriter(&trace)
	if err := p.WriteChromeTrace(z); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return Errorf(what, Internal, "%v", err)
	}
	space, err := proto.Marshal(p.xspace(host))
	if err != nil {
		return Errorf(what, Internal, "%v", err)
	}
	dir = filepath.Join(dir, "plugins", "profile", run)
	err = os.MkdirAll(dir, 0o755)
	if err == nil {
		err = atomicfile.WriteFile(filepath.Join(dir, host+".xplane.pb"), atomicfile.Bytes(space))
	}
	if err == nil {
		err = atomicfile.WriteFile(filepath.Join(dir, host+".trace.json.gz"), atomicfile.Bytes(trace.Bytes()))
	}
	if err != nil {
		return Errorf(what, FileCode(err), "%v", err)
	}
	return nil
}

// xspace is the run in the profiler's own form: a plane for each device, in it a
// line for each thread, which refer to the plane's tables of names.
// https://github.com/tensorflow/tensorflow/blob/master/third_party/xla/third_party/tsl/tsl/profiler/protobuf/xplane.proto
func (p *Profile) xspace(host string) *xplane.XSpace {
	space := &xplane.XSpace{Hostnames: []string{host}}
	planes := map[string]*plane{}
	for i, l := range p.lanes() {
		pl := planes[l.device]
		if pl == nil {
			pl = newPlane(len(planes), planeName(l.device))
			planes[l.device] = pl
			space.Planes = append(space.Planes, pl.XPlane)
		}
		start := l.ops[0].Start
		line := &xplane.XLine{Id: int64(i), DisplayId: int64(i), Name: l.name, TimestampNs: start.UnixNano()}
		for _, o := range l.ops {
			line.Events = append(line.Events, &xplane.XEvent{
				MetadataId: pl.event(o),
				Data:       &xplane.XEvent_OffsetPs{OffsetPs: o.Start.Sub(start).Nanoseconds() * 1000},
				DurationPs: o.Duration.Nanoseconds() * 1000,
				Stats:      []*xplane.XStat{{MetadataId: tfOp, Value: &xplane.XStat_StrValue{StrValue: o.Name + ":" + o.Type}}},
			})
		}
		pl.Lines = append(pl.Lines, line)
	}
	return space
}

// planeName is how the profiler calls a device.
func planeName(device string) string {
	_, last, _ := strings.Cut(device, "/device:")
	switch {
	case last == "" || last == "CPU:0":
		return "/host:CPU"
	case strings.HasPrefix(last, "CPU:"):
		return "/host:" + last
	}
	return "/device:" + last
}

// tfOp is the number of the statistic that says which operation an event is.
const tfOp = 1

// plane is an XPlane while its table of names grows.
type plane struct {
	*xplane.XPlane
	events map[string]int64
}

func newPlane(id int, name string) *plane {
	return &plane{events: map[string]int64{}, XPlane: &xplane.XPlane{
		Id: int64(id), Name: name,
		EventMetadata: map[int64]*xplane.XEventMetadata{},
		StatMetadata:  map[int64]*xplane.XStatMetadata{tfOp: {Id: tfOp, Name: "tf_op"}},
	}}
}

// event is the number of the events of o's kind.
func (p *plane) event(o OpTime) int64 {
	name := o.Type
	if name == "" {
		name = o.Name
	}
	id, known := p.events[name]
	if !known {
		id = int64(len(p.events) + 1)
		p.events[name] = id
		p.EventMetadata[id] = &xplane.XEventMetadata{Id: id, Name: name}
	}
	return id
}
