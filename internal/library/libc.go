package library

import (
	"debug/elf"
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// ErrLibc says that the system has no GNU C library.
var ErrLibc = errors.New("this system uses the musl C library; TensorFlow's libraries need the GNU C library (glibc 2.27 or newer), as on Debian, Ubuntu or Fedora")

// checkLibc refuses musl: a program linked to it, or, for a static program, a
// system below root that has musl's loader and no other.
func checkLibc(exe, root string) error {
	if interpreter := interpreterOf(exe); interpreter != "" {
		if strings.Contains(filepath.Base(interpreter), "musl") {
			return ErrLibc
		}
		return nil
	}
	musl, _ := filepath.Glob(filepath.Join(root, "lib", "ld-musl-*.so.1"))
	_, err := os.Stat(filepath.Join(root, "lib64", "ld-linux-x86-64.so.2"))
	if len(musl) > 0 && err != nil {
		return ErrLibc
	}
	return nil
}

// interpreterOf is the loader that an ELF program asks for, or "".
func interpreterOf(exe string) string {
	f, err := elf.Open(exe)
	if err != nil {
		return ""
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			b := make([]byte, p.Filesz)
			if _, err := p.ReadAt(b, 0); err == nil {
				return strings.TrimRight(string(b), "\x00")
			}
		}
	}
	return ""
}
