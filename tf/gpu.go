package tf

import (
	"strconv"
	"strings"

	config "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// gpuOptions are what c says of GPUs.
func (c *Config) gpuOptions() (*config.GPUOptions, error) {
	bad := func(format string, args ...any) (*config.GPUOptions, error) {
		return nil, Errorf("config", InvalidArgument, format, args...)
	}
	if !(c.MemoryFraction >= 0) {
		return bad("MemoryFraction must not be negative, got %v", c.MemoryFraction)
	}
	if c.MemoryFraction > 0 && len(c.GPUMemoryLimit) > 0 {
		return bad("MemoryFraction and GPUMemoryLimit exclude each other")
	}
	o := &config.GPUOptions{AllowGrowth: c.MemoryGrowth, PerProcessGpuMemoryFraction: c.MemoryFraction}
	var visible []string
	for i, gpu := range c.VisibleGPUs {
		if gpu < 0 {
			return bad("VisibleGPUs[%d] must not be negative, got %d", i, gpu)
		}
		visible = append(visible, strconv.Itoa(gpu))
	}
	o.VisibleDeviceList = strings.Join(visible, ",")
	if len(c.GPUMemoryLimit) == 0 {
		return o, nil
	}
	o.Experimental = &config.GPUOptions_Experimental{}
	for i, limit := range c.GPUMemoryLimit {
		const megabyte = 1 << 20
		v := &config.GPUOptions_Experimental_VirtualDevices{}
		switch {
		case limit < 0 || limit > 0 && limit < megabyte:
			return bad("GPUMemoryLimit[%d] must be 0 or at least %d bytes, got %d", i, megabyte, limit)
		case limit > 0:
			v.MemoryLimitMb = []float32{float32(limit) / megabyte}
		}
		o.Experimental.VirtualDevices = append(o.Experimental.VirtualDevices, v)
	}
	return o, nil
}
