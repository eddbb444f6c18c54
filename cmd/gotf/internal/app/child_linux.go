package app

import "syscall"

// childAttr keeps the terminal's Ctrl-C from the child, which gets the
// parent's, and ends the child with the parent.
func childAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
