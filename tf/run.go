package tf

import (
	"context"
	"encoding/binary"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/internal/handle"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

const runSession = "run session"

// Feed gives an output of the graph a value for one run.
type Feed struct {
	Output Output
	Tensor *Tensor
}

// Run computes fetches, and runs targets, with feeds in place. The caller owns
// the tensors returned, one for each fetch.
//
// A deadline of ctx ends the run. Cancelling ctx makes Run return at once, while
// the run goes on detached; only Close interrupts it.
func (s *Session) Run(ctx context.Context, feeds []Feed, fetches []Output, targets ...Output) ([]*Tensor, error) {
	return s.run(ctx, &RunArgs{Feeds: feeds, Fetches: fetches, Targets: targets})
}

// RunArgs is all that one run can be given. The feeds, fetches and targets named
// by strings ("op:0", "op") are added to the others; values of named fetches
// come last.
type RunArgs struct {
	Feeds   []Feed
	Fetches []Output
	Targets []Output

	FeedNames   map[string]*Tensor
	FetchNames  []string
	TargetNames []string

	Options  *pb.RunOptions  // tracing, for example
	Metadata *pb.RunMetadata // filled in, if not nil and the run ends in time
}

// RunWith is Run with all options.
func (s *Session) RunWith(ctx context.Context, a *RunArgs) ([]*Tensor, error) {
	if a == nil {
		return nil, Errorf(runSession, InvalidArgument, "the arguments are nil")
	}
	if len(a.FeedNames)+len(a.FetchNames)+len(a.TargetNames) > 0 {
		var err error
		if a, err = s.resolve(a); err != nil {
			return nil, err
		}
	}
	return s.run(ctx, a)
}

// resolve looks up what is given by name.
func (s *Session) resolve(a *RunArgs) (*RunArgs, error) {
	b := *a
	b.Feeds = append([]Feed(nil), a.Feeds...)
	for _, name := range slices.Sorted(maps.Keys(a.FeedNames)) {
		o, err := s.g.Output(name)
		if err != nil {
			return nil, err
		}
		b.Feeds = append(b.Feeds, Feed{o, a.FeedNames[name]})
	}
	add := func(to []Output, names []string) ([]Output, error) {
		to = append([]Output(nil), to...)
		for _, name := range names {
			o, err := s.g.Output(name)
			if err != nil {
				return nil, err
			}
			to = append(to, o)
		}
		return to, nil
	}
	var err error
	if b.Fetches, err = add(a.Fetches, a.FetchNames); err != nil {
		return nil, err
	}
	b.Targets, err = add(a.Targets, a.TargetNames)
	return &b, err
}

func (s *Session) run(ctx context.Context, a *RunArgs) ([]*Tensor, error) {
	if ctx == nil {
		return nil, Errorf(runSession, InvalidArgument, "the context is nil")
	}
	if ctx.Err() != nil {
		return nil, contextError(runSession, ctx)
	}
	r := steps.Get().(*step)
	if err := r.prepare(s, a); err != nil {
		r.recycle()
		return nil, err
	}
	if ctx.Done() == nil {
		res := r.run()
		r.recycle()
		return res.give(a.Metadata)
	}
	if deadline, ok := ctx.Deadline(); ok {
		r.setTimeout(a.Options, time.Until(deadline))
	}
	return r.detached(ctx).give(a.Metadata)
}

// step is one call of TF_SessionRun with all it holds on to. It keeps nothing of
// the caller's slices, so that it can outlive the call of Run.
type step struct {
	s       *Session
	c       *ctf.Session // nil: s is not held
	feeds   []ctf.In
	values  []*ctf.Tensor
	held    []*handle.Handle[tensorMemory] // of values
	fetches []ctf.In
	results []*ctf.Tensor
	targets []*ctf.Operation
	options []byte // serialised
	traced  bool   // metadata is wanted
}

var steps = sync.Pool{New: func() any { return new(step) }}

func (r *step) recycle() {
	for _, h := range r.held {
		h.Release()
	}
	if r.c != nil {
		r.s.h.Release()
	}
	clear(r.held)
	clear(r.results)
	*r = step{
		feeds: r.feeds[:0], values: r.values[:0], held: r.held[:0],
		fetches: r.fetches[:0], results: r.results[:0], targets: r.targets[:0],
	}
	steps.Put(r)
}

func (r *step) prepare(s *Session, a *RunArgs) (err error) {
	r.s = s
	if r.c, err = s.h.Acquire(); err != nil {
		return Errorf(runSession, FailedPrecondition, "the session is closed")
	}
	for i, f := range a.Feeds {
		if err := r.feed(i, f); err != nil {
			return err
		}
	}
	for i, o := range a.Fetches {
		if err := s.has("fetch", i, o); err != nil {
			return err
		}
		if int(o.i) >= len(o.n.dts) {
			return Errorf(runSession, InvalidArgument, "fetch %d (%s) has no results; make it a target", i, o.Name())
		}
		r.fetches = append(r.fetches, o.in())
		r.results = append(r.results, nil)
	}
	for i, o := range a.Targets {
		if err := s.has("target", i, o); err != nil {
			return err
		}
		r.targets = append(r.targets, o.n.op)
	}
	r.targets = checksOf(checksOf(r.targets, a.Fetches), a.Targets)
	r.traced = a.Metadata != nil
	if a.Options != nil {
		if r.options, err = proto.Marshal(a.Options); err != nil {
			return Errorf(runSession, InvalidArgument, "options: %v", err)
		}
	}
	return nil
}

// feed checks and holds one feed.
func (r *step) feed(i int, f Feed) error {
	if err := r.s.has("feed", i, f.Output); err != nil {
		return err
	}
	if f.Tensor == nil {
		return Errorf(runSession, InvalidArgument, "feed %d (%s) has no tensor", i, f.Output.Name())
	}
	if f.Tensor.dtype != f.Output.DType() {
		return Errorf(runSession, InvalidArgument, "feed %d (%s) takes %v, got %v", i, f.Output.Name(), f.Output.DType(), f.Tensor.dtype)
	}
	if want := f.Output.fedShape(); !want.Accepts(f.Tensor.shape) {
		return Errorf(runSession, InvalidArgument, "feed %d (%s) takes shape %v, got %v", i, f.Output.Name(), want, f.Tensor.shape)
	}
	m, err := f.Tensor.h.Acquire()
	if err != nil {
		return Errorf(runSession, FailedPrecondition, "feed %d (%s): the tensor is closed", i, f.Output.Name())
	}
	r.held = append(r.held, f.Tensor.h)
	r.feeds = append(r.feeds, f.Output.in())
	r.values = append(r.values, m.p)
	return nil
}

// fedShape is o.Shape(), remembered for output 0.
func (o Output) fedShape() Shape {
	if o.i != 0 {
		return o.Shape()
	}
	if s := o.n.shape.Load(); s != nil {
		return *s
	}
	s := o.Shape()
	o.n.shape.Store(&s)
	return s
}

func (s *Session) has(what string, i int, o Output) error {
	if o.n == nil {
		return Errorf(runSession, InvalidArgument, "%s %d (%s): "+noOutput, what, i, o.Name())
	}
	if o.n.g != s.g {
		return Errorf(runSession, InvalidArgument, "%s %d (%s) is not in the session's graph", what, i, o.Name())
	}
	return nil
}

// setTimeout ends the run after d, unless its options end it earlier.
func (r *step) setTimeout(o *pb.RunOptions, d time.Duration) {
	ms := max(d.Milliseconds(), 1)
	if o.GetTimeoutInMs() > 0 && o.TimeoutInMs < ms {
		return
	}
	const timeoutInMs = 2 << 3 // the tag of the field, a varint; the last one counts
	r.options = binary.AppendUvarint(append(r.options, timeoutInMs), uint64(ms))
}

// result is what a step left. Its metadata is still serialised: the message it
// goes to belongs to the caller of Run, who may be gone.
type result struct {
	out      []*Tensor
	metadata []byte
	err      error
}

func (r *step) run() (res result) {
	var st ctf.Status
	if r.options == nil && !r.traced {
		st = ctf.Run(r.c, r.feeds, r.values, r.fetches, r.results, r.targets)
	} else {
		res.metadata, st = ctf.RunOptions(r.c, r.options, r.feeds, r.values, r.fetches, r.results, r.targets, r.traced)
	}
	if st.Code != 0 {
		res.err = r.s.explain(st, r)
		return res
	}
	res.out = make([]*Tensor, len(r.results))
	for i, t := range r.results {
		res.out[i] = adopt(t)
	}
	return res
}

func (res result) give(metadata *pb.RunMetadata) ([]*Tensor, error) {
	if metadata != nil && len(res.metadata) > 0 {
		if err := proto.Unmarshal(res.metadata, metadata); err != nil && res.err == nil {
			res.close()
			return nil, Errorf(runSession, Internal, "metadata: %v", err)
		}
	}
	return res.out, res.err
}

func (res result) close() {
	for _, t := range res.out {
		t.Close()
	}
}

// detached runs in another goroutine, so that the caller can leave it.
func (r *step) detached(ctx context.Context) result {
	var settled atomic.Bool // by the run's end or by the caller's leaving
	done := make(chan result, 1)
	go func() {
		res := r.run()
		r.recycle()
		if settled.CompareAndSwap(false, true) {
			done <- res
		} else {
			res.close()
		}
	}()
	select {
	case res := <-done:
		return res
	case <-ctx.Done():
		if settled.CompareAndSwap(false, true) {
			return result{err: contextError(runSession, ctx)}
		}
		return <-done
	}
}
