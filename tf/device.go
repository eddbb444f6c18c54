package tf

import "github.com/gotf/gotf/internal/ctf"

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
