package tf_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"

	"github.com/gotf/gotf/tf"
)

func asError(err error, to **tf.Error) bool { return errors.As(err, to) }

func TestRun(t *testing.T) {
	g := newGraph(t)
	s := g.Scope()
	x := tf.Placeholder(s.Named("x"), tf.Float32, tf.Shape{-1, 2})
	w := tf.Const(s.Named("w"), []float32{1, 2, 3, 4}, 2, 2)
	y := node(s.Named("y"), "MatMul", x, w)
	sum := node(s.Named("sum"), "AddV2", y, y)
	v := tf.NewVariable(s, "v", tf.Int32, tf.Shape{})
	set := v.Assign(s.Named("set"), tf.ConstScalar(s, int32(3)))
	add := v.AssignAdd(s.Named("add"), tf.ConstScalar(s, int32(1)))
	get := v.Read(s.Named("get"))
	wantOK(t, s)
	sess := newSession(t, g)
	in := newTensor(t, []float32{1, 1}, 1, 2)
	for _, tc := range []struct {
		name string
		args tf.RunArgs
		want [][]float32
	}{
		{"outputs", tf.RunArgs{Feeds: []tf.Feed{{x, in}}, Fetches: []tf.Output{y, sum}}, [][]float32{{4, 6}, {8, 12}}},
		{"names", tf.RunArgs{FeedNames: map[string]*tf.Tensor{"x": in}, FetchNames: []string{"y:0", "sum"}}, [][]float32{{4, 6}, {8, 12}}},
		{"both", tf.RunArgs{Feeds: []tf.Feed{{x, in}}, Fetches: []tf.Output{sum}, FetchNames: []string{"y"}, TargetNames: []string{"set"}}, [][]float32{{8, 12}, {4, 6}}},
		{"the same twice", tf.RunArgs{Feeds: []tf.Feed{{x, in}}, Fetches: []tf.Output{y, y}}, [][]float32{{4, 6}, {4, 6}}},
		{"a fed output in the middle", tf.RunArgs{Feeds: []tf.Feed{{y, in}}, Fetches: []tf.Output{sum}}, [][]float32{{2, 2}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			out, err := sess.RunWith(background, &tc.args)
			if err != nil {
				t.Fatal(err)
			}
			if len(out) != len(tc.want) {
				t.Fatalf("%d results, want %d", len(out), len(tc.want))
			}
			for i, x := range out {
				wantValues(t, x, tc.want[i]...)
				x.Close()
			}
		})
	}
	t.Run("targets", func(t *testing.T) {
		if _, err := sess.Run(background, nil, nil, set); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := sess.Run(background, nil, nil, add); err != nil {
				t.Fatal(err)
			}
		}
		wantValues(t, run(t, sess, get), int32(5))
	})
}

