package tflite

import (
	"context"
	"time"

	"github.com/gotf/gotf/internal/ctflite"
	"github.com/gotf/gotf/tf"
)

// Invoke computes the outputs from the inputs. When ctx ends, Invoke returns
// within a few milliseconds, with an error that matches ctx's; the runtime
// stops after the operation at work (XNNPACK's part of a model counts as one),
// and calls that come meanwhile wait for that. Libraries that cannot cancel
// finish the invocation.
func (s *Signature) Invoke(ctx context.Context) error {
	n, err := s.beginUntil(ctx, "invoke")
	if err != nil {
		return err
	}
	left, err := s.invoke(ctx, n)
	if !left {
		s.end(n)
	}
	return err
}

// invoke runs the graph. If it has left the runtime at work, that ends the
// caller's turn later.
func (s *Signature) invoke(ctx context.Context, n *native) (left bool, err error) {
	if err := s.allocate(n, "invoke"); err != nil {
		return false, err
	}
	s.invoked = false
	n.ctx, n.last = ctx, s
	status := 0
	if ctx.Done() == nil || !n.parts.Cancellable {
		status = ctflite.Invoke(s.g)
	} else {
		status, left = s.invokeUntil(ctx, n)
	}
	if left {
		return true, ended("invoke", ctx)
	}
	return false, s.outcome(ctx, n, status)
}

func (s *Signature) outcome(ctx context.Context, n *native, status int) error {
	n.ctx = nil
	if s.invoked = status == ctflite.OK; s.invoked {
		return nil
	}
	err := n.reason()
	if ctx.Err() != nil { // what the runtime says is of the cancellation
		return ended("invoke", ctx)
	}
	return errorf("invoke", tf.Internal, "%w", err)
}

// quick is how long an invocation may take that the caller waits for even when
// ctx ends.
const quick = time.Millisecond

// steady reports whether invocations take the same time whatever the inputs
// hold: there is no loop, and no code but TFLite's own.
func (n *native) steady() bool {
	return !n.source.facts.Calls && n.flex == "" && len(n.options.Ops) == 0 && len(n.options.Delegates) == 0
}

// invokeUntil invokes with a ctx that may end. An invocation that is known to
// be quick is not worth a goroutine of its own, nor, if it stays so, a watch.
func (s *Signature) invokeUntil(ctx context.Context, n *native) (status int, left bool) {
	start := time.Now()
	if s.took > 0 && s.took < quick {
		if n.steady() {
			return ctflite.Invoke(s.g), false
		}
		stop := s.watch(ctx)
		status = ctflite.Invoke(s.g)
		stop()
		s.took = max(1, time.Since(start))
		return status, false
	}
	done := make(chan int, 1)
	go func() { done <- ctflite.Invoke(s.g) }()
	select {
	case status = <-done:
		s.took = max(1, time.Since(start))
		return status, false
	case <-ctx.Done():
	}
	if status, over := s.cancel(done, 5*time.Millisecond); over {
		return status, false
	}
	go func() {
		for over := false; !over; {
			_, over = s.cancel(done, time.Hour)
		}
		n.reason() // forgotten
		n.ctx = nil
		s.end(n)
	}()
	return 0, true
}

// cancel stops the invocation that answers on done, for as long as patience
// lasts. A cancel before the runtime has begun is lost, so it is repeated.
func (s *Signature) cancel(done chan int, patience time.Duration) (status int, over bool) {
	end := time.After(patience)
	for pause := 100 * time.Microsecond; ; pause = min(2*pause, 10*time.Millisecond) {
		ctflite.Cancel(s.g)
		select {
		case status = <-done:
			return status, true
		case <-end:
			return 0, false
		case <-time.After(pause):
		}
	}
}

// watch cancels the invocation that the caller is about to begin when ctx ends,
// until stop.
func (s *Signature) watch(ctx context.Context) (stop func()) {
	over, left := make(chan int), make(chan struct{})
	unwatch := context.AfterFunc(ctx, func() {
		defer close(left)
		s.cancel(over, time.Hour)
	})
	return func() {
		close(over)
		if !unwatch() {
			<-left
		}
	}
}

// ended is the error of a call whose ctx is over.
func ended(op any, ctx context.Context) error {
	code := tf.Cancelled
	if ctx.Err() == context.DeadlineExceeded {
		code = tf.DeadlineExceeded
	}
	return errorf(op, code, "%w", context.Cause(ctx))
}
