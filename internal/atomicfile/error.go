package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// Full reports whether err says that a file found no room: the disk is full, or
// the file or all of the user's files have grown to a limit.
func Full(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EFBIG) || errors.Is(err, syscall.EDQUOT)
}

// Cause is err without the operations and file names that package os puts
// before it, in plain words.
func Cause(err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		err = p.Err
	case errors.As(err, &l):
		err = l.Err
	}
	if err == syscall.ENOSPC {
		return plain{"the disk is full", err}
	}
	return err
}

// plain words an error anew.
type plain struct {
	text string
	err  error
}

func (p plain) Error() string { return p.text }

func (p plain) Unwrap() error { return p.err }

func failed(path string, err error) error {
	return &fs.PathError{Op: "write", Path: path, Err: Cause(err)}
}

// rename makes an error about the file at part one about the file at path.
func rename(err error, part, path string) error {
	var p *fs.PathError
	var l *os.LinkError
	if errors.As(err, &p) && p.Path == part || errors.As(err, &l) && l.Old == part {
		return failed(path, err)
	}
	return err
}
