package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "genop:", err)
		os.Exit(1)
	}
}

const usage = "usage: genop write|dump|groups [-dir DIR] [WHEEL...]"

func run(args []string, out io.Writer) error {
	if len(args) == 0 {
		return errors.New(usage)
	}
	fs := flag.NewFlagSet("genop "+args[0], flag.ContinueOnError)
	dir := fs.String("dir", ".", "folder to write to")
	if err := fs.Parse(args[1:]); err != nil {
		return err
	}
	switch args[0] {
	case "write":
		return writeFiles(*dir)
	case "dump":
		path, err := dump(*dir)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, path)
		return nil
	case "groups":
		return writeGroups(*dir, fs.Args())
	}
	return fmt.Errorf("unknown command %q; %s", args[0], usage)
}

// writeFiles replaces the generated files in dir.
func writeFiles(dir string) error {
	files, err := generateAll()
	if err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(dir, "gen_*.go"))
	if err != nil {
		return err
	}
	for _, path := range old {
		if files[filepath.Base(path)] != nil {
			continue
		}
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	for name, src := range files {
		if err := os.WriteFile(filepath.Join(dir, name), src, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func writeGroups(dir string, wheels []string) error {
	libs, err := releases()
	if err != nil {
		return err
	}
	table, err := makeGroups(libs, wheels)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "groups.txt"), table, 0o644)
}
