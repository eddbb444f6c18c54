package tf

import (
	"strconv"
	"strings"

	"github.com/gotf/gotf/internal/ctf"
)

// Device is a processor that operations can be placed on.
type Device struct {
	Name        string // "/job:localhost/replica:0/task:0/device:CPU:0"
	Type        string // "CPU", "GPU"
	MemoryBytes int64
}

// ListDevices lists this machine's devices as TensorFlow sees them.
func ListDevices() ([]Device, error) {
	e, err := NewEager(nil)
	if err != nil {
		return nil, err
	}
	defer e.Close()
	return e.Devices()
}

func deviceList(op string, list []ctf.Device, s ctf.Status) ([]Device, error) {
	out := make([]Device, len(list))
	for i, d := range list {
		out[i] = Device(d)
	}
	return out, check(op, s)
}

// parseDevice checks a device string, or the parts of one that are given, and
// puts a slash before it if it has none.
// https://www.tensorflow.org/api_docs/python/tf/DeviceSpec
func parseDevice(device string) (string, error) {
	if device == "" {
		return "", nil
	}
	rest := strings.TrimPrefix(device, "/")
	seen := map[string]bool{}
	for part := range strings.SplitSeq(rest, "/") {
		key, value, _ := strings.Cut(part, ":")
		ok := false
		switch key {
		case "job":
			ok = isWord(value)
		case "replica", "task":
			ok = isIndex(value)
		case "cpu", "CPU", "gpu", "GPU":
			key, ok = "device", isIndex(value)
		case "device":
			typ, id, hasID := strings.Cut(value, ":")
			ok = isWord(typ) && (!hasID || isIndex(id))
		}
		if !ok || seen[key] {
			return "", Errorf("", InvalidArgument, `device %q: part %q is not known; want "/cpu:0", "/gpu:1", "/device:TYPE:0", or "/job:NAME/replica:0/task:0/device:TYPE:0"`, device, part)
		}
		seen[key] = true
	}
	return "/" + rest, nil
}

// isIndex reports whether s is a number or "*", any.
func isIndex(s string) bool {
	_, err := strconv.ParseUint(s, 10, 31)
	return err == nil || s == "*"
}

// isWord reports whether s is the name of a job or the type of a device.
func isWord(s string) bool {
	for i, c := range []byte(s) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c != '_' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != ""
}
