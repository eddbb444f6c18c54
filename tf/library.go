package tf

import (
	"errors"
	"sync"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/internal/library"
)

// open finds and opens the TensorFlow library, once.
var open = sync.OnceValue(func() error {
	const what = "load library"
	if !ctf.Supported {
		return Errorf(what, Unimplemented, "%v", ctf.Open(""))
	}
	found, err := library.Find(library.TensorFlow)
	if missing := (*library.MissingError)(nil); errors.As(err, &missing) {
		return Errorf(what, NotFound, "%v", err)
	} else if err != nil {
		return Errorf(what, FailedPrecondition, "%v", err)
	}
	ctf.Setenv(poolEach, "1")
	if err := ctf.Open(found.Path); err != nil {
		return Errorf(what, FailedPrecondition, "%v", err)
	}
	return nil
})

// poolEach makes TensorFlow give each session threads of its own, as its Config
// asks, instead of those of the first session in the process.
const poolEach = "TF_OVERRIDE_GLOBAL_THREADPOOL"

// Version is the version of the TensorFlow library, such as "2.18.0".
func Version() (string, error) {
	if err := open(); err != nil {
		return "", err
	}
	return ctf.Version(), nil
}
