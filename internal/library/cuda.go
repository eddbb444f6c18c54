package library

import (
	"debug/elf"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	thirdparty "github.com/gotf/gotf/third_party"
)

// A CUDAFile is a file that TensorFlow for GPUs, or a library of NVIDIA's that
// it opens, opens by itself.
type CUDAFile struct {
	Name    string `json:"name"`
	For     string `json:"for"`
	Package string `json:"package,omitempty"` // of pip, that holds it: "nvidia-cudnn-cu12==9.3.0.75"; "" for the driver
	Path    string `json:"path,omitempty"`    // "" when missing

	wheel string // its place beside a wheel's tensorflow folder
}

// DriverLibrary is the driver's file, the only one that no package holds.
const DriverLibrary = "libcuda.so.1"

// purpose says what NVIDIA's packages are for.
var purpose = map[string]string{
	"nvidia-cublas-cu12":       "matrix products",
	"nvidia-cuda-cupti-cu12":   "profiling",
	"nvidia-cuda-nvcc-cu12":    "XLA",
	"nvidia-cuda-nvrtc-cu12":   "kernels compiled while running",
	"nvidia-cuda-runtime-cu12": "the CUDA runtime",
	"nvidia-cudnn-cu12":        "convolutions and recurrent layers",
	"nvidia-cufft-cu12":        "Fourier transforms",
	"nvidia-curand-cu12":       "random numbers",
	"nvidia-cusolver-cu12":     "linear algebra",
	"nvidia-cusparse-cu12":     "sparse matrices",
	"nvidia-nccl-cu12":         "many GPUs",
	"nvidia-nvjitlink-cu12":    "sparse matrices",
}

// cudaFiles is what the pinned TensorFlow for GPUs needs: the driver, and all
// that gotf install --gpu takes from NVIDIA's packages.
var cudaFiles = sync.OnceValue(func() []CUDAFile {
	files := []CUDAFile{{Name: DriverLibrary, For: "the NVIDIA driver"}}
	for _, l := range thirdparty.Libraries() {
		if !l.GPU {
			continue
		}
		for _, a := range l.Archives {
			for _, m := range a.Members {
				if what := purpose[a.Package]; what != "" && m.Role != thirdparty.Licence {
					files = append(files, CUDAFile{Name: m.Name, For: what, Package: a.Package + "==" + a.Version, wheel: m.Path})
				}
			}
		}
	}
	return files
})

// ForGPU reports whether the TensorFlow library is a build for GPUs: such a
// build looks for NVIDIA's libraries beside itself.
func (f Found) ForGPU() bool {
	e, err := elf.Open(f.Path)
	if err != nil {
		return false
	}
	defer e.Close()
	for _, tag := range []elf.DynTag{elf.DT_RUNPATH, elf.DT_RPATH} {
		paths, _ := e.DynString(tag)
		if strings.Contains(strings.Join(paths, ":"), "nvidia") {
			return true
		}
	}
	return false
}

// CUDA returns the files that the library opens to use a GPU, with the places
// where they are: its own folder, a wheel's nvidia folders beside it, the
// system loader's folders.
func (f Found) CUDA() []CUDAFile {
	var out []CUDAFile
	for _, c := range cudaFiles() {
		c.Path = f.cudaFile(c)
		out = append(out, c)
	}
	return out
}

func (f Found) cudaFile(c CUDAFile) string {
	if path := filepath.Join(f.Dir, filepath.FromSlash(c.Name)); exists(path) {
		return path
	}
	if path := filepath.Join(f.Dir, "..", filepath.FromSlash(c.wheel)); c.wheel != "" && exists(path) {
		return path
	}
	return loaderFile(path.Base(c.Name))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
