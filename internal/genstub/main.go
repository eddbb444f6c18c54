package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "genstub:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) == 0 {
		return fmt.Errorf("usage: genstub stubs|unsupported|check [flags]")
	}
	switch verb, args := args[0], args[1:]; verb {
	case "stubs":
		return runStubs(args)
	case "unsupported":
		return runUnsupported(args)
	case "check":
		return runCheck(args, out)
	default:
		return fmt.Errorf("unknown command %q, want stubs, unsupported or check", verb)
	}
}

func runStubs(args []string) error {
	var l Library
	fs := flag.NewFlagSet("genstub stubs", flag.ContinueOnError)
	dir := fs.String("dir", ".", "folder of the package")
	table := fs.String("in", "functions.txt", "table of prototypes")
	fs.StringVar(&l.Types, "types", "types.h", "header that defines the types")
	fs.StringVar(&l.Prefix, "prefix", "", "prefix of the loader's functions")
	fs.StringVar(&l.Name, "library", "", "the library's name in messages")
	fs.StringVar(&l.Version, "version", "", "function without parameters that returns the version")
	fs.StringVar(&l.Status, "status", "", "type of the status object, if the API has one")
	fs.StringVar(&l.SetStatus, "set-status", "", "function that sets a status (status, code, text)")
	fs.StringVar(&l.Flags, "flags", "RTLD_NOW | RTLD_LOCAL", "flags of dlopen")
	fs.StringVar(&l.Tag, "tag", "linux && amd64 && cgo", "build constraint of the stubs")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if l.Prefix == "" || l.Name == "" {
		return fmt.Errorf("stubs: -prefix and -library are required")
	}
	protos, err := readTable(filepath.Join(*dir, *table))
	if err != nil {
		return err
	}
	l.Functions = protos
	if err := l.check(); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(*dir, "gen_stubs.h"), l.header(), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(*dir, "gen_stubs.c"), l.source(), 0o644)
}

func runUnsupported(args []string) error {
	fs := flag.NewFlagSet("genstub unsupported", flag.ContinueOnError)
	dir := fs.String("dir", ".", "folder of the package")
	tag := fs.String("tag", "linux && amd64 && cgo", "build constraint of the cgo files")
	if err := fs.Parse(args); err != nil {
		return err
	}
	src, err := unsupported(*dir, *tag)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(*dir, "gen_unsupported.go"), src, 0o644)
}
