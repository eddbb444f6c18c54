package tf_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	codes "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"

	"github.com/gotf/gotf/tf"
)

func TestCodeIsTheMessagesEnum(t *testing.T) {
	named := map[tf.Code]bool{}
	for name, v := range codes.Code_value {
		if v == 0 || v > 16 { // 20 is reserved by the message
			continue
		}
		want := strings.ReplaceAll(strings.ToLower(name), "_", " ")
		if got := tf.Code(v).Error(); got != want {
			t.Errorf("Code(%d) = %q, want %q", v, got, want)
		}
		named[tf.Code(v)] = true
	}
	for _, c := range []tf.Code{
		tf.Cancelled, tf.Unknown, tf.InvalidArgument, tf.DeadlineExceeded, tf.NotFound, tf.AlreadyExists, tf.PermissionDenied,
		tf.ResourceExhausted, tf.FailedPrecondition, tf.Aborted, tf.OutOfRange, tf.Unimplemented, tf.Internal, tf.Unavailable,
		tf.DataLoss, tf.Unauthenticated,
	} {
		delete(named, c)
	}
	if len(named) > 0 {
		t.Errorf("no constants for %v", named)
	}
	for _, c := range []tf.Code{-1, 17} {
		if want := fmt.Sprintf("code %d", c); c.Error() != want {
			t.Errorf("%q, want %q", c.Error(), want)
		}
	}
}

func TestErrorIs(t *testing.T) {
	for _, tc := range []struct {
		name   string
		err    error
		target error
		want   bool
	}{
		{"own code", tf.Errorf("x", tf.NotFound, "y"), tf.NotFound, true},
		{"another code", tf.Errorf("x", tf.NotFound, "y"), tf.Internal, false},
		{"wrapped", fmt.Errorf("w: %w", tf.Errorf("x", tf.NotFound, "y")), tf.NotFound, true},
		{"cancelled", tf.Errorf("x", tf.Cancelled, "y"), context.Canceled, true},
		{"deadline", tf.Errorf("x", tf.DeadlineExceeded, "y"), context.DeadlineExceeded, true},
		{"deadline is not cancelled", tf.Errorf("x", tf.DeadlineExceeded, "y"), context.Canceled, false},
		{"other is neither", tf.Errorf("x", tf.Internal, "y"), context.DeadlineExceeded, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := errors.Is(tc.err, tc.target); got != tc.want {
				t.Errorf("errors.Is(%v, %v) = %t", tc.err, tc.target, got)
			}
		})
	}
}

func TestErrorText(t *testing.T) {
	err := tf.Errorf("run session", tf.InvalidArgument, "got %d", 3)
	if want := "tf: run session: invalid argument: got 3"; err.Error() != want {
		t.Errorf("%q, want %q", err, want)
	}
}
