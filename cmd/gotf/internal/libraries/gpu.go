package libraries

import (
	"fmt"
	"strings"

	"github.com/gotf/gotf/internal/library"
)

// gpuHealth says whether TensorFlow can use a GPU.
type gpuHealth struct {
	Build   bool               `json:"build"`            // the library is a build for GPUs
	Driver  string             `json:"driver,omitempty"` // version of the kernel driver that is loaded
	Files   []library.CUDAFile `json:"files,omitempty"`
	Missing []string           `json:"missing,omitempty"`

	driver library.Driver
}

func gpuHealthOf(f library.Found, d library.Driver) gpuHealth {
	g := gpuHealth{Build: f.ForGPU(), Driver: d.Version, driver: d}
	if !g.Build {
		return g
	}
	g.Files = f.CUDA()
	for _, file := range g.Files {
		if file.Path == "" {
			g.Missing = append(g.Missing, file.Name)
		}
	}
	return g
}

func (g gpuHealth) String() string {
	switch {
	case !g.Build:
		return "no (a build for CPUs)"
	case len(g.Missing) > 0:
		return "missing " + strings.Join(g.Missing, ", ")
	case !g.driver.Loaded:
		return "all CUDA files are there, the driver is not loaded"
	case g.driver.TooOld():
		return "all CUDA files are there, driver " + g.Driver + " is too old"
	}
	return "all CUDA files are there, driver " + g.Driver
}

// advise says what to do about each thing that is missing. Opened tells whether
// the TensorFlow library is.
func (g gpuHealth) advise(opened bool) (advice []string) {
	add := func(format string, args ...any) { advice = append(advice, fmt.Sprintf(format, args...)) }
	if !g.Build {
		if g.driver.Loaded && opened {
			add("GPU: there is an NVIDIA driver, and this TensorFlow is for CPUs only: gotf install --gpu")
		}
		return advice
	}
	for _, f := range g.Files {
		switch {
		case f.Name == library.DriverLibrary:
			advice = append(advice, g.driverAdvice(f)...)
		case f.Path == "":
			add("%s (%s): gotf install --gpu fetches it, in %s", f.Name, f.For, f.Package)
		}
	}
	return advice
}

// driverAdvice is what to do about the driver, of which f is the library.
func (g gpuHealth) driverAdvice(f library.CUDAFile) []string {
	const container = "in a container, start it with --gpus all"
	switch {
	case f.Path == "" && g.driver.Loaded:
		return []string{fmt.Sprintf("%s: NVIDIA's driver %s is loaded, but the loader does not find its library: %s", f.Name, g.Driver, container)}
	case f.Path == "":
		return []string{fmt.Sprintf("%s: install NVIDIA's driver, %s or newer; without it TensorFlow computes on the CPU", f.Name, library.MinDriver)}
	case !g.driver.Loaded:
		return []string{"NVIDIA's driver is installed, but not loaded: modprobe nvidia; " + container}
	case g.driver.TooOld():
		return []string{fmt.Sprintf("NVIDIA's driver %s is too old for CUDA 12: install %s or newer", g.Driver, library.MinDriver)}
	}
	return nil
}
