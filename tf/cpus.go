package tf

import (
	"io/fs"
	"math"
	"os"
	"path"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

// cpus is how many CPUs the process may use: GOMAXPROCS, or the quota of its
// cgroup, rounded up, if that is less.
func cpus() int { return min(runtime.GOMAXPROCS(0), systemQuota()) }

var systemQuota = sync.OnceValue(func() int { return cpuQuota(os.DirFS("/")) })

// cpuQuota is the least quota of the process's cgroup and those above it, in
// CPUs. root is the root folder.
// https://docs.kernel.org/admin-guide/cgroup-v2.html
func cpuQuota(root fs.FS) int {
	least := math.MaxInt
	b, _ := fs.ReadFile(root, "proc/self/cgroup")
	for line := range strings.Lines(string(b)) { // hierarchy:controllers:path
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) < 3 {
			continue
		}
		if parts[1] == "" {
			least = min(least, climb(root, "sys/fs/cgroup", parts[2], quotaV2))
			continue
		}
		for c := range strings.SplitSeq(parts[1], ",") {
			if c == "cpu" {
				least = min(least, climb(root, "sys/fs/cgroup/cpu", parts[2], quotaV1))
			}
		}
	}
	return least
}

// climb asks each folder from mount/group up to mount. In a container the
// group's path may be that of the host and not exist: its quota is at mount.
func climb(root fs.FS, mount, group string, quota func(fs.FS, string) int) int {
	least := math.MaxInt
	for group = path.Clean("/" + group); ; group = path.Dir(group) {
		least = min(least, quota(root, path.Join(mount, group)))
		if group == "/" {
			return least
		}
	}
}

// quotaV2 reads "50000 100000" or "max 100000", in microseconds.
func quotaV2(root fs.FS, dir string) int {
	b, _ := fs.ReadFile(root, dir+"/cpu.max")
	limit, period, _ := strings.Cut(strings.TrimSpace(string(b)), " ")
	return share(limit, period)
}

// quotaV1 reads the limit, -1 for none, and the period from two files.
func quotaV1(root fs.FS, dir string) int {
	limit, _ := fs.ReadFile(root, dir+"/cpu.cfs_quota_us")
	period, _ := fs.ReadFile(root, dir+"/cpu.cfs_period_us")
	return share(strings.TrimSpace(string(limit)), strings.TrimSpace(string(period)))
}

func share(limit, period string) int {
	l, err1 := strconv.Atoi(limit)
	p, err2 := strconv.Atoi(period)
	if err1 != nil || err2 != nil || l <= 0 || p <= 0 {
		return math.MaxInt
	}
	return (l + p - 1) / p
}
