package tf

import (
	"math"

	"github.com/gotf/gotf/internal/ctf"
	config "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// Config says how a Session or an Eager runs. The zero value and nil are
// TensorFlow's defaults, with as many threads as the process may use CPUs.
//
// TensorFlow opens each GPU once in a process: what the first Session or Eager
// says of GPU memory and of which are visible holds for all.
type Config struct {
	IntraOpThreads int  // threads inside one operation; 0: GOMAXPROCS, or the cgroup's CPU quota if that is less
	InterOpThreads int  // operations at a time; 0: the same
	SingleThreaded bool // run each step in the calling thread: least overhead for small graphs

	DeviceCount    map[string]int // the most devices of each type: {"GPU": 0} hides the GPUs
	MemoryGrowth   bool           // take GPU memory as needed instead of all at once
	MemoryFraction float64        // the share of each GPU's memory to take; 0: all; above 1: with the host's
	VisibleGPUs    []int          // the numbers of the GPUs to use, the first as "/gpu:0"; nil: all
	GPUMemoryLimit []int64        // bytes to take of each visible GPU at most; 0: all. Not with MemoryFraction
	XLA            bool           // compile with XLA what can be
	Target         string         // the session's server, such as "grpc://host:2222"; empty: this process

	StrictPlacement bool // fail where an operation cannot run on the device asked for; false: move it
	LogPlacement    bool // log where each operation runs: log/slog, Info; nothing is printed

	// Edit, if not nil, has the last word on the message sent to TensorFlow.
	Edit func(*config.ConfigProto)
}

func (c *Config) marshal() ([]byte, error) {
	if c == nil {
		c = &Config{}
	}
	threads := func(n int) int32 {
		if n == 0 {
			n = cpus()
		}
		return int32(n)
	}
	gpu, err := c.gpuOptions()
	if err != nil {
		return nil, err
	}
	p := &config.ConfigProto{
		IntraOpParallelismThreads: threads(c.IntraOpThreads),
		InterOpParallelismThreads: threads(c.InterOpThreads),
		UsePerSessionThreads:      true, // else the first session in the process decides for all
		AllowSoftPlacement:        !c.StrictPlacement,
		LogDevicePlacement:        c.LogPlacement,
		GpuOptions:                gpu,
		Experimental:              &config.ConfigProto_Experimental{},
		GraphOptions:              &config.GraphOptions{OptimizerOptions: &config.OptimizerOptions{}},
	}
	if c.SingleThreaded {
		if p.InterOpParallelismThreads == 1 {
			// That executor holds the one thread and waits in it for functions that
			// are called, which need it too; in the caller's thread they run.
			p.InterOpParallelismThreads = -1
		}
		p.Experimental.ExecutorType = "SINGLE_THREADED_EXECUTOR"
	}
	if c.XLA {
		p.GraphOptions.OptimizerOptions.GlobalJitLevel = config.OptimizerOptions_ON_1
	}
	if c.DeviceCount != nil {
		p.DeviceCount = map[string]int32{}
		for name, n := range c.DeviceCount {
			if n < 0 || n > math.MaxInt32 {
				return nil, Errorf("config", InvalidArgument, "DeviceCount[%q] must not be negative, got %d", name, n)
			}
			p.DeviceCount[name] = int32(n)
		}
	}
	if c.Edit != nil {
		c.Edit(p)
	}
	if p.LogDevicePlacement {
		ctf.SiftPlacement()
	}
	b, err := proto.Marshal(p)
	if err != nil {
		return nil, Errorf("config", InvalidArgument, "%v", err)
	}
	return b, nil
}
