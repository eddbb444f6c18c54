package tf

import (
	"errors"
	"io/fs"
	"syscall"

	"github.com/gotf/gotf/internal/atomicfile"
)

// FileCode is the code that fits an error of the file system, Unknown where none
// does.
func FileCode(err error) Code {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return NotFound
	case errors.Is(err, fs.ErrPermission):
		return PermissionDenied
	case errors.Is(err, syscall.EISDIR), errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrInvalid),
		errors.Is(err, syscall.EINVAL), errors.Is(err, syscall.ENAMETOOLONG), errors.Is(err, syscall.ELOOP): // of the name
		return InvalidArgument
	case atomicfile.Full(err):
		return ResourceExhausted
	}
	return Unknown
}
