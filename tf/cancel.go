package tf

import (
	"context"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/internal/handle"
)

// cancellation ends eager operations when a context is done.
type cancellation = handle.Handle[*canceller]

type canceller struct {
	m     *ctf.CancellationManager
	stop  func() bool   // reports whether the context can no longer start it
	ended chan struct{} // closed when StartCancel has returned
}

func newCancellation(ctx context.Context) *cancellation {
	c := &canceller{m: ctf.NewCancellation(), ended: make(chan struct{})}
	c.stop = context.AfterFunc(ctx, func() {
		defer close(c.ended)
		ctf.StartCancel(c.m)
	})
	return handle.New(c, func(c *canceller) {
		if !c.stop() {
			<-c.ended
		}
		ctf.DeleteCancellation(c.m)
	})
}

// contextError is the error of a context that is done.
func contextError(op string, ctx context.Context) *Error {
	code := Cancelled
	if ctx.Err() == context.DeadlineExceeded {
		code = DeadlineExceeded
	}
	return Errorf(op, code, "%v", context.Cause(ctx))
}
