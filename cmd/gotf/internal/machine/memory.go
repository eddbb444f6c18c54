package machine

import (
	"os"
	"strconv"
	"strings"
)

// Memory is the memory of this process that is in RAM.
type Memory struct {
	Bytes     int64 `json:"bytes"`
	PeakBytes int64 `json:"peak_bytes"` // since the last reset
}

// ReadMemory reads what Linux tells; nil where nothing does.
func ReadMemory() *Memory {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return nil
	}
	m := &Memory{}
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(line, ":")
		kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		switch {
		case err != nil:
		case key == "VmRSS":
			m.Bytes = kib << 10
		case key == "VmHWM":
			m.PeakBytes = kib << 10
		}
	}
	return m
}

// ResetPeak begins a new peak. Where that is not allowed, the old goes on.
func ResetPeak() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }
