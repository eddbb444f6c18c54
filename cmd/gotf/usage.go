package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/internal/suggest"
)

// A usageError is a command line that cannot be right: exit code 2.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...)}
}

// oneOf fails unless value is one of allowed; flag is its name in the error.
func oneOf(flag, value string, allowed ...string) error {
	for _, a := range allowed {
		if value == a {
			return nil
		}
	}
	return usagef("--%s is %q, want %s%s", flag, value, strings.Join(allowed, " or "), didYouMean(value, allowed))
}

func didYouMean(word string, candidates []string) string {
	return suggest.DidYouMean(word, candidates)
}

// kebab makes TensorFlow's flag names, --batch_size, ours: --batch-size.
func kebab(args []string) []string {
	out := make([]string, len(args))
	for i, arg := range args {
		if arg == "--" {
			copy(out[i:], args[i:])
			break
		}
		if strings.HasPrefix(arg, "--") {
			name, _, _ := strings.Cut(arg, "=")
			arg = strings.ReplaceAll(name, "_", "-") + strings.TrimPrefix(arg, name)
		}
		out[i] = arg
	}
	return out
}

// strict makes cmd answer wrong usage with a usageError: an unknown flag, a
// missing or empty one, an argument where none is taken.
func strict(cmd *cli.Command) *cli.Command {
	cmd.OnUsageError = usageErrorOf
	cmd.HideHelpCommand = true
	required := takeRequired(cmd.Flags)
	inner := cmd.Before
	cmd.Before = func(c *cli.Context) error {
		if cmd.ArgsUsage == "" && c.Args().Present() {
			return usagef("gotf %s takes no argument %q%s", cmd.Name, c.Args().First(), meant(c, cmd, required))
		}
		for _, name := range required {
			if !c.IsSet(name) {
				return usagef("gotf %s needs --%s (see gotf %s --help)", cmd.Name, name, cmd.Name)
			}
			if text, ok := c.Value(name).(string); ok && text == "" {
				return usagef("--%s is empty, want a value (see gotf %s --help)", name, cmd.Name)
			}
		}
		if inner != nil {
			return inner(c)
		}
		return nil
	}
	return cmd
}

// meant guesses which flag an argument belongs to: the first path that cmd needs,
// or the model, a folder or a file, that it takes.
func meant(c *cli.Context, cmd *cli.Command, required []string) string {
	arg, name := c.Args().First(), ""
	paths := map[string]bool{}
	for _, f := range cmd.Flags {
		_, isPath := f.(*cli.PathFlag)
		paths[f.Names()[0]] = isPath && !c.IsSet(f.Names()[0])
	}
	for _, r := range required {
		if name == "" && paths[r] {
			name = r
		}
	}
	if name == "" && paths["dir"] && paths["model"] {
		name = "dir"
		if info, err := os.Stat(arg); filepath.Ext(arg) == ".tflite" || err == nil && !info.IsDir() {
			name = "model"
		}
	}
	if name == "" || strings.HasPrefix(arg, "-") {
		return " (flags go before it, as --name value)"
	}
	return fmt.Sprintf(", did you mean --%s %s?", name, arg)
}

// takeRequired returns the names of the required flags and clears the mark:
// the parser's own check prints the whole help before its error.
func takeRequired(flags []cli.Flag) (names []string) {
	for _, f := range flags {
		if r, ok := f.(cli.RequiredFlag); ok && r.IsRequired() {
			names = append(names, f.Names()[0])
			reflect.ValueOf(f).Elem().FieldByName("Required").SetBool(false)
		}
	}
	return names
}

// usageErrorOf says in one line what the flag parser found.
func usageErrorOf(c *cli.Context, err error, _ bool) error {
	text := err.Error()
	where := "gotf"
	var names []string
	flags := c.App.Flags
	if c.Command != nil && c.Command.Name != "" && c.Command.Name != c.App.Name {
		where, flags = "gotf "+c.Command.Name, c.Command.Flags
	}
	for _, f := range flags {
		names = append(names, f.Names()...)
	}
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
		name = strings.TrimLeft(name, "-")
		hint := ""
		if n := suggest.Closest(name, names); n != "" {
			hint = fmt.Sprintf(", did you mean --%s?", n)
		}
		return usagef("%s has no flag --%s%s (see %s --help)", where, name, hint, where)
	}
	if name, ok := strings.CutPrefix(text, "flag needs an argument: -"); ok {
		return usagef("--%s needs a value", strings.TrimLeft(name, "-"))
	}
	if value, rest, ok := cutInvalid(text); ok {
		return usagef("%s is no value for --%s", value, rest)
	}
	return usagef("%s: %s", where, text)
}

// cutInvalid splits `invalid value "x" for flag -n: why`, and the same with a
// word before "value" or without "flag".
func cutInvalid(text string) (value, flag string, ok bool) {
	text, invalid := strings.CutPrefix(text, "invalid ")
	_, text, hasValue := strings.Cut(text, "value ")
	value, rest, hasFlag := strings.Cut(text, " for ")
	flag, _, _ = strings.Cut(strings.TrimPrefix(rest, "flag "), ":")
	return value, strings.TrimLeft(flag, "-"), invalid && hasValue && hasFlag
}

func commandNames(app *cli.App) (names []string) {
	for _, cmd := range app.Commands {
		names = append(names, cmd.Name)
	}
	return names
}

// oneLine is err's text without line breaks.
func oneLine(err error) string {
	lines := strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\r' })
	return withoutControls(strings.Join(lines, " "))
}

// helpText lists the commands by group, in the table's order.
func helpText(table []entry) string {
	var b strings.Builder
	b.WriteString("gotf: TensorFlow for Go\n\nUsage: gotf COMMAND [--flag value]...   (gotf COMMAND --help describes one)\n")
	group := ""
	for _, e := range table {
		if e.group != group {
			group = e.group
			fmt.Fprintf(&b, "\n%s\n", group)
		}
		cmd := e.command()
		fmt.Fprintf(&b, "  %-10s %s\n", cmd.Name, cmd.Usage)
	}
	b.WriteString("\nExit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.\n")
	return b.String()
}
