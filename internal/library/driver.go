package library

import (
	"os"
	"regexp"
)

// MinDriver is the oldest NVIDIA driver that runs CUDA 12.
// https://docs.nvidia.com/cuda/cuda-toolkit-release-notes/
const MinDriver = "525.60.13"

// Driver is NVIDIA's kernel driver.
type Driver struct {
	Version string // "550.54.15"; "" where it is not loaded, or does not say
	Loaded  bool
}

// ReadDriver reads a file like /proc/driver/nvidia/version, which is there while
// the driver is loaded.
func ReadDriver(path string) Driver {
	b, err := os.ReadFile(path)
	if err != nil {
		return Driver{}
	}
	d := Driver{Loaded: true}
	if m := driverVersion.FindSubmatch(b); m != nil {
		d.Version = string(m[1])
	}
	return d
}

// driverVersion is in "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue ...",
// also of the open module.
var driverVersion = regexp.MustCompile(`(?m)^NVRM version:.*?\s(\d+\.\d+(?:\.\d+)?)\s`)

// TooOld reports whether the driver is older than [MinDriver].
func (d Driver) TooOld() bool { return d.Version != "" && compareVersions(d.Version, MinDriver) < 0 }
