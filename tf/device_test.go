package tf_test

import (
	"math"
	"slices"
	"testing"

	"github.com/gotf/gotf/tf"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

func TestDeviceStrings(t *testing.T) {
	for _, tc := range []struct{ given, want string }{
		{"", ""},
		{"/cpu:0", "/cpu:0"},
		{"CPU:0", "/CPU:0"},
		{"gpu:3", "/gpu:3"},
		{"/device:GPU:*", "/device:GPU:*"},
		{"/device:MY_CHIP", "/device:MY_CHIP"},
		{"/job:worker/task:2/cpu:0", "/job:worker/task:2/cpu:0"},
		{"/job:a_1/replica:*/task:17/device:GPU:4", "/job:a_1/replica:*/task:17/device:GPU:4"},
	} {
		s := newGraph(t).Scope()
		got := s.OnDevice(tc.given).Begin("NoOp").Node().Device()
		if err := s.Err(); err != nil || got != tc.want {
			t.Errorf("%q gave %q, %v", tc.given, got, err)
		}
	}
	for _, bad := range []string{
		"gpu", "/gpu", "/gpu:", "/gpu:x", "/gpu:-1", "/tpu:0", "//cpu:0", "/cpu:0/", "/cpu:0/gpu:0", "/job:/cpu:0", "/job:1a",
		"/task:99999999999", "/device:", "/device::0", "/device:GPU:0:0", "/cpu:0\x00", "cuda", "/job:a/job:b",
	} {
		inModes(t, func(t *testing.T, s *tf.Scope, _ func(tf.Output) *tf.Tensor) {
			s.OnDevice(bad)
			wantError(t, s.Err(), tf.InvalidArgument, "tf: OnDevice at device_test.go:", "is not known; want")
		})
	}
}

// What Config says of GPUs is what TensorFlow is told.
func TestGPUConfig(t *testing.T) {
	var got *pb.ConfigProto
	e, err := tf.NewEager(&tf.Config{
		MemoryGrowth: true, VisibleGPUs: []int{2, 0}, GPUMemoryLimit: []int64{3 << 30, 0},
		Edit: func(p *pb.ConfigProto) { got = p },
	})
	closing(t, e, err)
	o := got.GpuOptions
	v := o.GetExperimental().GetVirtualDevices()
	if !o.AllowGrowth || o.VisibleDeviceList != "2,0" || len(v) != 2 || !slices.Equal(v[0].MemoryLimitMb, []float32{3072}) || len(v[1].MemoryLimitMb) != 0 {
		t.Errorf("GPU options %v", o)
	}
	for _, tc := range []struct {
		cfg  tf.Config
		want string
	}{
		{tf.Config{MemoryFraction: -1}, "MemoryFraction must not be negative, got -1"},
		{tf.Config{MemoryFraction: math.NaN()}, "MemoryFraction"},
		{tf.Config{MemoryFraction: 0.5, GPUMemoryLimit: []int64{1 << 30}}, "exclude each other"},
		{tf.Config{GPUMemoryLimit: []int64{0, 4096}}, "GPUMemoryLimit[1] must be 0 or at least 1048576 bytes, got 4096"},
		{tf.Config{VisibleGPUs: []int{-1}}, "VisibleGPUs[0] must not be negative"},
		{tf.Config{DeviceCount: map[string]int{"GPU": -1}}, `DeviceCount["GPU"]`},
	} {
		_, err := tf.NewEager(&tc.cfg)
		wantError(t, err, tf.InvalidArgument, "tf: config: ", tc.want)
		_, err = tf.NewSession(newGraph(t), &tc.cfg)
		wantError(t, err, tf.InvalidArgument, "tf: config: ", tc.want)
	}
}
