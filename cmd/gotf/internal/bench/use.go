package bench

import (
	"fmt"

	"github.com/gotf/gotf/cmd/gotf/internal/machine"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
)

// use is the memory of the process while a model was loaded, run first and
// warmed up. Loading takes in the library, unless a model before did.
type use struct {
	BeforeBytes int64 `json:"before_bytes"`
	LoadedBytes int64 `json:"loaded_bytes"`
	WarmBytes   int64 `json:"warm_bytes"`
	PeakBytes   int64 `json:"peak_bytes"`
}

func newUse(before, loaded, warm *machine.Memory) *use {
	if before == nil || loaded == nil || warm == nil {
		return nil
	}
	return &use{before.Bytes, loaded.Bytes, warm.Bytes, warm.PeakBytes}
}

func (u *use) text() string {
	if u == nil {
		return ""
	}
	return fmt.Sprintf("; memory %s, then loaded %s, warm %s, peak %s",
		terminal.Bytes(u.BeforeBytes), terminal.Bytes(u.LoadedBytes), terminal.Bytes(u.WarmBytes), terminal.Bytes(u.PeakBytes))
}
