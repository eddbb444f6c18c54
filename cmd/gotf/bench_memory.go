package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// benchMemory is the memory of this process that is in RAM.
type benchMemory struct {
	Bytes     int64 `json:"bytes"`
	PeakBytes int64 `json:"peak_bytes"` // since the last reset
}

// readBenchMemory reads what Linux tells; nil where nothing does.
func readBenchMemory() *benchMemory {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return nil
	}
	m := &benchMemory{}
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

// resetBenchPeak begins a new peak. Where that is not allowed, the old goes on.
func resetBenchPeak() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

// benchUse is the memory of the process while a model was loaded, run first and
// warmed up. Loading takes in the library, unless a model before did.
type benchUse struct {
	BeforeBytes int64 `json:"before_bytes"`
	LoadedBytes int64 `json:"loaded_bytes"`
	WarmBytes   int64 `json:"warm_bytes"`
	PeakBytes   int64 `json:"peak_bytes"`
}

func newBenchUse(before, loaded, warm *benchMemory) *benchUse {
	if before == nil || loaded == nil || warm == nil {
		return nil
	}
	return &benchUse{before.Bytes, loaded.Bytes, warm.Bytes, warm.PeakBytes}
}

func (u *benchUse) text() string {
	if u == nil {
		return ""
	}
	return fmt.Sprintf("; memory %s, then loaded %s, warm %s, peak %s",
		bytesText(u.BeforeBytes), bytesText(u.LoadedBytes), bytesText(u.WarmBytes), bytesText(u.PeakBytes))
}
