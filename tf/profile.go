package tf

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strconv"
	"time"

	stats "github.com/wamuir/graft/tensorflow/core/framework/step_stats_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// Profile is how long each operation of one run took.
type Profile struct {
	ops  []OpTime
	meta *pb.RunMetadata
}

// OpTime is one execution of an operation.
type OpTime struct {
	Device   string // "/job:localhost/replica:0/task:0/device:CPU:0"
	Thread   string // its name or number; "" where the runtime does not tell
	Name     string // "dense/MatMul"
	Type     string // "MatMul"; "" where the runtime does not tell
	Start    time.Time
	Duration time.Duration
}

// RunProfile is RunWith with the times of the run's operations, which makes it
// slower.
func (s *Session) RunProfile(ctx context.Context, a *RunArgs) ([]*Tensor, *Profile, error) {
	b := *a
	b.Options = &pb.RunOptions{}
	if a.Options != nil {
		b.Options = proto.Clone(a.Options).(*pb.RunOptions)
	}
	b.Options.TraceLevel = pb.RunOptions_FULL_TRACE
	if b.Metadata == nil {
		b.Metadata = &pb.RunMetadata{}
	}
	out, err := s.RunWith(ctx, &b)
	if err != nil {
		return nil, nil, err
	}
	p, err := NewProfile(b.Metadata)
	if err != nil {
		for _, t := range out {
			t.Close()
		}
		return nil, nil, err
	}
	return out, p, nil
}

// NewProfile reads the times from the metadata of a run that was traced, as
// [Session.RunProfile] does: its RunOptions have the trace level FULL_TRACE.
func NewProfile(meta *pb.RunMetadata) (*Profile, error) {
	p := &Profile{meta: meta}
	for _, d := range meta.GetStepStats().GetDevStats() {
		for _, n := range d.NodeStats {
			p.ops = append(p.ops, opTime(d, n))
		}
	}
	if len(p.ops) == 0 {
		return nil, Errorf("profile", InvalidArgument, "the metadata tells no times; want that of a run with trace level FULL_TRACE")
	}
	slices.SortStableFunc(p.ops, func(a, b OpTime) int {
		return cmp.Or(cmp.Compare(a.Device, b.Device), a.Start.Compare(b.Start), cmp.Compare(b.Duration, a.Duration))
	})
	return p, nil
}

func opTime(d *stats.DeviceStepStats, n *stats.NodeExecStats) OpTime {
	start, length := n.AllStartNanos, n.AllEndRelNanos
	if start == 0 { // only in microseconds
		start, length = n.AllStartMicros*1000, n.AllEndRelMicros*1000
	}
	thread := d.ThreadNames[n.ThreadId]
	if thread == "" && n.ThreadId != 0 {
		thread = strconv.FormatUint(uint64(n.ThreadId), 10)
	}
	o := OpTime{Device: d.Device, Thread: thread, Name: n.NodeName, Start: time.Unix(0, start), Duration: time.Duration(max(length, 0))}
	if m := timelineLabel.FindStringSubmatch(n.TimelineLabel); m != nil {
		o.Type = m[1]
	}
	return o
}

// timelineLabel is "dense/MatMul = MatMul(x, w)", perhaps with more before.
var timelineLabel = regexp.MustCompile(` = (\w+)\(`)

// Ops are the executions by device and time of start.
func (p *Profile) Ops() []OpTime { return slices.Clone(p.ops) }

// Metadata is what the times were read from, which tells memory too: for
// WriteRunMetadata of package tf/summary. It is not a copy.
func (p *Profile) Metadata() *pb.RunMetadata { return p.meta }

// lane is a row of a picture: operations of one thread of one device that do not
// overlap. Where the runtime does not tell threads there are as many lanes as
// operations ran at a time.
type lane struct {
	device, thread string
	name           string
	ops            []OpTime
}

func (p *Profile) lanes() (lanes []*lane) {
	end := func(o OpTime) time.Time { return o.Start.Add(o.Duration) }
	for _, o := range p.ops {
		i := slices.IndexFunc(lanes, func(l *lane) bool {
			return l.device == o.Device && l.thread == o.Thread && !end(l.ops[len(l.ops)-1]).After(o.Start)
		})
		if i < 0 {
			i = len(lanes)
			lanes = append(lanes, &lane{device: o.Device, thread: o.Thread})
		}
		lanes[i].ops = append(lanes[i].ops, o)
	}
	slices.SortStableFunc(lanes, func(a, b *lane) int {
		return cmp.Or(cmp.Compare(a.device, b.device), cmp.Compare(a.thread, b.thread))
	})
	rows := map[string]int{}
	for _, l := range lanes {
		rows[l.device]++
		if l.name = "thread " + l.thread; l.thread == "" {
			l.name = "row " + strconv.Itoa(rows[l.device])
		}
	}
	return lanes
}
