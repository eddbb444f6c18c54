package library

import (
	"debug/elf"
	"os"
	"path/filepath"
	"strings"
)

// A CUDAFile is a file that TensorFlow for GPUs opens by itself.
type CUDAFile struct {
	Name string `json:"name"`
	For  string `json:"for"`
	Path string `json:"path,omitempty"` // "" when missing
}

// cudaFiles is what TensorFlow 2.18 for CUDA 12 opens.
var cudaFiles = []CUDAFile{
	{Name: "libcuda.so.1", For: "the NVIDIA driver"},
	{Name: "libcudart.so.12", For: "the CUDA runtime"},
	{Name: "libcublas.so.12", For: "matrix products"},
	{Name: "libcublasLt.so.12", For: "matrix products"},
	{Name: "libcudnn.so.9", For: "convolutions and recurrent layers"},
	{Name: "libcufft.so.11", For: "Fourier transforms"},
	{Name: "libcusolver.so.11", For: "linear algebra"},
	{Name: "libcusparse.so.12", For: "sparse matrices"},
	{Name: "libnvJitLink.so.12", For: "sparse matrices"},
	{Name: "libcupti.so.12", For: "profiling"},
	{Name: "libnccl.so.2", For: "many GPUs"},
}

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
	out := make([]CUDAFile, len(cudaFiles))
	for i, c := range cudaFiles {
		c.Path = f.cudaFile(c.Name)
		out[i] = c
	}
	return out
}

func (f Found) cudaFile(name string) string {
	if path := filepath.Join(f.Dir, name); exists(path) {
		return path
	}
	if paths, _ := filepath.Glob(filepath.Join(f.Dir, "..", "nvidia", "*", "lib", name)); len(paths) > 0 {
		return paths[0]
	}
	return loaderFile(name)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
