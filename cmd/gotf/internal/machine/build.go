// Package machine tells of this program and of the computer that it runs on.
package machine

import "runtime/debug"

// Version is gotf's own version, as the Go tool recorded it.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
