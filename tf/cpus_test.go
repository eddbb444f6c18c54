package tf_test

import (
	"math"
	"testing"
	"testing/fstest"

	"github.com/gotf/gotf/tf"
)

func TestCPUQuota(t *testing.T) {
	for _, tc := range []struct {
		name  string
		files map[string]string
		want  int
	}{
		{"no cgroups", nil, math.MaxInt},
		{"v2, no limit", map[string]string{
			"proc/self/cgroup":      "0::/\n",
			"sys/fs/cgroup/cpu.max": "max 100000\n",
		}, math.MaxInt},
		{"v2, container", map[string]string{
			"proc/self/cgroup":      "0::/\n",
			"sys/fs/cgroup/cpu.max": "200000 100000\n",
		}, 2},
		{"v2, rounded up", map[string]string{
			"proc/self/cgroup":      "0::/\n",
			"sys/fs/cgroup/cpu.max": "50000 100000\n",
		}, 1},
		{"v2, the host's path is not in the container", map[string]string{
			"proc/self/cgroup":      "0::/docker/abc\n",
			"sys/fs/cgroup/cpu.max": "310000 100000\n",
		}, 4},
		{"v2, the group above allows less", map[string]string{
			"proc/self/cgroup":                           "0::/user.slice/run.scope\n",
			"sys/fs/cgroup/user.slice/cpu.max":           "300000 100000\n",
			"sys/fs/cgroup/user.slice/run.scope/cpu.max": "800000 100000\n",
		}, 3},
		{"v1", map[string]string{
			"proc/self/cgroup": "4:cpu,cpuacct:/docker/abc\n3:memory:/docker/abc\n",
			"sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us":  "150000\n",
			"sys/fs/cgroup/cpu/docker/abc/cpu.cfs_period_us": "100000\n",
		}, 2},
		{"v1, no limit", map[string]string{
			"proc/self/cgroup":                    "1:cpu:/\n0::/\n",
			"sys/fs/cgroup/cpu/cpu.cfs_quota_us":  "-1\n",
			"sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
		}, math.MaxInt},
		{"nonsense", map[string]string{
			"proc/self/cgroup":      "0\n0::\nx:cpu\n",
			"sys/fs/cgroup/cpu.max": "many\n",
		}, math.MaxInt},
	} {
		t.Run(tc.name, func(t *testing.T) {
			root := fstest.MapFS{}
			for name, text := range tc.files {
				root[name] = &fstest.MapFile{Data: []byte(text)}
			}
			if got := tf.CPUQuota(root); got != tc.want {
				t.Errorf("quota = %d, want %d", got, tc.want)
			}
		})
	}
}
