package pack

import (
	"debug/elf"
	"fmt"
	"runtime"

	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/internal/plainfile"
)

// programMachines are the processors of programs, by Go's names for them.
var programMachines = map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}

// checkProgram is an error if the file is no program that can run beside the
// libraries, which are those of this machine.
func checkProgram(path string) error {
	f, err := plainfile.Open(path)
	if err != nil {
		return fmt.Errorf("--binary %s: %w", path, atomicfile.Cause(err))
	}
	defer f.Close()
	if runtime.GOOS != "linux" {
		return nil
	}
	e, err := elf.NewFile(f)
	want := programMachines[runtime.GOARCH]
	switch {
	case err != nil, e.Entry == 0, e.Type != elf.ET_EXEC && e.Type != elf.ET_DYN:
		return fmt.Errorf("--binary %s is no program: want an ELF executable for linux/%s", path, runtime.GOARCH)
	case want != elf.EM_NONE && e.Machine != want:
		return fmt.Errorf("--binary %s is a program for %v: want one for linux/%s, as the libraries are", path, e.Machine, runtime.GOARCH)
	}
	return nil
}
