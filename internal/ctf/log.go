//go:build linux && amd64 && cgo

package ctf

import (
	"log/slog"
	"regexp"
)

// placed is what the library logs for an operation when it is asked to log
// placement: of a graph, "y: (Exp): /job:...", and of an eager one.
var placed = regexp.MustCompile(`placer\.cc:\d+\] (\S+): \((\w+)\): (/\S+)$|execute\.cc:\d+\] Executing op (\w+) in device (/\S+)$`)

// log passes on a line that the library logged: what was asked for as Info, the
// rest as Debug.
func log(line string) {
	switch m := placed.FindStringSubmatch(line); {
	case m == nil:
		slog.Debug(line, "from", "tensorflow")
	case m[1] != "":
		slog.Info("placed", "op", m[1], "type", m[2], "device", m[3], "from", "tensorflow")
	default:
		slog.Info("placed", "type", m[4], "device", m[5], "from", "tensorflow")
	}
}