func TestRunErrors(t *testing.T) {
	g, other := newGraph(t), newGraph(t)
	s, os := g.Scope(), other.Scope()
	x := tf.Placeholder(s.Named("x"), tf.Float32, tf.Shape{2})
	y := node(s.Named("y"), "Neg", x)
	n := s.Named("n").Begin("NoOp").Node()
	foreign := tf.ConstScalar(os, float32(1))
	wantOK(t, s)
	sess := newSession(t, g)
	es := newScope(t, newEager(t))
	eager := tf.ConstScalar(es, float32(1))
	good, closed := newTensor(t, []float32{1, 2}), newTensor(t, []float32{1, 2})
	closed.Close()
	for _, tc := range []struct {
		name string
		args tf.RunArgs
		code tf.Code
		text string
	}{
		{"not fed", tf.RunArgs{Fetches: []tf.Output{y}}, tf.InvalidArgument, "x"},
		{"wrong type", tf.RunArgs{Feeds: []tf.Feed{{x, newTensor(t, []int32{1, 2})}}, Fetches: []tf.Output{y}}, tf.InvalidArgument, "feed 0 (x:0) takes float32, got int32"},
		{"wrong shape", tf.RunArgs{Feeds: []tf.Feed{{x, newTensor(t, []float32{1, 2, 3})}}, Fetches: []tf.Output{y}}, tf.InvalidArgument, "feed 0 (x:0) takes shape (2,), got (3,)"},
		{"wrong rank", tf.RunArgs{Feeds: []tf.Feed{{x, newTensor(t, []float32{1, 2}, 1, 2)}}, Fetches: []tf.Output{y}}, tf.InvalidArgument, "takes shape (2,), got (1, 2)"},
		{"no tensor", tf.RunArgs{Feeds: []tf.Feed{{Output: x}}, Fetches: []tf.Output{y}}, tf.InvalidArgument, "feed 0 (x:0) has no tensor"},
		{"closed tensor", tf.RunArgs{Feeds: []tf.Feed{{x, closed}}, Fetches: []tf.Output{y}}, tf.FailedPrecondition, "feed 0 (x:0): the tensor is closed"},
		{"a good feed and a bad one", tf.RunArgs{Feeds: []tf.Feed{{x, good}, {y, closed}}, Fetches: []tf.Output{y}}, tf.FailedPrecondition, "feed 1 (y:0)"},
		{"no feed", tf.RunArgs{Feeds: []tf.Feed{{Tensor: good}}}, tf.InvalidArgument, "feed 0 (none)"},
		{"fed twice", tf.RunArgs{Feeds: []tf.Feed{{x, good}, {x, good}}, Fetches: []tf.Output{y}}, tf.InvalidArgument, "x:0"},
		{"feed of a node without results", tf.RunArgs{Feeds: []tf.Feed{{n, good}}}, tf.InvalidArgument, "feed 0 (n:0)"},
		{"nothing", tf.RunArgs{}, tf.InvalidArgument, "at least one target"},
		{"fed and fetched", tf.RunArgs{Feeds: []tf.Feed{{x, good}}, Fetches: []tf.Output{x}}, tf.InvalidArgument, "x:0 is both fed and fetched"},
		{"no fetch", tf.RunArgs{Fetches: []tf.Output{{}}}, tf.InvalidArgument, "fetch 0 (none): there is no output; a gradient is missing where"},
		{"fetch of a node without results", tf.RunArgs{Fetches: []tf.Output{n}}, tf.InvalidArgument, "make it a target"},
		{"fetch of another graph", tf.RunArgs{Fetches: []tf.Output{foreign}}, tf.InvalidArgument, "fetch 0 (Const:0) is not in the session's graph"},
		{"fetch of an eager value", tf.RunArgs{Fetches: []tf.Output{eager}}, tf.InvalidArgument, "not in the session's graph"},
		{"target of another graph", tf.RunArgs{Targets: []tf.Output{foreign}}, tf.InvalidArgument, "target 0"},
		{"unknown feed name", tf.RunArgs{FeedNames: map[string]*tf.Tensor{"q": good}}, tf.NotFound, `"q"`},
		{"unknown fetch name", tf.RunArgs{FetchNames: []string{"q:0"}}, tf.NotFound, `"q"`},
		{"unknown target name", tf.RunArgs{TargetNames: []string{"q"}}, tf.NotFound, `"q"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := sess.RunWith(background, &tc.args)
			wantError(t, err, tc.code, tc.text)
		})
	}
	wantValues(t, run(t, sess, y, tf.Feed{x, good}), float32(-1), -2)
}

func TestRunWithNil(t *testing.T) {
	g := newGraph(t)
	x := tf.ConstScalar(g.Scope(), float32(1))
	sess := newSession(t, g)
	var none context.Context
	_, err := sess.Run(none, nil, []tf.Output{x})
	wantError(t, err, tf.InvalidArgument, "run session", "the context is nil")
	_, err = sess.RunWith(background, nil)
	wantError(t, err, tf.InvalidArgument, "run session", "the arguments are nil")
}

func TestRunMetadata(t *testing.T) {
	g := newGraph(t)
	s := g.Scope()
	y := node(s.Named("minus"), "Neg", tf.Placeholder(s.Named("x"), tf.Float32, nil))
	wantOK(t, s)
	sess := newSession(t, g)
	ctx, cancel := context.WithTimeout(background, time.Minute)
	defer cancel()
	for name, ctx := range map[string]context.Context{"background": background, "deadline": ctx} {
		t.Run(name, func(t *testing.T) {
			var meta pb.RunMetadata
			out, err := sess.RunWith(ctx, &tf.RunArgs{
				FeedNames: map[string]*tf.Tensor{"x": newTensor(t, []float32{1})},
				Fetches:   []tf.Output{y},
				Options:   &pb.RunOptions{TraceLevel: pb.RunOptions_FULL_TRACE},
				Metadata:  &meta,
			})
			if err != nil {
				t.Fatal(err)
			}
			out[0].Close()
			for _, dev := range meta.GetStepStats().GetDevStats() {
				for _, n := range dev.NodeStats {
					if n.NodeName == "minus" {
						return
					}
				}
			}
			t.Errorf("no step stats for the node in %v", &meta)
		})
	}
}

func TestRunContext(t *testing.T) {
	cancelled, cancel := context.WithCancel(background)
	cancel()
	past, cancelPast := context.WithDeadline(background, time.Now().Add(-time.Hour))
	defer cancelPast()
	for _, tc := range []struct {
		name string
		ctx  func() (context.Context, context.CancelFunc)
		opts *pb.RunOptions
		code tf.Code
		is   error
		max  time.Duration
	}{
		{"cancelled before", func() (context.Context, context.CancelFunc) { return cancelled, cancel }, nil, tf.Cancelled, context.Canceled, 50 * time.Millisecond},
		{"too late before", func() (context.Context, context.CancelFunc) { return past, cancel }, nil, tf.DeadlineExceeded, context.DeadlineExceeded, 50 * time.Millisecond},
		{"deadline", func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(background, 50*time.Millisecond)
		}, nil, tf.DeadlineExceeded, context.DeadlineExceeded, 2 * time.Second},
		{"cancelled", func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(background)
			time.AfterFunc(50*time.Millisecond, cancel)
			return ctx, cancel
		}, nil, tf.Cancelled, context.Canceled, 2 * time.Second},
		{"the options' timeout", func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(background, time.Minute)
		}, &pb.RunOptions{TimeoutInMs: 50}, tf.DeadlineExceeded, context.DeadlineExceeded, 2 * time.Second},
		{"the options' timeout alone", func() (context.Context, context.CancelFunc) { return background, cancel },
			&pb.RunOptions{TimeoutInMs: 50}, tf.DeadlineExceeded, context.DeadlineExceeded, 2 * time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			g, x := blocked(t)
			sess := newSession(t, g)
			ctx, cancel := tc.ctx()
			defer cancel()
			start := time.Now()
			_, err := sess.RunWith(ctx, &tf.RunArgs{Fetches: []tf.Output{x}, Options: tc.opts})
			took := time.Since(start)
			wantError(t, err, tc.code, "run session")
			if !errors.Is(err, tc.is) {
				t.Errorf("err = %v, is not %v", err, tc.is)
			}
			if took > tc.max {
				t.Errorf("returned after %v, want at most %v", took, tc.max)
			}
			sess.Close() // ends what a cancel left running; the leak check sees it
		})
	}
}

// The deadline ends the run itself, so that the next one can have what it held.
func TestDeadlineEndsTheRun(t *testing.T) {
	g, x := blocked(t)
	sess := newSession(t, g)
	ctx, cancel := context.WithTimeout(background, 20*time.Millisecond)
	defer cancel()
	_, err := sess.Run(ctx, nil, []tf.Output{x})
	wantError(t, err, tf.DeadlineExceeded)
	sess.Close()
	g.Close()
	waitLive(t, 0)
}

func TestRunConcurrent(t *testing.T) {
	g := newGraph(t)
	s := g.Scope()
	x := tf.Placeholder(s.Named("x"), tf.Int64, tf.Shape{})
	y := node(s.Named("y"), "Mul", x, x)
	wantOK(t, s)
	for name, cfg := range map[string]*tf.Config{"default": nil, "single-threaded": {SingleThreaded: true}} {
		t.Run(name, func(t *testing.T) {
			sess, err := tf.NewSession(g, cfg)
			closing(t, sess, err)
			ctx, cancel := context.WithCancel(background)
			defer cancel()
			var wg sync.WaitGroup
			for i := range int64(16) {
				wg.Add(1)
				go func() {
					defer wg.Done()
					ctx := ctx
					if i%2 == 0 {
						ctx = background
					}
					for k := range int64(50) {
						in, _ := tf.NewScalar(i + k)
						a := tf.RunArgs{Feeds: []tf.Feed{{x, in}}, Fetches: []tf.Output{y}}
						if k%10 == 0 {
							a = tf.RunArgs{FeedNames: map[string]*tf.Tensor{"x": in}, FetchNames: []string{"y"}}
						}
						out, err := sess.RunWith(ctx, &a)
						in.Close()
						if err != nil {
							t.Error(err)
							return
						}
						got, _ := tf.Values[int64](out[0])
						out[0].Close()
						if want := (i + k) * (i + k); got[0] != want {
							t.Errorf("%d, want %d", got[0], want)
						}
					}
				}()
			}
			wg.Wait()
		})
	}
}

// A caller that leaves may reuse its slices and close its tensors at once.
func TestLeaveAndReuse(t *testing.T) {
	g := newGraph(t)
	s := g.Scope()
	q := s.Begin("FIFOQueueV2").Types("component_types", []tf.DType{tf.Float32}).One()
	x := tf.Placeholder(s, tf.Float32, nil)
	wait := s.Begin("QueueDequeueV2").In(q).Types("component_types", []tf.DType{tf.Float32}).One()
	y := node(s, "AddV2", x, wait)
	wantOK(t, s)
	sess := newSession(t, g)
	feeds := []tf.Feed{{x, newTensor(t, make([]float32, 1000))}}
	ctx, cancel := context.WithCancel(background)
	time.AfterFunc(20*time.Millisecond, cancel)
	var meta pb.RunMetadata
	_, err := sess.RunWith(ctx, &tf.RunArgs{Feeds: feeds, Fetches: []tf.Output{y}, Metadata: &meta})
	wantError(t, err, tf.Cancelled)
	feeds[0].Tensor.Close()
	feeds[0] = tf.Feed{}
	meta.Reset()
	sess.Close()
}
