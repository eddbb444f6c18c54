package main

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/savedmodel"
)

func inspectCommand() *cli.Command {
	return &cli.Command{
		Name:      "inspect",
		Usage:     "say what a model, checkpoint, TFRecord or event file holds",
		ArgsUsage: "PATH",
		Description: "PATH is a SavedModel's folder, a .tflite file, a checkpoint (its prefix, .index file or\n" +
			"folder), a TFRecord or event file, a .keras file or a frozen GraphDef. What it is, its\n" +
			"content says, not its name. Needs no library. docs/inspect.md describes the JSON.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print JSON"},
			&cli.PathFlag{Name: "html", Usage: "write a page with the graph drawn to `FILE`, too"},
			&cli.StringFlag{Name: "tag-set", Usage: "`TAGS` of the part of a SavedModel, separated by commas (default: serve, or the first)"},
		},
		Action: inspect,
	}
}

func inspect(c *cli.Context) error {
	paths, err := pathsAndFlags(c, "PATH")
	if err != nil {
		return err
	}
	found, err := recognise(paths[0])
	if err != nil {
		return err
	}
	if c.IsSet("tag-set") && found.format != formatSavedModel {
		return usagef("--tag-set goes with a SavedModel; %s is %s", paths[0], found.format.aTitle())
	}
	if c.IsSet("html") && c.Path("html") == "" {
		return usagef("--html is empty, want a file")
	}
	r, failed := inspectFound(c, found)
	if r == nil {
		return failed
	}
	if path := c.Path("html"); path != "" {
		if err := writeInspectPage(path, r); err != nil {
			return err
		}
	}
	if err := printReport(c, r); err != nil || failed != nil {
		return firstError(err, failed)
	}
	if path := c.Path("html"); path != "" {
		fmt.Fprintln(c.App.ErrWriter, "wrote", path)
	}
	if r.next != "" {
		fmt.Fprintln(c.App.ErrWriter, "next:", r.next)
	}
	return nil
}

// inspectFound reads what was recognised. The report of a damaged file may stand
// beside the error: it tells what came before the damage.
func inspectFound(c *cli.Context, f *finding) (*inspection, error) {
	r := &inspection{Format: f.format, Path: f.path}
	switch f.format {
	case formatTFLite:
		return r.orNil(inspectTFLite(r))
	case formatSavedModel:
		return r.orNil(inspectSavedModel(r, tagsOf(c)))
	case formatCheckpoint:
		return r.orNil(inspectCheckpoint(r, f.prefix))
	case formatRecords:
		return r, inspectRecords(c.Context, r)
	case formatEvents:
		return r, inspectEvents(r)
	case formatKeras:
		return r.orNil(inspectKeras(r))
	}
	return r.orNil(inspectGraphDef(r))
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func printReport(c *cli.Context, r *inspection) error {
	if c.Bool("json") {
		return printJSON(c, r)
	}
	out := bufio.NewWriter(c.App.Writer)
	r.text(out)
	return out.Flush()
}

// pathsAndFlags returns the arguments that names name. Flags may stand behind
// them too.
func pathsAndFlags(c *cli.Context, names ...string) ([]string, error) {
	var paths []string
	rest := c.Args().Slice()
	for len(rest) > 0 {
		arg := rest[0]
		rest = rest[1:]
		if len(arg) < 2 || arg[0] != '-' {
			paths = append(paths, arg)
			continue
		}
		var err error
		if rest, err = lateFlag(c, strings.TrimLeft(arg, "-"), rest); err != nil {
			return nil, err
		}
	}
	if len(paths) != len(names) {
		return nil, usagef("gotf %s takes %s, got %d arguments (see gotf %s --help)", c.Command.Name, strings.Join(names, " and "), len(paths), c.Command.Name)
	}
	return paths, nil
}

// lateFlag sets the flag that an argument names, whose value may be the next.
func lateFlag(c *cli.Context, arg string, rest []string) ([]string, error) {
	name, value, has := strings.Cut(arg, "=")
	var names []string
	for _, f := range c.Command.Flags {
		names = append(names, f.Names()...)
		for _, n := range f.Names() {
			if n != name {
				continue
			}
			if _, isBool := f.(*cli.BoolFlag); isBool && !has {
				value = "true"
			} else if !has {
				if len(rest) == 0 {
					return nil, usagef("--%s needs a value", name)
				}
				value, rest = rest[0], rest[1:]
			}
			if err := c.Set(name, value); err != nil {
				return nil, usagef("%q is no value for --%s", value, name)
			}
			return rest, nil
		}
	}
	return nil, usagef("gotf %s has no flag --%s%s (see gotf %s --help)", c.Command.Name, name, didYouMean(name, names), c.Command.Name)
}

// runCommandFor is the next command to type for a model.
func runCommandFor(r *inspection) string {
	flag, key := "--model", ""
	if r.Format == formatSavedModel {
		flag = "--dir"
	}
	signature := r.defaultSignature()
	if signature == nil {
		return ""
	}
	if n := len(r.Signatures); n > 1 && signature.Key != savedmodel.ServingDefault {
		key = " --signature-def " + shellWord(signature.Key)
	}
	var inputs []string
	quantize := ""
	for _, in := range signature.Inputs {
		inputs = append(inputs, in.Name)
		if in.Quantization != nil {
			quantize = " --quantize-inputs"
		}
	}
	return fmt.Sprintf("gotf run %s %s%s%s%s", flag, shellWord(r.Path), key, inputsFlag(inputs), quantize)
}

// inputsFlag is gotf run's --inputs with a file for each name, "" without any.
func inputsFlag(names []string) string {
	if len(names) == 0 {
		return ""
	}
	var files []string
	for _, name := range names {
		files = append(files, name+"=FILE.npy")
	}
	return " --inputs " + shellQuote(strings.Join(files, ";"))
}

// shellQuote makes s one word for a shell.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(printable(s), "'", `'\''`) + "'" }

// shellWord is s, quoted if a shell would not take it as one word.
func shellWord(s string) string {
	plain := strings.IndexFunc(s, func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("/._-+=:,@%", c))
	}) < 0
	if plain && s != "" {
		return s
	}
	return shellQuote(s)
}
