package machine

import (
	"os"
	"runtime"
	"slices"
	"strings"
)

// CPU is the processor, as far as it matters to TensorFlow's kernels.
type CPU struct {
	Model    string   `json:"model"`
	Cores    int      `json:"cores"`
	Features []string `json:"features"`
}

// cpuFeatures are the instruction sets that the kernels choose by.
var cpuFeatures = []string{"sse4_2", "avx", "avx2", "fma", "f16c", "avx512f", "avx512_vnni", "avx512_bf16", "avx_vnni", "amx_tile", "amx_int8", "amx_bf16"}

// Has reports whether the processor has an instruction set.
func (c CPU) Has(feature string) bool { return slices.Contains(c.Features, feature) }

// ReadCPU reads a file like /proc/cpuinfo. Where there is none, the model is
// the architecture.
func ReadCPU(path string) CPU {
	c := CPU{Model: runtime.GOARCH, Cores: runtime.NumCPU(), Features: []string{}}
	b, err := os.ReadFile(path)
	if err != nil {
		return c
	}
	for line := range strings.Lines(string(b)) {
		key, value, _ := strings.Cut(line, ":")
		switch strings.TrimSpace(key) {
		case "model name":
			c.Model = strings.TrimSpace(value)
		case "flags":
			flags := strings.Fields(value)
			for _, f := range cpuFeatures {
				if slices.Contains(flags, f) {
					c.Features = append(c.Features, f)
				}
			}
			return c
		}
	}
	return c
}
